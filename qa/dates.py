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
_SHORT = r"['’]\d\d(?!\d)"  # "May '19"
_COUNT = (
    r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|(?:a\s+)?(?:few|several|couple\s+of))"
)
# Finest first: each alternative is tried in this order at every place.
_FORMS: tuple[tuple[str, str], ...] = (
    ("day", rf"{_YEAR}-\d\d-\d\d|{_YEAR}/\d\d/\d\d(?!\d)|\d{{1,2}}[/.]\d{{1,2}}[/.]{_YEAR}"),
    ("day", rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTHS}(?:,?\s+{_YEAR}|\s+{_SHORT})|{_MONTHS}\s+{_DAY},?\s+{_YEAR}"),
    (
        "month",
        rf"{_MONTHS},?\s+(?:of\s+)?{_YEAR}|{_MONTHS}\s+{_SHORT}|{_YEAR}-(?:0[1-9]|1[0-2])(?!\d|-\d)|(?<![\d/.])(?:0?[1-9]|1[0-2])/{_YEAR}",
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
_NOW = r"(?:today|now|the\s+present(?:\s+day)?)\b"
_TO_OR_AND = rf"(?:\s+and\s+|{_TO})"
_BETWEEN = r"\b(?:between|from)\s+"
_DATED = rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTHS}"
_ENDED = rf"(?:{_DAY}\s+)?{_MONTHS}(?:\s+{_DAY})?"
# What opens a range, its first end, what joins them, its second.
_RANGES = (
    # a day alone is of the other's month
    (_BETWEEN, rf"(?:the\s+)?{_DAY}", _TO_OR_AND, rf"{_DATED}(?:,?\s+{_YEAR})?(?!\w)"),
    (r"\b", _DAY, _TO, rf"{_DATED},?\s+{_YEAR}"),
    (_BETWEEN, rf"{_MONTHS}\s+{_DAY}", _TO_OR_AND, rf"{_DAY}(?:,?\s+{_YEAR})?(?!\w)"),
    (r"\b", rf"{_MONTHS}\s+{_DAY}", _TO, rf"{_DAY},?\s+{_YEAR}"),
    (_BETWEEN, _EDGE, _TO_OR_AND, rf"{_EDGE}|{_NOW}"),
    (r"\b(?:in|during)\s+", _PLAIN, r"\s*(?:-|–|—|to|and|or)\s*", _PLAIN),
    # "April to July 2022" needs no word before it; two bare years are a range only behind a comma or at the end
    (r"\b", rf"{_ENDED}(?:,?\s+{_YEAR})?", _TO, rf"{_ENDED},?\s+{_YEAR}"),
    (r"[,:(]\s*", _YEAR, _TO, rf"{_YEAR}(?![\d-])"),
)
_RANGE = re.compile(
    "|".join(f"{opening}(?P<a{n}>{a}){joint}(?P<b{n}>{b})" for n, (opening, a, joint, b) in enumerate(_RANGES)),
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
    rf"\b(?:(?P<lead>before|since|after|from|until|till|up\s+to|as\s+of|by)\s+)?(?:(?P<word>{TODAY})|"
    rf"(?P<within>(?:in|within|over|during|for)\s+the\s+)?(?:the\s+)?(?P<which>this|last|past|previous)\s+"
    rf"(?:(?P<count>{_COUNT})\s+)?(?P<unit>hour|day|week|fortnight|month|year|decade)s?|"
    rf"(?P<ago>{_COUNT})\s+(?P<agounit>hour|day|week|month|year|decade)s?\s+ago|(?P<weekday>(?:(?:on|last|this)\s+|(?<=since\s)|(?<=after\s)|(?<=before\s)){_WEEKDAY}))\b",
    re.IGNORECASE,
)
_COUNTS = dict(zip("a an one two three four five six seven eight nine ten".split(), (1, 1, *range(1, 11)), strict=True))
_COUNTS |= {"twelve": 12, "few": 3, "several": 4, "couple of": 2}
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3652}


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
    left, right = (next(v for k, v in match.groupdict().items() if v and k[0] == end) for end in "ab")
    left, right = (re.sub(r"^the\s+(?=\d)", "", end, flags=re.IGNORECASE) for end in (left, right))
    if re.fullmatch(_DAY, left, re.IGNORECASE):
        left = left + re.sub(_DAY, "", right, count=1)
    elif named := re.match(rf"{_MONTHS}\s+(?={_DAY}$)", left, re.IGNORECASE):
        right = right if re.search(_MONTHS, right, re.IGNORECASE) else named[0] + right
    last = _edge(right, base)
    if last is None:
        return None
    first = _edge(left if re.search(_YEAR, left) else f"{left} {last[1].year}", base)
    if first is None:
        return None
    if first[0] > last[1] and not re.search(_YEAR, left):  # "from November to February"
        first = _edge(f"{left} {last[1].year - 1}", base) or first
    elif not re.search(_YEAR, right) and re.search(_MONTHS, right, re.IGNORECASE):  # "from May 2019 to June"
        ends = [_edge(f"{right} {first[0].year + more}", base) for more in (0, 1)]
        last = next((end for end in ends if end and end[1] >= first[0]), last)
    return Window(min(first[0], last[0]), max(first[1], last[1]), "range", match.span())


def _edge(phrase: str, base: date) -> tuple[date, date] | None:
    """First and last day of what a range begins or ends with: a plain date, or "the end of 2022"."""
    if re.fullmatch(_NOW, phrase, re.IGNORECASE):
        return base, base
    part = find_period(phrase, base) if " of " in phrase else None
    return (part.start, part.end) if part and part.start and part.end else _period(phrase, base)


def _absolute(match: re.Match[str], text: str, base: date) -> Window | None:
    kind, phrase = next((k.rstrip("0123456789"), v) for k, v in match.groupdict().items() if k != "lead" and v)
    phrase = re.sub(rf"(?:{_SHORT})$", lambda short: f"20{short[0][1:]}", phrase)
    lead = re.sub(r"\s+", " ", (match["lead"] or "").casefold())
    if not lead and not re.search(_YEAR, phrase):
        return None  # "May" is a name or a verb, "the Jan. 6 committee" and "July 4 weekend" name events
    if phrase in ("may", "march") and lead not in ("in", "since", "until", "till", "before"):
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
    iso = re.fullmatch(r"(\d{4})[-/](\d\d)(?:[-/](\d\d))?", phrase)
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
    lead = re.sub(r"\s+", " ", (match["lead"] or "").casefold())
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
        roughly = _count(match["ago"]) if _counted(match["ago"]) in ("few", "several") else 1
        slack = timedelta(days=roughly * _DAYS[match["agounit"].casefold()] // 2)  # how people round
        return day - slack, min(day + slack, base)
    which, unit = match["which"].casefold(), match["unit"].casefold()
    if match["count"] or which == "past" or match["within"] or unit in ("hour", "decade"):
        return base - timedelta(days=_count(match["count"] or "a") * _DAYS[unit]), base
    return _calendar(which, unit, base)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[_counted(word)]


def _counted(word: str) -> str:
    return re.sub(r"^a (?=\w)", "", re.sub(r"\s+", " ", word.casefold()))


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
