"""Do two articles answer a question differently? A corrected count, a later figure: both are told, never one alone."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evidence import confidence
from qa.terms import content_stems, numbers
from qa.types import Question, Reading

FLOOR = 0.5  # probability; what contradicts must itself be more likely an answer than not
ALIKE = 0.4  # share of the question's content stems that both passages must hold: they speak of the same thing


def differing(question: Question, best: Reading, others: Sequence[Reading]) -> Reading | None:
    """Return the first other article's reading whose numbers are all different from the best one's; None if none is.

    Only answers with numbers are compared: two names for one thing are common, two counts of it are not.
    """
    said = numbers(_span(best))
    if not said:
        return None
    wanted = set(content_stems(question.standalone))
    for other in others:
        if other.hit.article.id == best.hit.article.id or confidence(question, other) < FLOOR:
            continue
        counted = numbers(_span(other))
        if counted and not counted & said and _speaks_of(wanted, best) and _speaks_of(wanted, other):
            return other
    return None


def difference(newer: Reading, older: Reading) -> str:
    """Say in one line that two articles differ, newest first."""
    return f"The articles differ: {_told(newer)}, {_told(older)}."


def _told(reading: Reading) -> str:
    article = reading.hit.article
    where = article.source or article.title
    return f"“{_span(reading)}” ({where}, {article.published or 'undated'})"


def _speaks_of(wanted: set[str], reading: Reading) -> bool:
    text = f"{reading.hit.article.title} {reading.hit.passage.text}"
    return len(wanted & set(content_stems(text))) >= ALIKE * len(wanted)


def _span(reading: Reading) -> str:
    return reading.hit.passage.text[reading.start : reading.end]
