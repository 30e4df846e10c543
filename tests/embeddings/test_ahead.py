"""Running ahead keeps order, raises what was raised, and ends its thread when nobody wants more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from embeddings.ahead import ahead


def running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "ahead"]


def test_it_yields_what_is_made_in_order() -> None:
    assert list(ahead(range(1000), 3)) == list(range(1000))
    assert list(ahead([])) == []
    assert running() == []


def test_what_is_raised_comes_after_what_was_made() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("the source broke")

    seen = ahead(broken())
    assert next(seen) == 1
    with pytest.raises(ValueError, match="the source broke"):
        next(seen)


def test_a_consumer_that_stops_ends_the_thread() -> None:
    endless = ahead(count(), 2)
    assert [next(endless) for _ in range(5)] == [0, 1, 2, 3, 4]
    endless.close()
    assert running() == []
