"""Confidence: by hand, and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from eval.abstention import aurc, auroc, expected_calibration_error, reliability, risk_coverage

RANDOM = np.random.default_rng(3)
SURE = RANDOM.choice(np.linspace(0, 1, 21), size=200)  # with ties
TRUE = RANDOM.random(200) < SURE


def test_auroc_by_hand() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert math.isnan(auroc([0.9], []))


def test_auroc_as_scikit_learn_has_it() -> None:
    assert auroc(SURE[TRUE], SURE[~TRUE]) == pytest.approx(roc_auc_score(TRUE, SURE))


def test_risk_and_coverage_by_hand() -> None:
    coverage, risk = risk_coverage([0.9, 0.8, 0.7, 0.6], [True, False, True, False])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc([0.9, 0.8, 0.7, 0.6], [True, False, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_equal_confidences_are_kept_together_whatever_their_order() -> None:
    assert aurc([0.5, 0.5], [True, False]) == aurc([0.5, 0.5], [False, True]) == 0.5


def test_risk_against_a_plain_count() -> None:
    coverage, risk = risk_coverage(SURE, TRUE)
    for i in range(0, 200, 17):
        least = np.sort(SURE)[::-1][i]
        assert risk[i] == pytest.approx((~TRUE[least <= SURE]).mean())
    assert coverage[-1] == 1


def test_calibration_error_by_hand() -> None:
    # bin 0.9 to 1: mean 0.95, half right; bin 0 to 0.1: mean 0.05, none right
    assert expected_calibration_error([0.95, 0.95, 0.05, 0.05], [True, False, False, False]) == pytest.approx(
        0.5 * 0.45 + 0.5 * 0.05
    )


def test_reliability_as_scikit_learn_has_it() -> None:
    accuracy, sure = calibration_curve(TRUE, SURE + 1e-9 * (SURE < 1), n_bins=10)  # its bins are closed at the right
    mine = reliability(SURE, TRUE)
    assert [b[0] for b in mine] == pytest.approx(sure.tolist(), abs=1e-6)
    assert [b[1] for b in mine] == pytest.approx(accuracy.tolist())
    assert sum(b[2] for b in mine) == 200
