"""Months without gaps, and counting days by month."""

from __future__ import annotations

from datetime import date

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
