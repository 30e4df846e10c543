"""How sure is a figure, and is one run better than another?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

ROUNDS = 2000
SEED = 20260101

Floats = npt.NDArray[np.float64]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of the mean (Efron 1979). The seed is fixed."""
    if not len(values):
        return float("nan"), float("nan")
    data = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(SEED).integers(0, len(data), size=(ROUNDS, len(data)))
    return _middle(data[draws].mean(axis=1))


def interval_of(figure: Callable[[npt.NDArray[np.intp]], float], count: int) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of any figure of `count` questions.

    `figure` is given the places of the questions drawn, with repeats; draws of which it is NaN are left out.
    """
    if not count:
        return float("nan"), float("nan")
    random = np.random.default_rng(SEED)
    return _middle(np.array([figure(random.integers(0, count, size=count)) for _ in range(ROUNDS)]))


def paired(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Return (mean of b - a, two-sided p) by a paired sign-flipping test (Fisher's; Smucker et al. 2007).

    Both are values of the same questions in the same order.
    """
    if len(a) != len(b):
        raise ValueError("the runs have different numbers of questions")
    change = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    if not change.any():
        return 0.0, 1.0
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(ROUNDS, len(change)))
    extreme = np.abs((signs * change).mean(axis=1)) >= abs(change.mean()) - 1e-12
    return float(change.mean()), float((extreme.sum() + 1) / (ROUNDS + 1))


def _middle(values: Floats) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
