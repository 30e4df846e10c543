"""Which articles an index is to take in, told by one thread to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import SimpleQueue


class Stopped(Exception):  # noqa: N818  # no error: it ends work that is no longer wanted
    """There will be no more, and what came so far is not to be used."""


class Changes:
    """Ids of articles: those that an earlier run left, and those that are stored meanwhile; each is told once.

    One thread adds and ends (or stops), another iterates over batches: as they were added, then what else was left.
    `total` is how many there are, 0 until the end.
    """

    def __init__(self, left: Iterable[str] = ()) -> None:
        self._left = set(left)
        self._added: set[str] = set()
        self._told: SimpleQueue[list[str] | None] = SimpleQueue()
        self._stopped = False
        self.total = 0

    def __contains__(self, article: str) -> bool:
        return article in self._added or article in self._left

    def add(self, articles: list[str]) -> None:
        self._added.update(articles)
        self._told.put(articles)

    def end(self) -> None:
        """Say that all is added."""
        left = self._left - self._added
        self.total = len(self._added) + len(left)
        self._told.put(sorted(left))
        self._told.put(None)

    def stop(self) -> None:
        """Make the other thread raise Stopped, at the next batch or `check`."""
        self._stopped = True
        self._told.put(None)

    def check(self) -> None:
        if self._stopped:
            raise Stopped

    def __iter__(self) -> Iterator[list[str]]:
        while (articles := self._told.get()) is not None:
            self.check()
            yield articles
        self.check()
