"""Confidence and threshold refitted: by hand, and against scikit-learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from api.calibration import NAME, read_calibration
from archive.errors import StoreError
from eval.calibrate import _softened, calibrate, fit_scaling, scaled, threshold_for, threshold_for_wrong, unscaled
from eval.errors import EvalError
from eval.types import EvalQuestion
from qa.calibration import UNSCALED, Scaling, logit
from qa.types import Answer
from tests.eval.conftest import QUESTIONS, Evaluate

RANDOM = np.random.default_rng(5)


def test_a_scaling_by_hand() -> None:
    assert Scaling(0.0, 2.0).apply(0.8) == pytest.approx(16 / 17)  # odds of 4 squared
    assert Scaling(-logit(0.8), 1.0).apply(0.8) == pytest.approx(0.5)
    assert UNSCALED.apply(1.0) == 1.0
    assert 0 < Scaling(1.0, 2.0).apply(0.0) < Scaling(1.0, 2.0).apply(1.0) < 1
    assert Scaling(0.0, 2.0).undo(16 / 17) == pytest.approx(0.8)
    assert [Scaling(-1.0, 0.5).undo(Scaling(-1.0, 0.5).apply(p)) for p in (0.1, 0.9)] == pytest.approx([0.1, 0.9])
    assert UNSCALED.undo(1.0) == 1.0


def test_a_fit_as_scikit_learn_has_it() -> None:
    """The same likelihood with the same softened targets, as sample weights; almost no penalty."""
    sure = RANDOM.random(400)
    true = RANDOM.random(400) < 1 / (1 + np.exp(-(0.5 * np.array([logit(p) for p in sure]) - 1)))
    x = np.array([[logit(p)] for p in sure])
    soft = _softened(true)
    theirs = LogisticRegression(C=1e8, max_iter=1000, tol=1e-10).fit(
        np.vstack([x, x]), np.repeat([1, 0], 400), sample_weight=np.concatenate([soft, 1 - soft])
    )
    mine = fit_scaling(sure.tolist(), true.tolist())
    assert mine.bias == pytest.approx(theirs.intercept_[0], abs=1e-3)
    assert mine.scale == pytest.approx(theirs.coef_[0][0], abs=1e-3)


def test_a_fit_never_turns_the_order_around() -> None:
    assert fit_scaling([0.9, 0.8, 0.2, 0.1], [False, False, True, True]) == UNSCALED


def test_thresholds_by_hand() -> None:
    unanswerable = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    threshold = threshold_for(unanswerable, 0.1)
    assert 0.9 < threshold < 0.9000001  # 0.95 alone is answered
    assert threshold_for(unanswerable, 0.0) > 0.95
    assert threshold_for(unanswerable, 1.0) == threshold_for([], 0.1) == 0
    sure, true = [0.2, 0.4, 0.6, 0.8, 0.9], [False, True, False, True, True]
    assert threshold_for_wrong(sure, true, 0.25) == 0.4  # one of four
    assert threshold_for_wrong(sure, true, 0.0) == 0.8
    assert threshold_for_wrong(sure, [False] * 5, 0.5) > 0.9


def test_a_calibration_makes_confidence_a_probability(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    """Sixty right answers and sixty unanswerable questions, all of them too sure by far."""
    questions: list[EvalQuestion] = []
    given: dict[str, Answer] = {}
    for i in range(120):
        asked, answer = (
            (QUESTIONS[0], answers[QUESTIONS[0].question]) if i % 2 else (QUESTIONS[2], answers[QUESTIONS[2].question])
        )
        text = f"{asked.question} {i}"
        questions.append(replace(asked, id=str(i), question=text))
        given[text] = replace(answer, confidence=float(0.9 + 0.05 * (i % 2) + 0.04 * RANDOM.random()))
    run = run_of(given, tuple(questions))
    fitted = calibrate(run, wanted_rate=0.1)
    assert fitted.before > 0.4
    assert fitted.after < 0.1
    assert fitted.held_out < 0.1
    after = scaled(run, fitted)
    assert after.measures["abstention"]["AUROC"] == run.measures["abstention"]["AUROC"] == 1
    assert after.measures["abstention"]["calibration error"] == pytest.approx(fitted.after)
    assert after.measures["abstention"]["answered, unanswerable"] <= 0.1
    assert after.measures["abstention"]["answered, answerable"] == 1
    strict = scaled(run, calibrate(run, wanted_wrong=0.0))
    assert strict.measures["abstention"]["wrong of those answered"] == 0


def test_a_run_asked_with_a_scaling_in_force_is_fitted_without_it(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    before = Scaling(0.5, 2.0)
    plain = run_of(answers)
    asked = run_of({q: replace(a, confidence=before.apply(a.confidence)) for q, a in answers.items()})
    run = unscaled(asked, before)
    assert [o.confidence for o in run.outcomes] == pytest.approx([o.confidence for o in plain.outcomes])
    fitted = replace(calibrate(run, wanted_rate=0.5), scaling=Scaling(0.1, 1.5))
    after = scaled(run, fitted)
    assert after.configuration["scaling"] == {"bias": 0.1, "scale": 1.5}
    assert after.outcomes[0].confidence == pytest.approx(Scaling(0.1, 1.5).apply(0.9))


@pytest.mark.parametrize("scale", ["0", "-1", "NaN"])
def test_a_scaling_that_cannot_be_undone_is_no_calibration(tmp_path: Path, scale: str) -> None:
    (tmp_path / NAME).write_text(f'{{"threshold": 0.5, "scale": {scale}}}')
    with pytest.raises(StoreError, match="the scale is not above 0"):
        read_calibration(tmp_path)


def test_too_few_answers_choose_the_threshold_alone(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    fitted = calibrate(run_of(answers), wanted_rate=0.5)
    assert fitted.scaling == UNSCALED
    assert 0.2 < fitted.threshold <= 0.21


def test_a_set_without_unanswerable_questions_is_told(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    run = run_of(answers, QUESTIONS[:2])
    with pytest.raises(EvalError, match="--wanted-wrong"):
        calibrate(run)
    assert calibrate(run, wanted_wrong=0.1).threshold == 0.4
