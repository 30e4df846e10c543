"""Waiting for a model is bounded, and letting it go hangs up on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from qa.llm.patience import patiently


def test_items_come_in_order_and_nothing_is_late() -> None:
    assert list(patiently(lambda: iter("abc"), 60)) == ["a", "b", "c"]


def test_lateness_is_told_once_and_the_rest_still_comes() -> None:
    go = threading.Event()

    def slow() -> Iterator[str]:
        assert go.wait(60)
        yield "a"
        yield "b"

    told = []
    for item in patiently(slow, 0.01):
        told.append(item)
        go.set()
    assert told == [None, "a", "b"]


def test_what_it_raises_is_raised_here() -> None:
    def broken() -> Iterator[str]:
        yield "a"
        raise ValueError("garbage")

    items = patiently(broken, 60)
    assert next(items) == "a"
    with pytest.raises(ValueError, match="garbage"):
        next(items)


def test_who_stops_reading_lets_it_go() -> None:
    closed, read = threading.Event(), threading.Event()

    def endless() -> Iterator[str]:
        try:
            yield "first"
            read.wait(60)
            while True:
                yield "more"
        finally:
            closed.set()

    with closing(patiently(endless, 60)) as items:
        assert next(items) == "first"
    read.set()
    assert closed.wait(60), "the model is still being read"
