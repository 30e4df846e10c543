"""Dates as publishers write them, read day-first where the order is in doubt."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import dateparser

# The year first, with or without marks between, and whatever time and zone after: the day that is printed counts.
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})(?:\D.*)?|(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?(?!\d).*)?)", re.S
)
_WEEK_DATE = re.compile(r"\d{4}-?W\d{2}-?\d")
_NUMERIC = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$")
_SECONDS = re.compile(r"(-?\d{9,10})(?:\d{3})?(?:\.\d*)?")  # since 1970, or thousandths
EARLIEST = 1500  # no paper is older; an earlier year is software's "no date" (Go's is year 1) or another calendar's


def day_first(text: str) -> date | None:
    """Read dd/mm/yyyy (or mm/dd/yyyy where only that can be); None when it is no date."""
    match = _NUMERIC.match(text)
    if not match:
        return None
    first, second, year = (int(part) for part in match.groups())
    for day, month in ((first, second), (second, first)):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def read_date(value: object) -> date | None:
    """Read a date, a time stamp or almost any way of writing one; None when it cannot be read or is before 1500.

    A time with a zone is of the day that is printed; seconds since 1970 are of their day in UTC.
    """
    if isinstance(value, datetime):
        value = value.date()
    found = value if isinstance(value, date) else _read(str(value or "").strip()[:100])
    return found if found and found.year >= EARLIEST else None


def _read(text: str) -> date | None:
    """What is written in figures is read without dateparser, which is a thousand times slower and tries calendars."""
    try:
        if match := _YEAR_FIRST.fullmatch(text):
            year, _, *parts = match.groups()
            month, day = (int(part) for part in parts if part)
            return date(int(year), month, day)
        if _WEEK_DATE.fullmatch(text):
            return date.fromisoformat(text)
        if match := _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(match[1]), UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    if text.isdecimal() or not any(character.isdigit() for character in text):  # dateparser tries 200 languages
        return None
    numeric = day_first(text)
    if numeric:
        return numeric
    found = dateparser.parse(text, settings={"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]})
    return found.date() if found else None
