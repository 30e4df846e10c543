"""The threads that models run in, so that the event loop never waits for one, and how much may wait for them."""

from __future__ import annotations

import asyncio
import contextvars
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal, TypeVar

T = TypeVar("T")
_NEWEST = 0.1  # weight of the newest job in the running mean of a job's seconds
_CROWD = 64  # jobs a thread that may wait whatever they take: before the first is done nobody knows


class OverloadedError(Exception):
    """More waits than can be done soon; `retry_after` is in whole seconds. Nothing was begun."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the service is busy; try again in {retry_after} s")
        self.retry_after = retry_after


class Lane:
    """A bounded pool of threads that refuses a job which would have to wait, and not be done within `patience` seconds.

    The time is foretold from the jobs that have not ended and the mean time of those that have: refusing early is
    cheap and keeps those already in from growing late (https://sre.google/sre-book/handling-overload/).
    """

    def __init__(self, name: str, threads: int, patience: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._patience = patience
        self._lock = threading.Lock()
        self._unended = 0
        self._mean = 0.0
        self.refused = 0

    @property
    def running(self) -> int:
        return min(self._unended, self._threads)

    @property
    def waiting(self) -> int:
        return max(0, self._unended - self._threads)

    def expected_wait(self) -> float:
        """Return in about how many seconds a job that comes now would begin."""
        return max(0, self._unended - self._threads + 1) * self._mean / self._threads

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Begin a job as soon as a thread is free; OverloadedError when that is too late."""
        with self._lock:
            wait = self.expected_wait()
            late = wait > 0 and wait + self._mean > self._patience
            if late or self._unended >= _CROWD * self._threads:
                self.refused += 1
                raise OverloadedError(max(1, math.ceil(wait)))
            self._unended += 1
        future = self._pool.submit(contextvars.copy_context().run, self._timed, function, *arguments)
        future.add_done_callback(self._ended)
        return future

    def _timed(self, function: Callable[..., T], *arguments: Any) -> T:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            spent = time.perf_counter() - began
            with self._lock:
                self._mean = spent if self._mean == 0 else (1 - _NEWEST) * self._mean + _NEWEST * spent

    def _ended(self, _: Future[Any]) -> None:
        with self._lock:
            self._unended -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class Workers:
    """Three lanes, so that none waits for another: answering, looking things up, and writing one at a time."""

    def __init__(self, count: int, *, patience: float = 2.0, write_patience: float = 30.0) -> None:
        self.answering = Lane("answer", count, patience)
        self.looking = Lane("look", 4, patience)
        self.writing = Lane("write", 1, write_patience)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what needs a model and wait for its value without holding the event loop. Raises OverloadedError."""
        return await asyncio.wrap_future(self.answering.submit(function, *arguments))

    async def look(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what only reads or writes a row or two."""
        return await asyncio.wrap_future(self.looking.submit(function, *arguments))

    async def write(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what changes the archive; one after the other."""
        return await asyncio.wrap_future(self.writing.submit(function, *arguments))

    def each(self, function: Callable[..., Iterator[T]], *arguments: Any) -> AsyncIterator[T]:
        """Begin a generator in the pool and return what yields what it yields; what it raises is raised there.

        OverloadedError is raised here, before a response has begun. The worker fills a queue without a bound and is
        done with it: an answer is a few kilobytes, and so a client that reads slowly, or never, holds no worker.
        """
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[Literal["item"], T] | tuple[Literal["end"], Exception | None]] = asyncio.Queue()

        def run() -> None:
            raised: Exception | None = None
            try:
                for item in function(*arguments):
                    loop.call_soon_threadsafe(queue.put_nowait, ("item", item))
            except Exception as error:  # told to whoever reads the queue
                raised = error
            loop.call_soon_threadsafe(queue.put_nowait, ("end", raised))

        self.answering.submit(run)
        return _drained(queue)

    def close(self) -> None:
        for lane in (self.answering, self.looking, self.writing):
            lane.close()


async def _drained(
    queue: asyncio.Queue[tuple[Literal["item"], T] | tuple[Literal["end"], Exception | None]],
) -> AsyncIterator[T]:
    while (told := await queue.get())[0] == "item":
        yield told[1]
    if told[1] is not None:
        raise told[1]
