"""Months without gaps, years where there would be too many, and counting days by month."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from api.months import by_month, months


def test_months_between_the_first_and_the_last_are_there_and_the_fullest_is_full_height() -> None:
    shown = months([("2023-11", 2), ("2024-02", 4)])
    assert [(month.key, month.count, month.height) for month in shown] == [
        ("2023-11", 2, 50.0),
        ("2023-12", 0, 0.0),
        ("2024-01", 0, 0.0),
        ("2024-02", 4, 100.0),
    ]
    assert (shown[-1].first, shown[-1].last, shown[-1].name) == (date(2024, 2, 1), date(2024, 2, 29), "February 2024")
    assert months([]) == []


def test_days_are_counted_by_month_and_no_date_falls_in_none() -> None:
    days = [date(2024, 2, 29), None, date(2023, 12, 31), date(2024, 2, 1)]
    assert by_month(days) == [("2023-12", 1), ("2024-02", 2)]


@pytest.mark.parametrize(
    ("first", "last", "bars", "names"),
    [
        ("1984-01", "2023-12", 480, ("January 1984", "December 2023")),
        ("1984-01", "2024-01", 41, ("1984", "January 2024")),
        ("0001-05", "2024-03", 203, ("May 1 to December 9", "January 2020 to March 2024")),
        ("0001-01", "9999-12", 100, ("1 to 99", "9900 to 9999")),
    ],
)
def test_a_long_span_has_bars_of_years_decades_or_centuries(
    first: str, last: str, bars: int, names: tuple[str, str]
) -> None:
    shown = months([(first, 1), (last, 3)])
    assert len(shown) == bars
    assert (shown[0].name, shown[-1].name) == names
    assert (shown[0].key, f"{shown[-1].last:%m}") == (first, last[5:])
    assert [(bar.count, round(bar.height, 1)) for bar in (shown[0], shown[-1])] == [(1, 33.3), (3, 100.0)]
    ends = [(bar.first, bar.last) for bar in shown]
    assert all(later[0] - earlier[1] == timedelta(days=1) for earlier, later in pairwise(ends))


def test_a_bar_of_a_year_counts_its_months() -> None:
    shown = months([("1950-11", 1), ("1951-02", 2), ("1951-12", 3), ("2024-01", 6)])
    assert [(bar.key, bar.count, bar.height) for bar in shown if bar.count] == [
        ("1950-11", 1, 1 / 6 * 100),
        ("1951-01", 5, 5 / 6 * 100),
        ("2024-01", 6, 100.0),
    ]


def test_the_month_of_an_early_day_is_written_with_four_digits() -> None:
    assert by_month([date(987, 6, 5)]) == [("0987-06", 1)]
