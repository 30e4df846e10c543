"""What the readings of a question say together: news repeats itself, and what several articles say is likelier right.

The redundancy of the web answered questions so (Clarke, Cormack and Lynam 2001; Dumais et al. 2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from qa.calibration import sigmoid
from qa.terms import content_stems, numbers, question_stems, tokens
from qa.types import Question, Reading

Same = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def same_answers(question: Question, readings: Sequence[Reading]) -> Same:
    """Return for each two readings whether they give the same answer, (readings, readings); the diagonal is True.

    What one span says beyond the question must all be in the other, one way or the other: "Feldstein" and "Beanie
    Feldstein", but "Feldstein" and "Feldshuh" not. Of two spans with numbers those are what they say. So two answers
    may each be the same as a third and not as one another.
    """
    asked, asked_for = set(question_stems(question.core)), numbers(question.core)
    said = [(set(content_stems(reading.span)) or set(tokens(reading.span))) - asked for reading in readings]
    counted = [numbers(reading.span) - asked_for for reading in readings]
    same = np.eye(len(readings), dtype=bool)
    for i in range(len(readings)):
        for j in range(i):
            one, other = (counted[i], counted[j]) if counted[i] and counted[j] else (said[i], said[j])
            same[i, j] = same[j, i] = bool(one and other) and (one <= other or other <= one)
    return same


def agreed(readings: Sequence[Reading], same: Same) -> list[Reading]:
    """Return the readings with `agreed`: log(1 + the sum over other articles of the probability of their likeliest
    reading with the same answer), at least 0.
    """
    found = []
    for i, reading in enumerate(readings):
        likeliest: dict[str, float] = {}
        for j, other in enumerate(readings):
            article = other.hit.article.id
            if same[i, j] and article != reading.hit.article.id:
                likeliest[article] = max(likeliest.get(article, 0.0), sigmoid(other.score - other.behind))
        found.append(replace(reading, agreed=math.log1p(sum(likeliest.values()))))
    return found


def shares(scores: Floats, same: Same) -> Floats:
    """Return for each reading what share of the softmax of the scores readings with its answer have, (readings,)."""
    found: Floats = same @ softmax(scores)
    return found


def softmax(scores: Floats) -> Floats:
    """Return the share of each score of the sum of their exponentials, without overflow, (scores,)."""
    if not len(scores):
        return scores
    mass: Floats = np.exp(scores - scores.max())
    mass /= mass.sum()
    return mass
