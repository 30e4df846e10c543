"""Work in a thread behind the one that asks for it, stopped with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
HEARING = 0.2  # seconds in which a signal is heard while nothing else is done


class Behind(Generic[T]):
    """Runs `work` in another thread while the block runs; an exception in the block calls `stop` and waits for it."""

    def __init__(self, work: Callable[[], T], stop: Callable[[], None]) -> None:
        self._stop = stop
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._future = self._pool.submit(work)

    def check(self) -> None:
        """Raise what the work has failed with, if it has."""
        if self._future.done():
            self._future.result()

    def result(self) -> T:
        """Wait for the work; returns or raises what it does.

        The wait is in short parts: Ctrl-C that another thread was handed is only heard when this one wakes.
        """
        while not wait([self._future], HEARING).done:
            pass
        return self._future.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop()
        self._pool.shutdown()
