"""The order of what was read: the reader's odds, the words, how it was retrieved, and time where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from embeddings.types import Hit
from qa.agreement import agreed, same_answers, shares
from qa.evidence import evidence
from qa.types import Question, Reading
from qa.when import preferred, recency


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the features of `features`, in log-odds; fitted by `python -m qa.fit` (docs/reader.md says on what)."""

    reader: float = 0.63
    behind: float = -0.373
    retrieval: float = 6.515
    recency: float = 1.565
    window: float = 1.117
    agreed: float = 2.475
    missing: float = -0.481
    named: float = 0.298
    here: float = 0.793
    near: float = 0.747
    passage: float = -0.339
    kind: float = -0.08
    depth: float = 0.033


# What tells the right article. Which words are near the answer says whether a sentence answers; with it the order of
# articles is worse on questions it was not fitted on (cross-validation, docs/decisions/0058 and 0065).
OF_ARTICLES = ("reader", "behind", "retrieval", "recency")

# What the articles shown beside an answer are ordered by: fitted so that a right article comes first whether or not the
# sentence read in it is right, the reader's two then halved: the first half of news-2022 is ranked better by it (0069).
ARTICLES = Weights(
    reader=0.351,
    behind=-0.296,
    retrieval=8.394,
    recency=3.627,
    **{name: 0.0 for name in Weights.__dataclass_fields__ if name not in OF_ARTICLES},
)


def features(question: Question, reading: Reading) -> tuple[float, ...]:
    """Return what `Weights` weighs, in its order: reader log-odds, how far the span is behind the passage's best, the
    score of retrieval, recency in [0, 1], inside what is preferred (0 or 1), what other articles agree, and the
    evidence of the words.
    """
    article = reading.hit.article
    odds = max(-12.0, min(12.0, reading.score))
    told = (
        odds,
        min(12.0, reading.behind),
        reading.hit.score,
        recency(question, article),
        float(preferred(question, article)),
        reading.agreed,
    )
    return told + astuple(evidence(question, reading))


class WeightedRanker:
    """Two linear orders over `features`: of readings, for what is answered, and of hits, for what is shown."""

    def __init__(self, weights: Weights = Weights(), articles: Weights = ARTICLES) -> None:  # frozen
        self._weights = astuple(weights)
        self._articles = astuple(articles)

    def rank(self, question: Question, readings: Sequence[Reading]) -> list[Reading]:
        """Return the readings and their `others`, best first, each with what all of them say of its answer.

        Ties keep the order of retrieval.
        """
        found = spread_out(readings)
        same = same_answers(question, found)
        found = agreed(found, same)
        scores = np.array([_score(self._weights, question, reading) for reading in found])
        found = [replace(each, share=float(share)) for each, share in zip(found, shares(scores, same), strict=True)]
        return [found[place] for place in np.argsort(-scores, kind="stable")]

    def arrange(self, question: Question, readings: Sequence[Reading]) -> list[Hit]:
        """Return the hit of each reading once, best first by its best span; ties keep the order of `readings`."""
        ordered = sorted(spread_out(readings), key=lambda reading: -_score(self._articles, question, reading))
        return list({reading.hit.passage.id: reading.hit for reading in ordered}.values())


def spread_out(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings and their `others`, each passage's together, in order."""
    return [each for reading in readings for each in (reading, *reading.others)]


def _score(weights: Sequence[float], question: Question, reading: Reading) -> float:
    return float(sum(w * x for w, x in zip(weights, features(question, reading), strict=True)))
