"""Lanes refuse what would wait too long, and never count wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from api.workers import Lane, OverloadedError, Workers


def test_a_job_that_would_wait_too_long_is_refused_and_the_queue_drains() -> None:
    lane = Lane("test", 2, patience=1.5)
    lane._mean = 0.5  # a job takes half a second, so that of two threads four jobs an end are done in a second
    go = threading.Event()
    taken = [lane.submit(go.wait) for _ in range(5)]  # two run; the third waits 0.25 s, the fourth 0.5, the fifth 0.75
    assert (lane.running, lane.waiting) == (2, 3)
    assert lane.expected_wait() == pytest.approx(1.0)
    taken.append(lane.submit(go.wait))
    with pytest.raises(OverloadedError) as refused:
        lane.submit(go.wait)
    assert refused.value.retry_after == 2  # 1.25 s
    assert lane.refused == 1
    go.set()
    assert all(future.result(10) for future in taken)
    lane.close()
    assert (lane.running, lane.waiting) == (0, 0)


def test_jobs_that_raise_are_counted_out_too() -> None:
    lane = Lane("test", 1, patience=1.0)
    futures = [lane.submit(lambda: 1 / 0) for _ in range(3)]
    for future in futures:
        with pytest.raises(ZeroDivisionError):
            future.result(10)
    lane.close()
    assert lane.running + lane.waiting == 0


def test_the_mean_of_a_jobs_seconds_forgets_the_first() -> None:
    lane = Lane("test", 1, patience=1.0)
    lane._mean = 10.0
    for _ in range(100):
        lane._timed(lambda: None)
    assert lane._mean < 0.01
    lane.close()


def test_a_generator_is_refused_before_its_stream_begins_and_its_error_comes_through() -> None:
    async def run() -> list[Any]:
        workers = Workers(1, patience=1.0)

        def items() -> Iterator[int]:
            yield 1
            yield 2
            raise ValueError("three")

        told: list[Any] = []
        try:
            async for item in workers.each(items):
                told.append(item)
        except ValueError as error:
            told.append(str(error))
        gate = threading.Event()
        workers.answering._mean = 5.0
        held = workers.answering.submit(gate.wait)
        with pytest.raises(OverloadedError):
            workers.each(items)
        assert await workers.look(lambda: "free") == "free"  # another lane is not in the way
        gate.set()
        held.result(10)
        workers.close()
        return told

    assert asyncio.run(run()) == [1, 2, "three"]


def test_a_stream_that_nobody_reads_holds_no_worker() -> None:
    async def run() -> None:
        workers = Workers(1, patience=5.0)
        unread = [workers.each(lambda: iter(range(1000))) for _ in range(20)]
        assert await asyncio.wait_for(workers.run(lambda: "free"), 10) == "free"
        assert len([item async for item in unread[0]]) == 1000
        workers.close()

    asyncio.run(run())
