"""Calls of a runtime that wait together, whichever request they come from, run together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from embeddings.runtimes import Feed, Outputs, Runtime

# Word pieces of calls that are joined, at most. Two passages together are a tenth quicker on a core, four no more than
# that (docs/decisions/0055), and what a runtime keeps in memory for the largest call it has met it keeps for good.
MOST = 512
_Call = tuple[Feed, "Future[Outputs]"]


class Together:
    """Runs calls as many at a time as the runtime has streams, the first come first and with it those of its width.

    Only calls padded to one width are joined, so that nothing more is padded, and a stream takes no more than half
    of its share of what waits. A runtime that does not say `joins` gets every call as it came.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.name = runtime.name
        self.streams = runtime.streams
        self._runtime = runtime
        self._most = MOST if runtime.joins else 0
        self._waiting: deque[_Call] = deque()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(runtime.streams, thread_name_prefix="stream")

    def __call__(self, feed: Feed) -> Outputs:
        """Return what the runtime does, or raise it."""
        return self.submit([feed])[0].result()

    def submit(self, feeds: Sequence[Feed]) -> list[Future[Outputs]]:
        """Queue calls at once; each future is the outputs of its own rows."""
        calls: list[_Call] = [(feed, Future()) for feed in feeds]
        with self._lock:
            self._waiting.extend(calls)
        for _ in calls:
            self._pool.submit(self._step)
        return [future for _, future in calls]

    def _step(self) -> None:
        """Run what is next; nothing when it went with another."""
        with self._lock:
            calls = self._take() if self._waiting else []
        if calls:
            self._run(calls)

    def _take(self) -> list[_Call]:
        """Take the call that has waited longest, and others of its width while much waits.

        Few are better run one by one: then all streams are busy to the end.
        """
        taken = [self._waiting.popleft()]
        rows, width = _shape(taken[0])
        share = min(self._most // width, (len(self._waiting) + 1) // (2 * self.streams))
        at = 0
        while at < len(self._waiting) and rows < share:
            more, wide = _shape(self._waiting[at])
            if wide == width and rows + more <= share:
                taken.append(self._waiting[at])
                del self._waiting[at]
                rows += more
            else:
                at += 1
        return taken

    def _run(self, calls: list[_Call]) -> None:
        try:
            feeds = [feed for feed, _ in calls]
            joined = {name: np.concatenate([feed[name] for feed in feeds]) for name in feeds[0]}
            outputs = self._runtime(joined)
        except BaseException as error:  # whoever waits is told, and the stream goes on
            for _, future in calls:
                future.set_exception(error)
            return
        first = 0
        for call in calls:
            last = first + _shape(call)[0]
            call[1].set_result([output[first:last] for output in outputs])
            first = last


def _shape(call: _Call) -> tuple[int, int]:
    """Rows and width of a call."""
    rows, width = next(iter(call[0].values())).shape
    return rows, width
