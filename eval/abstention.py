"""Does confidence tell what the archive answers from what it does not, and may it be read as a probability?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def auroc(positive: Sequence[float] | Floats, negative: Sequence[float] | Floats) -> float:
    """Return the chance that an answerable question's confidence is above an unanswerable one's, ties a half.

    U / (m n), U of Mann and Whitney 1947: the ranks of the positives (ties share theirs) less m (m + 1) / 2.
    NaN when either is empty.
    """
    m, n = len(positive), len(negative)
    if not m or not n:
        return float("nan")
    _, place, count = np.unique(np.concatenate([positive, negative]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))


def risk_coverage(confidence: Sequence[float] | Floats, right: Sequence[bool] | Floats) -> tuple[Floats, Floats]:
    """Return coverage and risk as the least confident answers are left out (El-Yaniv and Wiener 2010).

    Point i keeps the i + 1 most confident; risk is the share of wrong answers among those kept. Equal confidences
    are kept together, so that their order does not matter.
    """
    order = np.argsort(-np.asarray(confidence, dtype=np.float64), kind="stable")
    sure = np.asarray(confidence, dtype=np.float64)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order]).astype(np.float64)
    count = np.arange(1, len(sure) + 1, dtype=np.float64)
    last = np.searchsorted(-sure, -sure, side="right") - 1
    return count / len(sure), wrong[last] / count[last]


def aurc(confidence: Sequence[float] | Floats, right: Sequence[bool] | Floats) -> float:
    """Return the mean risk over all coverages: the area under the risk-coverage curve, lower is better."""
    return float(risk_coverage(confidence, right)[1].mean()) if len(confidence) else float("nan")


def expected_calibration_error(
    confidence: Sequence[float] | Floats, right: Sequence[bool] | Floats, bins: int = 10
) -> float:
    """Return the mean of |accuracy - confidence| over equal-width bins, weighted by size (Guo et al. 2017)."""
    parts = reliability(confidence, right, bins)
    return sum(count * abs(accuracy - sure) for sure, accuracy, count in parts) / max(1, len(confidence))


def reliability(
    confidence: Sequence[float] | Floats, right: Sequence[bool] | Floats, bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return (mean confidence, accuracy, how many) of each bin that holds something."""
    sure, true = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        (float(sure[place == b].mean()), float(true[place == b].mean()), int((place == b).sum()))
        for b in range(bins)
        if (place == b).any()
    ]
