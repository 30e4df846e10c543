"""Parts of years and months that a question names: halves, quarters, seasons, decades, weekends, "late July 2019".

What dateparser has no words for. Seasons are the northern ones; a winter begins in the December of its year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_YEAR = r"(?P<year>(?:1[89]|20)\d\d|this\s+year|last\s+year)"
_NUMBERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "latter": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_NUMBERS |= {"last": 4, "final": 4}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Window:
    """A time said in a text: inclusive days (None is open), and where: `text[place[0]:place[1]]`.

    `grain` is how fine the words are; "relative" ones hang on the day they were read from.
    """

    start: date | None
    end: date | None
    grain: str
    place: tuple[int, int]


def find_period(text: str, base: date) -> Window | None:
    """Return the part of a year or month that a text names, read from the day `base`; None when it names none."""
    for pattern, read in _FORMS:
        match = pattern.search(text)
        if match is None:
            continue
        first, last = read(match, base)
        relative = "year" not in match.groupdict() or not (match["year"] or "x")[0].isdigit()
        grain = "relative" if relative and "decade" not in match.groupdict() else "month"
        lead = re.sub(r"\s+", " ", (match["lead"] or "").casefold())
        start, end = bounded(lead, *_edge_of(match, lead, first, last))
        return Window(start, end, grain, match.span())
    return None


def _edge_of(match: re.Match[str], lead: str, first: date, last: date) -> Span:
    """ "before the end" and "after the start" of a time mean its last and its first day, not that third of it."""
    side = (match.groupdict().get("side") or "").casefold()
    if lead in ("before", "prior to") and side == "end":
        return last + timedelta(days=1), last
    if lead == "after" and side in ("beginning", "start"):
        return first, first - timedelta(days=1)
    return first, last


def bounded(lead: str, start: date, end: date) -> tuple[date | None, date | None]:
    """The window that a word before a period makes of it: "before" and "after" leave it out, "since" takes it in.

    "as of" a day is what was so on it, which was told by then.
    """
    if lead in ("before", "prior to"):
        return None, start - timedelta(days=1)
    if lead in ("until", "till", "up to", "by", "as of", "no later than", "not later than", "up until"):
        return None, end
    if lead == "after":
        return end + timedelta(days=1), None
    if lead in ("since", "from", "no earlier than"):
        return start, None
    return start, end


def months(year: int, first: int, count: int) -> Span:
    """First and last day of `count` months from month `first` (1 to 12, or beyond: the next year's)."""
    start = date(year + (first - 1) // 12, (first - 1) % 12 + 1, 1)
    last = first + count - 2
    end_year, end_month = year + last // 12, last % 12 + 1
    return start, date(end_year, end_month, monthrange(end_year, end_month)[1])


def _year(match: re.Match[str], base: date) -> int:
    said = match["year"].casefold()
    return int(said) if said.isdigit() else base.year - said.startswith("last")


def _half(match: re.Match[str], base: date) -> Span:
    number = _NUMBERS[match["half"].casefold()] if match["half"] else int(match["h"])
    return months(_year(match, base), 6 * number - 5, 6)


def _quarter(match: re.Match[str], base: date) -> Span:
    number = _NUMBERS[match["quarter"].casefold()] if match["quarter"] else int(match["q"])
    return months(_year(match, base), 3 * number - 2, 3)


def _near_quarter(match: re.Match[str], base: date) -> Span:
    first = (base.month - 1) // 3 * 3 + 1
    if match["which"].casefold() == "this":
        return months(base.year, first, 3)[0], base
    return months(base.year, first - 3, 3) if first > 3 else months(base.year - 1, 10, 3)


def _season(match: re.Match[str], base: date) -> Span:
    return months(_year(match, base), _SEASONS[match["season"].casefold()], 3)


def _near_season(match: re.Match[str], base: date) -> Span:
    """The season of this year, or the latest whole one before `base`."""
    first = _SEASONS[match["season"].casefold()]
    spans = [months(year, first, 3) for year in (base.year, base.year - 1, base.year - 2)]
    if match["which"].casefold() == "this":
        start, end = next(span for span in spans if span[0] <= base)
        return start, min(end, base)
    return next(span for span in spans if span[1] < base)


def _part(match: re.Match[str], base: date) -> Span:
    """A third of a month or of a year."""
    third = _THIRDS[(match["part"] or match["side"]).casefold()]
    year = _year(match, base)
    if not match["month"]:
        return months(year, 4 * third + 1, 4)
    return _third(year, _month(match["month"]), third)


def _near_part(match: re.Match[str], base: date) -> Span:
    """ "late March": the latest that has begun."""
    third, month = _THIRDS[match["part"].casefold()], _month(match["month"])
    return next(span for span in (_third(year, month, third) for year in (base.year, base.year - 1)) if span[0] <= base)


def _third(year: int, month: int, third: int) -> Span:
    first, last = months(year, month, 1)
    return first.replace(day=10 * third + 1), last if third == 2 else first.replace(day=10 * third + 10)


def _christmas(match: re.Match[str], base: date) -> Span:
    """24 to 26 December, of the year named or the latest that has begun."""
    year = _year(match, base) if match["year"] else base.year - (base < date(base.year, 12, 24))
    return date(year, 12, 24), date(year, 12, 26)


def _near_month(match: re.Match[str], base: date) -> Span:
    """The month of this year, or the latest whole one before `base`."""
    month = _month(match["month"])
    spans = [months(year, month, 1) for year in (base.year, base.year - 1)]
    if match["which"].casefold() == "this":
        start, end = spans[0] if spans[0][0] <= base else spans[1]
        return start, min(end, base)
    return next(span for span in spans if span[1] < base)


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold()[:3]))


def _decade(match: re.Match[str], _base: date) -> Span:
    first = int(match["decade"]) * 10
    return date(first, 1, 1), date(first + 9, 12, 31)


def _weekend(_match: re.Match[str], base: date) -> Span:
    """The latest weekend that has begun."""
    saturday = base - timedelta(days=(base.weekday() - 5) % 7)
    return saturday, min(saturday + timedelta(days=1), base)


def _night(_match: re.Match[str], base: date) -> Span:
    return base - timedelta(days=1), base


def _eve(_match: re.Match[str], base: date) -> Span:
    return base - timedelta(days=2), base - timedelta(days=2)


def _form(pattern: str, *, led: bool = False) -> re.Pattern[str]:
    """`led` where there must be a word before it that says how it is meant."""
    lead = r"(?P<lead>before|prior\s+to|after|since|until|till|up\s+to|as\s+of|by|from)"
    within = r"(?:in|during|over|for|at)"
    before = rf"(?:{lead}|{within})\s+(?:the\s+)?" if led else rf"(?:{lead}\s+)?(?:{within}\s+)?(?:the\s+)?"
    return re.compile(rf"\b{before}{pattern}\b", re.IGNORECASE)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Span]], ...] = (
    (_form(rf"(?:(?P<half>first|1st|second|2nd|latter)\s+half|H(?P<h>[12]))\s+(?:of\s+)?{_YEAR}"), _half),
    (
        _form(
            rf"(?:(?P<quarter>first|1st|second|2nd|third|3rd|fourth|4th|last|final)\s+quarter|Q(?P<q>[1-4]))"
            rf"\s+(?:of\s+)?{_YEAR}"
        ),
        _quarter,
    ),
    (_form(r"(?P<which>this|last)\s+quarter"), _near_quarter),
    (_form(rf"(?P<season>spring|summer|autumn|fall|winter)\s+(?:of\s+)?{_YEAR}"), _season),
    (_form(r"(?P<which>this|last)\s+(?P<season>spring|summer|autumn|winter)"), _near_season),
    (
        _form(
            rf"(?:(?P<part>early|mid|late)(?:\s+|-)(?:in\s+)?|(?P<side>beginning|start|middle|end)\s+of\s+)"
            rf"(?:{_MONTH}\.?,?\s+(?:of\s+)?)?{_YEAR}"
        ),
        _part,
    ),
    (_form(rf"(?P<part>early|mid|late)(?:\s+|-)(?!(?-i:may|march)\b){_MONTH}(?!\w|['’]s\b)"), _near_part),
    # of anything else it is a part of a name: "the Christmas truce"
    (_form(rf"Christmas(?:\s+(?:of\s+)?{_YEAR})?(?=\s*(?:[,.;:?!]|$))", led=True), _christmas),
    (_form(r"(?:early\s+|late\s+)?(?P<decade>(?:1[89]|20)\d)0[’']?s"), _decade),
    (_form(r"(?:(?:this|last|past)\s+weekend|(?<=over the )weekend|(?<=at the )weekend)"), _weekend),
    (_form(r"last\s+night"), _night),
    (_form(r"day\s+before\s+yesterday"), _eve),
    (_form(rf"(?!this\s+(?-i:may|march)\b)(?P<which>this|last)\s+{_MONTH}(?!\w)"), _near_month),
)
