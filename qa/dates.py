"""Time in a question: phrases found by a small grammar, read by dateparser, returned as inclusive windows.

dateparser's own search takes "may", "second" or "one" for dates; the grammar decides what is a date and how fine it
is, dateparser what day it names.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import dateparser

from qa.periods import Window, bounded, find_period, months

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|few|couple of)"
# Finest first: each alternative is tried in this order at every place.
_FORMS: tuple[tuple[str, str], ...] = (
    ("day", rf"{_YEAR}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]{_YEAR}"),
    ("day", rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTHS},?\s+{_YEAR}|{_MONTHS}\s+{_DAY},?\s+{_YEAR}"),
    (
        "month",
        rf"{_MONTHS},?\s+(?:of\s+)?{_YEAR}|{_YEAR}-(?:0[1-9]|1[0-2])(?!\d|-\d)|(?<![\d/.])(?:0?[1-9]|1[0-2])/{_YEAR}",
    ),
    (
        "day",
        rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTHS}(?!\w)|{_MONTHS}\s+{_DAY}(?![\d,]*\d|\s+(?:million|billion|per))",
    ),
    ("month", rf"{_MONTHS}(?![\w-]|['’]s\b)"),
    ("year", rf"{_YEAR}(?![\d-]|\s*(?:million|billion))"),
)
_DATE = "|".join(f"(?P<{kind}{place}>{form})" for place, (kind, form) in enumerate(_FORMS))
_PLAIN = "|".join(f"(?:{form})" for _, form in _FORMS)
_LEAD = (
    r"(?:before|until|till|up\s+to|up\s+until|no(?:t)?\s+later\s+than|no\s+earlier\s+than|prior\s+to|by|after|since|from|"
    r"as\s+of|in|during|on|for|of|throughout|around|dated)"
)
# Within a question "Today" is a paper or a programme; at its start it may well be the day.
TODAY = r"(?:(?-i:yesterday|today|tonight)|^(?:yesterday|today|tonight))"
_PHRASE = re.compile(
    rf"\b(?:(?P<lead>{_LEAD})\s+(?:the\s+(?:(?:end|start|month)\s+of\s+|year\s+))?)?"
    rf"(?:{_WEEKDAY},?\s+)?(?:{_DATE})",
    re.IGNORECASE,
)
# "the end of 2022"; what find_period reads
_EDGE = rf"(?:the\s+)?(?:beginning|start|middle|end)\s+of\s+(?:{_MONTHS}\s+)?{_YEAR}|{_PLAIN}"
_TO = r"(?:\s+(?:to|until|till|through)\s+|\s*[-–—]\s*)"
_RANGE = re.compile(
    rf"\b(?:between|from)\s+(?P<a>{_EDGE})(?:\s+and\s+|{_TO})(?P<b>{_EDGE})|"
    rf"\b(?:in|during)\s+(?P<c>{_PLAIN})\s*(?:-|–|—|to|and|or)\s*(?P<d>{_PLAIN})|"
    # "April to July 2022" needs no word before it; two bare years are a range only behind a comma or at the end
    rf"\b(?P<e>(?:{_DAY}\s+)?{_MONTHS}(?:\s+{_DAY})?(?:,?\s+{_YEAR})?){_TO}(?P<f>(?:{_DAY}\s+)?{_MONTHS}(?:\s+{_DAY})?,?\s+{_YEAR})|"
    rf"[,:(]\s*(?P<g>{_YEAR}){_TO}(?P<h>{_YEAR})(?![\d-])",
    re.IGNORECASE,
)
_STORIES = r"coverage|report(?:s|ing)|stories|articles|news"
# "the 2019 coverage", "CNN's 2019 reports"; of other things a year is a name ("the 2018 election")
_YEAR_OF = re.compile(rf"(?:\bthe|['’]s)\s+(?P<year>{_YEAR})(?=\s+(?:{_STORIES})\b)", re.IGNORECASE)
_PIECES = re.compile(rf"\b(?:{_STORIES}|pieces)\s+$", re.IGNORECASE)
_WEEK_OF = re.compile(
    rf"\b(?:in\s+|during\s+)?the\s+week\s+(?:of|beginning|starting)\s+(?P<day>{_PLAIN})", re.IGNORECASE
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<lead>before|since|after|from)\s+)?(?:(?P<word>{TODAY})|"
    rf"(?:the\s+)?(?P<which>this|last|past|previous)\s+(?:(?P<count>{_COUNT})\s+)?(?P<unit>day|week|fortnight|month|year)s?|"
    rf"(?P<ago>{_COUNT})\s+(?P<agounit>day|week|month|year)s?\s+ago|(?P<weekday>(?:(?:on|last|this)\s+|(?<=since\s)|(?<=after\s)|(?<=before\s)){_WEEKDAY}))\b",
    re.IGNORECASE,
)
_COUNTS = dict(zip("a an one two three four five six seven eight nine ten".split(), (1, 1, *range(1, 11)), strict=True))
_COUNTS |= {"twelve": 12, "few": 3, "couple of": 2}
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}


def find_window(text: str, base: date) -> Window | None:
    """Return the time that a question names, read from the day `base`; None when it names none.

    A month or a day without a year is the latest one not after `base`; ambiguous numerals are day first; "before"
    and "after" leave the named time out, "since", "by" and "until" take it in. "this week" is the seven days to
    `base`, "last week" the calendar week before (Monday to Sunday). A day that no calendar has is none.
    """
    try:
        return _find_window(text, base)
    except (OverflowError, ValueError):  # how datetime says that a year is not from 1 to 9999
        return None


def _find_window(text: str, base: date) -> Window | None:
    between = _RANGE.search(text)
    window = (_between(between, base) if between else None) or _week_of(text, base) or find_period(text, base)
    if window:
        return window
    if year := _YEAR_OF.search(text):
        return Window(*months(int(year["year"]), 1, 12), "year", year.span("year"))
    for match in _PHRASE.finditer(text):
        window = _absolute(match, text, base)
        if window:
            return window
    relative = _RELATIVE.search(text)
    return _relative(relative, base) if relative else None


def _week_of(text: str, base: date) -> Window | None:
    """ "the week of 16 March 2020": Monday to Sunday around the day."""
    match = _WEEK_OF.search(text)
    period = _period(match["day"], base) if match else None
    if match is None or period is None:
        return None
    monday = period[0] - timedelta(days=period[0].weekday())
    return Window(monday, monday + timedelta(days=6), "day", match.span())


def _between(match: re.Match[str], base: date) -> Window | None:
    left, right = (next(part for part in match.group(*names) if part) for names in ("aceg", "bdfh"))
    last = _edge(right, base)
    if last is None:
        return None
    if not re.search(_YEAR, left):
        left = f"{left} {last[1].year}"
    first = _edge(left, base)
    if first is None:
        return None
    return Window(min(first[0], last[0]), max(first[1], last[1]), "range", match.span())


def _edge(phrase: str, base: date) -> tuple[date, date] | None:
    """First and last day of what a range begins or ends with: a plain date, or "the end of 2022"."""
    part = find_period(phrase, base) if " of " in phrase else None
    return (part.start, part.end) if part and part.start and part.end else _period(phrase, base)


def _absolute(match: re.Match[str], text: str, base: date) -> Window | None:
    kind, phrase = next((k.rstrip("0123456789"), v) for k, v in match.groupdict().items() if k != "lead" and v)
    lead = re.sub(r"\s+", " ", (match["lead"] or "").casefold())
    if not lead and not re.search(_YEAR, phrase):
        return None  # "May" is a name or a verb, "the Jan. 6 committee" and "July 4 weekend" name events
    if phrase in ("may", "march") and lead not in ("since", "until", "till", "before"):
        return None
    if phrase.casefold() in ("may", "march", "august") and lead in ("of", "on", "for"):
        return None  # "the resignation of May"
    if kind == "year" and not lead:
        return None  # "the 2018 election" names an event
    if (
        lead in ("of", "for")
        and kind == "year"
        and re.search(r"\b(?:class|budget|winner|model)\s+$", text[: match.start()])
    ):
        return None
    period = _period(phrase, base)
    if period is None:
        return None
    if lead == "from" and kind in ("year", "month") and _PIECES.search(text[: match.start()]):
        lead = "in"  # "stories from 2019" are those of 2019
    start, end = bounded(lead, *period)
    return Window(start, end, kind, match.span())


@lru_cache(maxsize=1024)
def _period(phrase: str, base: date) -> tuple[date, date] | None:
    """First and last day of a plain date phrase; None when it is no date ("31 February")."""
    phrase = re.sub(r"^the\s+", "", phrase.strip().rstrip("."), flags=re.IGNORECASE)
    if re.fullmatch(_YEAR, phrase):
        return date(int(phrase), 1, 1), date(int(phrase), 12, 31)
    numeric = re.fullmatch(r"(\d\d?)/(\d{4})", phrase)
    if numeric:
        return months(int(numeric[2]), int(numeric[1]), 1)
    iso = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", phrase)
    if iso:
        try:
            first = date(int(iso[1]), int(iso[2]), int(iso[3] or 1))
        except ValueError:
            return None
        return (first, first) if iso[3] else (first, _month_end(first))
    parsed = _parse(phrase, base)
    if parsed is None:
        return None
    has_day = re.search(r"(?<!\d)\d{1,2}(?!\d)", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", phrase))
    return (parsed, parsed) if has_day else (parsed.replace(day=1), _month_end(parsed))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _parse(phrase: str, base: date) -> date | None:
    settings = {
        "RELATIVE_BASE": datetime.combine(base, time(12)),
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
        "DATE_ORDER": "DMY",
        "REQUIRE_PARTS": ["month"],
    }
    if re.search(r"[a-z]", phrase, re.IGNORECASE) and re.search(_YEAR, phrase) is None:
        phrase = re.sub(r"\bof\b", "", phrase)
    parsed = dateparser.parse(phrase, languages=["en"], settings=settings)
    return parsed.date() if parsed else None


def _relative(match: re.Match[str], base: date) -> Window | None:
    start, end = _relative_period(match, base)
    lead = (match["lead"] or "").casefold()
    first, last = bounded(lead, start, end) if lead else (start, end)
    return Window(first, last, "relative", match.span())


def _relative_period(match: re.Match[str], base: date) -> tuple[date, date]:
    if match["word"]:
        day = base - timedelta(days=match["word"].casefold() == "yesterday")
        return day, day
    if match["weekday"]:
        *said, name = match["weekday"].casefold().split()
        back = (base.weekday() - _WEEKDAYS.index(name)) % 7
        day = base - timedelta(days=back or (7 if said == ["last"] else 0))
        return day, day
    if match["ago"]:
        day = base - timedelta(days=_count(match["ago"]) * _DAYS[match["agounit"].casefold()])
        slack = timedelta(days=_DAYS[match["agounit"].casefold()] // 2)  # how people round
        return day - slack, min(day + slack, base)
    which, unit = match["which"].casefold(), match["unit"].casefold()
    if match["count"] or which == "past":
        return base - timedelta(days=_count(match["count"] or "a") * _DAYS[unit]), base
    return _calendar(which, unit, base)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[re.sub(r"\s+", " ", word.casefold())]


def _calendar(which: str, unit: str, base: date) -> tuple[date, date]:
    """ "this" runs to the base day; "last" is the whole calendar unit before."""
    if unit in ("day", "fortnight"):
        return base - timedelta(days=_DAYS[unit]), base
    if unit == "week":
        monday = base - timedelta(days=base.weekday())
        return (
            (base - timedelta(days=6), base)
            if which == "this"
            else (monday - timedelta(days=7), monday - timedelta(days=1))
        )
    first = base.replace(day=1) if unit == "month" else base.replace(month=1, day=1)
    if which == "this":
        return first, base
    end = first - timedelta(days=1)
    return (end.replace(day=1) if unit == "month" else end.replace(month=1, day=1)), end
