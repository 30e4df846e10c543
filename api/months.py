"""A count a month, without gaps, and the picture of it that the reading room shows."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_HEIGHT = 100  # units of the picture; a bar is one unit wide and the page stretches it
_BARS = 480  # at most, 40 years of months: one wrong date may lie centuries off, and each bar is 400 bytes of page
_LENGTHS = (1, 12, 120, 1200)  # months to a bar, the shortest that makes few enough


@dataclass(frozen=True, slots=True)
class Month:
    """A month, or `length` of them on end, and how much falls in it.

    `key` is the first of them, "YYYY-MM"; `height` the bar in units of the picture.
    """

    key: str
    count: int
    height: float = 0.0
    length: int = 1

    @property
    def first(self) -> date:
        return date.fromisoformat(f"{self.key}-01")

    @property
    def last(self) -> date:
        year, month = divmod(_number(self.key) + self.length - 1, 12)
        return date(year, month + 1, calendar.monthrange(year, month + 1)[1])

    @property
    def name(self) -> str:
        """The month, the year or years when it is whole ones, or its first and last month."""
        first, last = self.first, self.last
        if self.length % 12 == 0 and first.month == 1:
            return f"{first.year}" if self.length == 12 else f"{first.year} to {last.year}"
        names = [f"{calendar.month_name[day.month]} {day.year}" for day in (first, last)]
        return names[0] if self.length == 1 else " to ".join(names)


def months(counts: Sequence[tuple[str, int]]) -> list[Month]:
    """Return every month from the first to the last of `counts` ("YYYY-MM", count), oldest first, empty ones too.

    Over more than 40 years these are years, decades or centuries, the outermost cut to the known months.
    """
    if not counts:
        return []
    known = [(_number(key), count) for key, count in counts]
    first, last = min(known)[0], max(known)[0]
    length = next(each for each in _LENGTHS if last // each - first // each < _BARS)
    sums: Counter[int] = Counter()
    for place, count in known:
        sums[place // length] += count
    most = max(sums.values())
    shown = []
    for bar in range(first // length, last // length + 1):
        start, end = max(first, bar * length), min(last, bar * length + length - 1)
        shown.append(Month(_key(start), sums[bar], sums[bar] / most * _HEIGHT, end - start + 1))
    return shown


def by_month(days: Iterable[date | None]) -> list[tuple[str, int]]:
    """Count days by month; what has no date falls in none."""
    return sorted(Counter(day.isoformat()[:7] for day in days if day is not None).items())


def _number(key: str) -> int:
    year, month = key.split("-")
    return int(year) * 12 + int(month) - 1


def _key(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
