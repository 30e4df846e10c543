"""Dates as publishers write them, read day-first where the order is in doubt."""

from __future__ import annotations

import re
from datetime import date, datetime

import dateparser

_ISO = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")
_NUMERIC = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$")


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
    """Read a date, a time stamp or almost any way of writing one; None when it cannot be read.

    ISO 8601 is read without dateparser, which is a thousand times slower and would dominate a large ingest.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()[:100]
    iso = _ISO.match(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        return None
    if not any(character.isdigit() for character in text):  # no day of any year; dateparser tries 200 languages
        return None
    numeric = day_first(text)
    if numeric:
        return numeric
    found = dateparser.parse(text, settings={"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]})
    return found.date() if found else None
