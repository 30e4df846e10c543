"""The order of what was read: the reader's odds, the words, how it was retrieved, and time where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from embeddings.types import Hit
from qa.evidence import evidence
from qa.types import Question, Reading
from qa.when import preferred, recency


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the features of `features`, in log-odds; fitted by `python -m qa.fit` (docs/reader.md says on what)."""

    reader: float = 0.70
    behind: float = -0.32
    retrieval: float = 3.74
    recency: float = 5.10
    window: float = 2.10
    missing: float = -0.14
    named: float = 0.15
    here: float = 1.01
    near: float = 0.03
    passage: float = 1.46
    kind: float = 0.67


# What says whether a sentence answers, and not whether its article is the right one: without them the order of articles
# is better on questions it was not fitted on (cross-validation, docs/decisions/0058).
OF_A_SENTENCE = ("named", "here", "near", "passage", "kind")

# What the articles shown beside an answer are ordered by: fitted so that a right article comes first whether or not the
# sentence read in it is right.
ARTICLES = Weights(
    reader=0.300,
    behind=-0.227,
    retrieval=9.254,
    recency=6.005,
    window=3.461,
    missing=-1.236,
    **dict.fromkeys(OF_A_SENTENCE, 0.0),
)


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
    """Two linear orders over `features`: of readings, for what is answered, and of hits, for what is shown."""

    def __init__(self, weights: Weights = Weights(), articles: Weights = ARTICLES) -> None:  # frozen
        self._weights = astuple(weights)
        self._articles = astuple(articles)

    def rank(self, question: Question, readings: Sequence[Reading]) -> list[Reading]:
        """Return the readings and their `others`, best first; ties keep the order of retrieval."""
        return sorted(_all(readings), key=lambda reading: -_score(self._weights, question, reading))

    def arrange(self, question: Question, readings: Sequence[Reading]) -> list[Hit]:
        """Return the hit of each reading once, best first by its best span; ties keep the order of `readings`."""
        ordered = sorted(_all(readings), key=lambda reading: -_score(self._articles, question, reading))
        return list({reading.hit.passage.id: reading.hit for reading in ordered}.values())


def _all(readings: Sequence[Reading]) -> list[Reading]:
    return [each for reading in readings for each in (reading, *reading.others)]


def _score(weights: Sequence[float], question: Question, reading: Reading) -> float:
    return float(sum(w * x for w, x in zip(weights, features(question, reading), strict=True)))
