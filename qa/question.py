"""A question understood: what it asks, of which time, from which source, and what kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from embeddings.types import Filters
from qa.dates import TODAY, find_window
from qa.followup import standalone
from qa.intent import find_intent
from qa.periods import Window
from qa.sources import beside, find_source, hide, press_reports, unsourced
from qa.surveys import is_bare
from qa.types import SURVEYS, Question, Turn

_NOW = re.compile(
    r"\b(?:this (?:week|month|morning|weekend|past week)|(?:past|last) (?:week|few days|weekend)|"
    rf"{TODAY}|now|currently|latest|recent(?:ly)?|lately|just|newly|so far|"
    r"at the moment|ongoing|upcoming|these days|breaking)\b",
    re.IGNORECASE,
)
_PERFECT = re.compile(
    r"\b(?:has|have|['’]ve|['’]s)\s+(?:\w+\s+){0,3}?(?:been|\w+ed|won|become|made|taken|said|begun|left|found)\b", re.I
)
_AHEAD = re.compile(
    r"\b(?:will|is set to|are set to|plans? to|is expected|are expected|is due|next (?:week|month|year))\b", re.I
)
_STANDING = re.compile(
    r"\b(?:founded|invented|originally|born|century|ancient|in history|capital of|stands? for|meaning|mean(?:s|t)? by|"
    r"definition|first ever|used to|historically|decades?|ages? ago|formed|established|created|launched in)\b|"
    r"^(?:what (?:is|are) (?:an?\s)?\w+\?*$|why (?:do|does|is|are)\b|how (?:do|does)\b|what (?:does|do)\b)",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:was|were|did|won|said|made|became|took|left|lost|went|gave|set|hit|broke|led|\w{3,}ed)\b", re.IGNORECASE
)
# Makes a follow-up stand alone: (text, history) -> the question to search and show.
Rewrite = Callable[[str, Sequence[Turn]], str]
_POSSESSIVE = re.compile(r"^['’]s\b")
RECENT_DAYS = 21  # a window ending this near to as_of speaks of the recent past, as a weekly news quiz does


def understand(
    text: str,
    *,
    history: Sequence[Turn] = (),
    as_of: date | None = None,
    published_from: date | None = None,
    published_to: date | None = None,
    sources: Sequence[str] = (),
    tags: Sequence[str] = (),
    known_sources: Sequence[str] = (),
    today: date | None = None,
    rewrite: Rewrite = standalone,
) -> Question:
    """Read a question's time, source and intent; what the caller passed always stays a bound.

    Dates are inclusive. Relative words are read from `as_of`, else from `today` (default: the current day). Dates of
    publication (a digest's, "Which article published in July 2019") restrict; in a look-up a date is a preference,
    since it may be the event's and not the article's: then `widen` holds the caller's own bounds. `rewrite` makes a
    follow-up stand alone.
    """
    alone = rewrite(text.strip(), history)
    base = as_of or today or date.today()
    unnamed = hide(alone, known_sources)  # "USA Today" is no day
    window = find_window(unnamed, base)
    bounds = Filters(published_from, published_to, tuple(sources), tuple(tags))
    start, end = _within(window, bounds)
    question = Question(
        text=text.strip(),
        standalone=alone,
        history=tuple(history),
        as_of=as_of,
        published_from=start,
        published_to=end,
        sources=bounds.sources,
        tags=bounds.tags,
        current=bool(_NOW.search(unnamed)),
        told_from=window.start if window and window.grain != "relative" else None,
        recency=_recency(unnamed, window, base),
    )
    undated = _without(alone, window)
    intent, topic = find_intent(undated, known_sources)
    if intent in SURVEYS:
        return _survey(replace(question, intent=intent, topic=topic), window, bounds, known_sources)
    found = _look_up(replace(question, intent=intent), window, bounds, known_sources)
    if intent == "lookup" and is_bare(undated) and (window or re.search(r"\w", undated)):
        digest = replace(question, intent="digest", topic=" ".join(undated.split()).strip(" ?.!,"))
        found = replace(found, instead=_survey(digest, window, bounds, known_sources))
    return found


def _survey(question: Question, window: Window | None, bounds: Filters, known_sources: Sequence[str]) -> Question:
    """The question with the sources it names; they and its window are bounds."""
    topic = question.topic
    found, _ = find_source(question.standalone, known_sources)
    found = found or beside(question.standalone, topic, known_sources)
    if not found and window and not hide(topic, known_sources).strip(" _,"):
        found, topic = beside(topic, "", known_sources), ""  # "Signal Weekly, January to June 2022": all it published
    named = bounds.sources or found
    if not topic and not (window or named or bounds != Filters()):
        topic = question.standalone  # "What has happened?" of an archive is no topic, but nothing else is said
    return replace(question, topic=topic, sources=named)


def _look_up(question: Question, window: Window | None, bounds: Filters, known_sources: Sequence[str]) -> Question:
    """The question with the sources it names; what it only prefers is also searched without."""
    alone = question.standalone
    found, firm = find_source(alone, known_sources)
    named = () if bounds.sources else found
    published = firm or press_reports(alone)
    hard = published and window is not None and window.grain != "relative"
    rest, publisher = unsourced(alone, [s for s in found if s in (bounds.sources or named)])
    widen = None
    if (window and not hard) or (named and not firm):
        first, last = question.published_from, question.published_to
        widen = _widened(bounds, first, last, named, soft_window=bool(window) and not hard, soft_source=not firm)
    return replace(question, sources=bounds.sources or named, widen=widen, unsourced=rest, publisher=publisher)


def _within(window: Window | None, bounds: Filters) -> tuple[date | None, date | None]:
    """The question's window inside the caller's: the later start and the earlier end."""
    starts = [day for day in (bounds.published_from, window.start if window else None) if day]
    ends = [day for day in (bounds.published_to, window.end if window else None) if day]
    return max(starts, default=None), min(ends, default=None)


def _widened(
    bounds: Filters,
    start: date | None,
    end: date | None,
    named: tuple[str, ...],
    *,
    soft_window: bool,
    soft_source: bool,
) -> Filters:
    """What to search besides: only what is a preference is let go, never what the caller passed."""
    return Filters(
        bounds.published_from if soft_window else start,
        bounds.published_to if soft_window else end,
        bounds.sources if soft_source else bounds.sources or named,
        bounds.tags,
    )


def _recency(text: str, window: Window | None, base: date) -> float:
    """How strongly the words point to the weeks before the day asked from, in [0, 1]; graded by hand.

    An explicit "this week" is certain; an event told in the past without a date is what news quizzes ask; a
    definition, a founding, or a date further back points elsewhere. A window open to now is as recent as its start.
    """
    if _NOW.search(text):
        return 1.0
    if window is not None:
        if window.end is None:
            return 1.0 if window.start and (base - window.start).days <= RECENT_DAYS else 0.5
        return 1.0 if -1 <= (base - window.end).days <= RECENT_DAYS and window.grain != "year" else 0.0
    years = {int(year) for year in re.findall(r"\b(?:1[89]|20)\d\d\b", text)}
    if _STANDING.search(text) or any(year < base.year for year in years):
        return 0.2 if not _PERFECT.search(text) else 0.5
    if _PERFECT.search(text) or _AHEAD.search(text):
        return 0.9
    return 0.8 if _EVENT.search(text) else 0.5


def _without(text: str, window: Window | None) -> str:
    """The text without its time, and without what hangs on it ("this month's news")."""
    return text if window is None else f"{text[: window.place[0]]} {_POSSESSIVE.sub('', text[window.place[1] :])}"
