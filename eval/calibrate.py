"""Confidence and threshold refitted on an archive's own questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from eval.abstention import expected_calibration_error
from eval.errors import EvalError
from eval.measure import measure
from eval.scores import right
from eval.types import Run
from qa.calibration import UNSCALED, Scaling, logit

FEWEST = 20  # right and wrong answers each, below which two numbers are not fitted to them
RIDGE = 1e-3  # on the scale, so that a set that is told apart without error has an end too
STEPS = 100

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a calibration chose, and the calibration error before, after, and on questions left out of the fit."""

    scaling: Scaling
    threshold: float
    before: float
    after: float
    held_out: float


def fit_scaling(confidence: Sequence[float], true: Sequence[bool]) -> Scaling:
    """Return the bias and scale that make the confidences most likely (Platt 1999, by Newton's method).

    The scale is kept above 0, so that no order changes: UNSCALED where right answers are not the surer ones.
    """
    x = np.array([[1.0, logit(p)] for p in confidence])
    y = _softened(np.asarray(true, dtype=bool))
    weights = np.array([0.0, 1.0])
    penalty = np.array([0.0, RIDGE])

    def loss(w: Floats) -> float:
        odds = x @ w
        return float((np.logaddexp(0, odds) - y * odds).sum() + penalty @ w**2 / 2)

    for _ in range(STEPS):
        p = 0.5 * (1 + np.tanh(x @ weights / 2))  # the sigmoid, without overflow
        slope = x.T @ (p - y) + penalty * weights
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty) + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-12:
            step /= 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return Scaling(float(weights[0]), float(weights[1])) if weights[1] > 0 else UNSCALED


def threshold_for(unanswerable: Sequence[float], wanted: float) -> float:
    """Return the least threshold at which at most `wanted` of the unanswerable questions are answered.

    Answered means confidence >= threshold. 0 when there are none to go by.
    """
    ranked = sorted(unanswerable, reverse=True)
    allowed = int(wanted * len(ranked) + 1e-9)
    if allowed >= len(ranked):
        return 0.0
    return float(np.nextafter(ranked[allowed], 2.0))


def threshold_for_wrong(confidence: Sequence[float], true: Sequence[bool], wanted: float) -> float:
    """Return the least threshold at which at most `wanted` of the answers given are wrong; above all if none is."""
    sure = np.asarray(confidence, dtype=np.float64)
    ok = np.asarray(true, dtype=bool)
    for threshold in np.unique(sure):
        shown = sure >= threshold
        if (~ok[shown]).mean() <= wanted + 1e-9:
            return float(threshold)
    return float(np.nextafter(sure.max(), 2.0)) if len(sure) else 0.0


def calibrate(run: Run, *, wanted_rate: float | None = None, wanted_wrong: float | None = None) -> Fitted:
    """Fit scaling and threshold on a run whose confidences are not scaled, or `unscaled`.

    `wanted_wrong` is the share of the answers given that may be wrong; `wanted_rate` the share of the unanswerable
    questions that may be answered. With fewer than FEWEST right or wrong answers only the threshold is chosen.
    Raises EvalError when the set has nothing to choose by.
    """
    sure = [o.confidence for o in run.outcomes]
    true = [right(o) for o in run.outcomes]
    enough = min(sum(true), len(true) - sum(true)) >= FEWEST
    scaling = fit_scaling(sure, true) if enough else UNSCALED
    scaled = [scaling.apply(p) for p in sure]
    if wanted_wrong is not None:
        threshold = threshold_for_wrong(scaled, true, wanted_wrong)
    else:
        unanswerable = [p for p, o in zip(scaled, run.outcomes, strict=True) if not o.answerable]
        if not unanswerable:
            raise EvalError(f"{run.name}: it has no unanswerable question to calibrate on; give --wanted-wrong instead")
        threshold = threshold_for(unanswerable, 0.1 if wanted_rate is None else wanted_rate)
    return Fitted(
        scaling,
        min(1.0, threshold),
        expected_calibration_error(sure, true),
        expected_calibration_error(scaled, true),
        expected_calibration_error(_crossed(sure, true) if enough else sure, true),
    )


def unscaled(run: Run, scaling: Scaling) -> Run:
    """Return the outcomes of a run that was asked with a scaling in force as they are without; measures stay."""
    return replace(run, outcomes=tuple(replace(o, confidence=scaling.undo(o.confidence)) for o in run.outcomes))


def scaled(run: Run, fitted: Fitted) -> Run:
    """Return the unscaled run as it is with the calibration in force."""
    outcomes = tuple(replace(o, confidence=fitted.scaling.apply(o.confidence)) for o in run.outcomes)
    figures = measure(outcomes, fitted.threshold, run.configuration.get("cost", {}))
    held = {**run.configuration, "scaling": asdict(fitted.scaling)}
    return replace(run, threshold=fitted.threshold, outcomes=outcomes, measures=figures, configuration=held)


def _crossed(sure: Sequence[float], true: Sequence[bool]) -> list[float]:
    """Each half scaled by what the other half fits: every second right answer and every second wrong one."""
    found = [0.0] * len(sure)
    kinds = ([i for i, ok in enumerate(true) if ok], [i for i, ok in enumerate(true) if not ok])
    for half in (0, 1):
        inside = [i for kind in kinds for i in kind[half::2]]
        outside = [i for kind in kinds for i in kind[1 - half :: 2]]
        scaling = fit_scaling([sure[i] for i in outside], [true[i] for i in outside])
        for i in inside:
            found[i] = scaling.apply(sure[i])
    return found


def _softened(true: npt.NDArray[np.bool_]) -> Floats:
    """Platt's targets: not 1 and 0 but what as many right and wrong answers, and one more each, would be."""
    yes, no = int(true.sum()), int((~true).sum())
    return np.where(true, (yes + 1) / (yes + 2), 1 / (no + 2))
