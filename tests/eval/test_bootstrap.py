"""Intervals and the paired test, against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eval.abstention import auroc
from eval.bootstrap import interval, interval_of, paired

RANDOM = np.random.default_rng(11)


def test_an_interval_of_the_mean_as_scipy_has_it() -> None:
    values = RANDOM.random(150) < 0.7
    low, high = interval(values.astype(float).tolist())
    theirs = stats.bootstrap((values.astype(float),), np.mean, n_resamples=5000, method="percentile", rng=1)
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.015)
    assert low < values.mean() < high


def test_no_values_have_no_interval_and_equal_ones_a_point() -> None:
    assert np.isnan(interval([])).all()
    assert interval([0.5] * 9) == (0.5, 0.5)


def test_an_interval_of_any_figure_as_scipy_has_it() -> None:
    yes, no = RANDOM.normal(1, 1, 80), RANDOM.normal(0, 1, 60)
    both, asked = np.concatenate([yes, no]), np.array([1] * 80 + [0] * 60)

    def figure(draw: np.ndarray) -> float:
        return auroc(both[draw][asked[draw] == 1], both[draw][asked[draw] == 0])

    low, high = interval_of(figure, 140)
    theirs = stats.bootstrap(
        (both, asked),
        lambda b, a: auroc(b[a == 1], b[a == 0]),
        paired=True,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=1,
    )
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.02)


def test_a_paired_test_as_scipy_has_it() -> None:
    a = (RANDOM.random(120) < 0.5).astype(float)
    b = np.where(RANDOM.random(120) < 0.2, 1.0, a)
    change, p = paired(a.tolist(), b.tolist())
    theirs = stats.permutation_test(
        (b, a), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=4000, rng=1
    )
    assert change == pytest.approx((b - a).mean())
    assert p == pytest.approx(theirs.pvalue, abs=0.01)


def test_all_sign_flips_by_hand() -> None:
    """Three changes of +1: of eight signs two are as extreme, so p is about a quarter."""
    change, p = paired([0, 0, 0], [1, 1, 1])
    assert change == 1
    assert p == pytest.approx(0.25, abs=0.03)


def test_the_same_is_not_better_and_unequal_lengths_are_refused() -> None:
    assert paired([1, 0], [1, 0]) == (0, 1)
    with pytest.raises(ValueError, match="different numbers"):
        paired([1], [1, 2])
