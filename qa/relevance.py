"""Does a passage tell of a topic? What a digest is chosen by, and how sure it is of itself.

A digest asks nothing, so the reader is asked what happened with its topic: whether a passage answers that tells what is
on the topic from what only has its words (docs/decisions/0067).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache

from qa.calibration import logit, sigmoid
from qa.evidence import share, unnamed
from qa.names import find_names
from qa.terms import content_stems, question_stems
from qa.types import Question, Reading

# Of what only is a name a passage that has it whole tells something, if not much; chosen by hand.
NAMED = 0.7
# What requests are worded with and articles on their topic are not.
_GENERIC = frozenset(
    content_stems(
        """everything anything something all happen happened happening event events thing things sort story stories news
        article articles report reports reported reporting publish published cover covered coverage piece pieces write
        written paper papers archive page pages lately recently latest recent far around here course year years month
        months week weeks day days time times order date dates start finish end pls please put list line lines tell
        give make write go went come came turn keep kept affair aftermath say said know known get got lost track"""
    )
)
_AT_MOST = 6.0  # of the reader's log-odds, to either side


@dataclass(frozen=True, slots=True)
class Relevance:
    """Weights of `features`, fitted by `python -m qa.fit_surveys`."""

    bias: float = -1.348
    odds: float = 0.798
    met: float = 1.595
    title: float = 1.781
    missing: float = -0.561


@dataclass(frozen=True, slots=True)
class Sureness:
    """P(the archive tells of a topic) = sigmoid(bias + scale * log-odds of the most relevant passage), fitted alike.

    The bias is lowered until at the default threshold one topic in ten that the archive does not hold is told of.
    """

    bias: float = -0.988
    scale: float = 1.689


def asked_of(topic: str) -> str:
    """Return the question by which a reader tells whether a passage is on a topic."""
    return f"What happened with {topic}?"


def relevance(question: Question, reading: Reading, weights: Relevance = Relevance()) -> float:
    """Return the probability in [0, 1] that a reading's passage tells of the question's topic; 1 where it has none.

    `reading.answerable` is what the reader gives the passage for `asked_of` the topic.
    """
    if not question.topic:
        return 1.0
    found = features(question, reading)
    told = sigmoid(sum(weight * value for weight, value in zip(astuple(weights), found, strict=True)))
    return max(told, NAMED) if found[2] == 1 and _is_name(question.topic) else told


def sureness(question: Question, readings: Sequence[Reading], line: Sureness = Sureness()) -> float:
    """Return how sure it is that some reading's passage tells of the question's topic, in [0, 1]; 1 without a topic."""
    if not question.topic:
        return 1.0
    best = max(relevance(question, reading) for reading in readings)
    return sigmoid(line.bias + line.scale * logit(best))


def features(question: Question, reading: Reading) -> tuple[float, ...]:
    """Return what `Relevance` weighs: 1, the reader's log-odds, the share of the topic's words that title and passage
    hold, that of the title alone, and how many of its names neither holds (at most 2).
    """
    title, whole = reading.hit.article.title, reading.hit.titled
    wanted = _wanted(question.topic)
    odds = max(-_AT_MOST, min(_AT_MOST, logit(reading.answerable)))
    missing = min(2.0, len(unnamed(question.topic, whole)))
    return 1.0, odds, share(wanted, whole), share(wanted, title), missing


@lru_cache(maxsize=256)
def _wanted(topic: str) -> frozenset[str]:
    """The stems of a topic that a passage on it holds; of a topic of generic words alone, those."""
    stems = frozenset(question_stems(topic))
    return stems - _GENERIC or stems


@lru_cache(maxsize=256)
def _is_name(topic: str) -> bool:
    """Is a topic one name, with at most a word beside it ("farmer Joe Pell")?"""
    names = [set(content_stems(name.text)) for name in find_names(topic) if name.kind != "year"]
    return len(names) == 1 and len(_wanted(topic) - names[0]) <= 1
