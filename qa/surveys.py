"""Does a question ask for a digest or a timeline, and of what? From its words.

Either passes by the reader's doubt, so it must be asked for: by how the question opens ("Who broke the news about the
merger?" asks for a person), by how it ends ("Pakistan floods: summary"), or by a sentence of its own ("A timeline,
please.").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from qa.mentions import COURTESY
from qa.survey_forms import (
    ASIDES,
    ASKS,
    CUE,
    DIGESTS,
    EVERYTHING,
    FILLER,
    NOTHING,
    OPENING,
    TIMELINE,
    TIMELINES,
    WRAPPED,
    YOU_SAID,
)

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_PART = re.compile(r"(?:[.?!;:,]|\s[-–—])\s+")
_ENDING = re.compile(r"(?:\s+(?:over|in|during|for|between|from|since|of|and|to|up))+$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_TERSE = 12  # words of a request that is typed as to a search engine
_LONGEST = 500  # characters of a request; the patterns go back and forth, and who pastes a page asks no digest by it


def find_survey(text: str, hidden: str) -> tuple[Literal["digest", "timeline"], str] | None:
    """Return what a question wants, and what about; None where it asks for neither.

    `hidden` is the text with the names of sources as underscores. The topic is "" where every article within the
    question's bounds is wanted ("Summarise the BBC's stories of 2019").
    """
    if len(text) > _LONGEST:
        return None
    start, end, asked = _without_aside(hidden)
    by_day = asked == "timeline" or TIMELINE.search(hidden, start, end)
    if by_day:
        return "timeline", _topic(text, hidden, start, end, (*TIMELINES, *DIGESTS))
    if asked or _match((*DIGESTS, *EVERYTHING), hidden, start, end):
        return "digest", _topic(text, hidden, start, end, DIGESTS)
    if any(CUE.match(part) or YOU_SAID.match(part) for part in _PART.split(hidden)):
        return "digest", _left(text, hidden)
    return None


def is_bare(text: str) -> bool:
    """Is it nothing but a topic ("Beavers on the Harrow", "tiktok india ban")? It may want a fact of it, or all."""
    return 0 < len(text.split()) <= _TERSE and not ASKS.search(text)


def _left(text: str, hidden: str) -> str:
    """What of a request is not its asking."""
    left, at = [], 0
    for match in FILLER.finditer(hidden):
        left.append(text[at : match.start()])
        at = match.end()
    return " ".join(" ".join([*left, text[at:]]).split()).strip(" ?.!,:;–—-'’")


def _without_aside(hidden: str) -> tuple[int, int, str]:
    """Return the place of a question without a sentence that only says which answer it wants, and that, or ""."""
    cuts = [0, *(match.end() for match in _SENTENCE.finditer(hidden)), len(hidden)]
    for wanted, form in ASIDES.items():
        if len(cuts) > 2 and form.match(hidden, cuts[-2], cuts[-1]):
            return 0, cuts[-2], wanted
        if len(cuts) > 2 and form.match(hidden, cuts[0], cuts[1]):
            return cuts[1], len(hidden), wanted
    return 0, len(hidden), ""


def _topic(text: str, hidden: str, start: int, end: int, forms: Sequence[re.Pattern[str]]) -> str:
    """What is left of a question without its asking words; they nest ("Summarise the coverage of TikTok")."""
    if _match(EVERYTHING, hidden, start, end):
        return ""
    whole = (start, end)
    while (match := _match((*forms, *WRAPPED), hidden, start, end)) and match["topic"]:
        if NOTHING.match(hidden, start, end):
            return ""
        start, end = match.span("topic")
    if NOTHING.match(hidden, start, end):
        return ""
    opening = OPENING.match(hidden, start, end) if (start, end) == whole and not match else None
    start = opening.end() if opening else start
    topic = _ENDING.sub("", re.sub(r"\s+", " ", text[start:end]).strip(" ?.!,:;"))
    return _ARTICLE.sub("", topic)


def _match(forms: Sequence[re.Pattern[str]], hidden: str, start: int, end: int) -> re.Match[str] | None:
    courtesy = COURTESY.match(hidden) if start == 0 else None
    start = courtesy.end() if courtesy else start
    return next((match for form in forms if (match := form.match(hidden, start, end))), None)
