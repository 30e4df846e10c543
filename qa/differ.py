"""Do two articles answer a question differently? A corrected count, a later day: both are told, never one alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qa.compare import same_words
from qa.dates import find_window
from qa.evidence import held, share, unnamed
from qa.terms import content_stems, numbers
from qa.types import Question, Reading

ALIKE = 0.4  # share of the question's content stems that both passages must hold: they speak of the same thing
_YES_NO = re.compile(r"^(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b|['’]\d\d\b")
_NOT = re.compile(r"\b(?:not|never|no longer|denie[sd]|refuse[sd])\b|n[’']t\b", re.IGNORECASE)


def differing(question: Question, best: Reading, likely: Sequence[Reading]) -> Reading | None:
    """Return the newest of the likely readings of other articles that contradicts the best; None if none does.

    Before the newest comes what speaks of all that the best speaks of: "the Denholm plant" is not Denholm's shipyard.
    Days are compared as days and counts as counts; of a question for yes or no, whether it is denied. Two names are
    not compared: two names for one thing are common.
    """
    if not _speaks_of(question, best):
        return None
    found = [
        other
        for other in likely
        if other.hit.article.id != best.hit.article.id
        and _speaks_of(question, other)
        and _contradict(question, best, other)
    ]
    spoken = held(content_stems(question.core), best.hit.titled)
    of_all = [other for other in found if share(spoken, other.hit.titled) == 1]
    return max(of_all or found, key=lambda r: str(r.hit.article.published or ""), default=None)


def difference(newer: Reading, older: Reading) -> str:
    """Say in one line that two articles differ, newest first."""
    return f"The articles differ: {_told(newer)}, {_told(older)}."


def _contradict(question: Question, best: Reading, other: Reading) -> bool:
    if _YES_NO.match(question.standalone):
        denied, denied_too = (bool(_NOT.search(reading.sentence)) for reading in (best, other))
        return denied != denied_too and same_words(best.sentence, other.sentence)
    when, then = _day(best), _day(other)
    if when and then:
        return when[-2:] != then[-2:] or (len(when) == len(then) == 3 and when != then)
    counted, recounted = numbers(best.span), numbers(other.span)
    return bool(counted and recounted) and not counted & recounted


def _day(reading: Reading) -> tuple[int, ...] | None:
    """The (year, month, day) that a span names, if it names a day; (month, day) where it leaves the year open.

    "5 March" is that of the year before or of the year to come. "On Tuesday" says nothing without an article's day.
    """
    published = reading.hit.article.published
    window = find_window(f"on {reading.span}", published or date.max)
    if window is None or window.start is None or window.start != window.end:
        return None
    day = (window.start.year, window.start.month, window.start.day)
    if window.grain == "relative":
        return day if published else None
    return day if _YEAR.search(reading.span) else day[1:]


def _speaks_of(question: Question, reading: Reading) -> bool:
    text = reading.hit.titled
    return share(set(content_stems(question.core)), text) >= ALIKE and not unnamed(question.core, text)


def _told(reading: Reading) -> str:
    article = reading.hit.article
    where = article.source or article.title
    return f"“{reading.span}” ({where}, {article.published or 'undated'})"
