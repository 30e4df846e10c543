"""The order of what was read: the reader's odds, the words, how it was retrieved, and time where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from qa.evidence import evidence
from qa.types import Question, Reading
from qa.when import preferred, recency


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the features of `features`, in log-odds; fitted by `python -m qa.fit` (docs/reader.md says on what)."""

    reader: float = 0.78
    behind: float = -0.40
    retrieval: float = 4.00
    recency: float = 6.00
    window: float = 1.18
    missing: float = 0.02
    named: float = 0.34
    here: float = 0.93
    near: float = 0.69
    passage: float = 1.43
    kind: float = 1.02


def features(question: Question, reading: Reading) -> tuple[float, ...]:
    """Return what `Weights` weighs, in its order: reader log-odds, how far the span is behind the passage's best, fused
    retrieval score, recency in [0, 1], inside what is preferred (0 or 1), and the evidence of the words.
    """
    article = reading.hit.article
    odds = max(-12.0, min(12.0, reading.score))
    told = (
        odds,
        min(12.0, reading.behind),
        reading.hit.score,
        recency(question, article),
        float(preferred(question, article)),
    )
    return told + astuple(evidence(question, reading))


class WeightedRanker:
    """A linear ranker over `features`."""

    def __init__(self, weights: Weights = Weights()) -> None:  # frozen
        self._weights = astuple(weights)

    def rank(self, question: Question, readings: Sequence[Reading]) -> list[Reading]:
        """Return the readings and their `others`, best first; ties keep the order of retrieval."""

        def score(reading: Reading) -> float:
            return float(sum(w * x for w, x in zip(self._weights, features(question, reading), strict=True)))

        every = [each for reading in readings for each in (reading, *reading.others)]
        return sorted(every, key=score, reverse=True)
