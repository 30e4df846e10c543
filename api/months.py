"""A count a month, without gaps, and the picture of it that the reading room shows."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_HEIGHT = 100  # units of the picture; a bar is one unit wide and the page stretches it


@dataclass(frozen=True, slots=True)
class Month:
    """A month and how much falls in it. `key` is "YYYY-MM", `height` the bar in units of the picture."""

    key: str
    count: int
    height: float = 0.0

    @property
    def first(self) -> date:
        return date.fromisoformat(f"{self.key}-01")

    @property
    def last(self) -> date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def name(self) -> str:
        return f"{calendar.month_name[self.first.month]} {self.first.year}"


def months(counts: Sequence[tuple[str, int]]) -> list[Month]:
    """Return every month from the first to the last of `counts` ("YYYY-MM", count), oldest first, empty ones too."""
    if not counts:
        return []
    known = dict(counts)
    most = max(known.values())
    first, last = (_number(key) for key in (min(known), max(known)))
    keys = (f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(first, last + 1))
    return [Month(key, known.get(key, 0), known.get(key, 0) / most * _HEIGHT) for key in keys]


def by_month(days: Iterable[date | None]) -> list[tuple[str, int]]:
    """Count days by month; what has no date falls in none."""
    counts: dict[str, int] = {}
    for day in days:
        if day is not None:
            counts[f"{day:%Y-%m}"] = counts.get(f"{day:%Y-%m}", 0) + 1
    return sorted(counts.items())


def _number(key: str) -> int:
    year, month = key.split("-")
    return int(year) * 12 + int(month) - 1
