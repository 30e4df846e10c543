"""Dates as they are found in exports: figures in any order that is sure, time stamps, and what only looks like one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archive.dates import read_date

MAY_3 = date(2019, 5, 3)


@pytest.mark.parametrize(
    "written",
    [
        "2019-05-03T23:30:00-05:00",
        "2019-05-03+02:00",
        "2019/05/03",
        "2019/5/3 23:30",
        "2019.05.03",
        "20190503",
        20190503,
        "20190503T233000Z",
        "20190503233000",
        "1556926200",
        "2019-W18-5",
        "2019W185",
        1556926200,
        1556926200.5,
        "1556926200000",
        "03/05/2019",
        "3 May 2019",
        "May 3, 2019",
        "Friday, May 3, 2019",
        "Fri, 03 May 2019 23:30:00 -0500",
        datetime(2019, 5, 3, 23, 30, tzinfo=UTC),
        MAY_3,
    ],
)
def test_one_day_however_it_is_written(written: object) -> None:
    assert read_date(written) == MAY_3


def test_seconds_before_1970_are_counted_back() -> None:
    assert read_date("-1000000000000") == date(1938, 4, 24)


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "0001-01-01T00:00:00Z",
        date(1, 1, 1),
        datetime(1, 1, 1, tzinfo=UTC),
        "1388-12-21",
        "2019-13-45",
        "20191345",
        "2019",
        2019,
        "2019-05",
        "2019-W18",
        "2019-W54-1",
        "12345678901",
        True,
        None,
    ],
)
def test_no_date_is_none(written: object) -> None:
    assert read_date(written) is None
