"""An iterator read ahead in a thread, so that waiting for it can be bounded."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Literal, TypeVar

T = TypeVar("T")


def patiently(items: Callable[[], Iterator[T]], seconds: float) -> Generator[T | None]:
    """Yield the items of an iterator as they come, and None once, when `seconds` have gone by since the start.

    They are made in a thread of their own. Whoever stops reading early lets it go: it ends at its next item, and a
    generator is then closed, which hangs up on a server that is still talking. What it raises is raised here.
    """
    told: queue.SimpleQueue[tuple[Literal["item"], T] | tuple[Literal["end"], Exception | None]] = queue.SimpleQueue()
    left = threading.Event()

    def run() -> None:
        raised: Exception | None = None
        try:
            for item in items():  # let go of, a generator is closed
                told.put(("item", item))
                if left.is_set():
                    break
        except Exception as error:  # told to whoever reads the queue
            raised = error
        told.put(("end", raised))

    end = time.monotonic() + seconds
    late = False
    threading.Thread(target=run, name="language model", daemon=True).start()
    try:
        while True:
            try:
                event = told.get(timeout=None if late else max(0.0, end - time.monotonic()))
            except queue.Empty:
                late = True
                yield None
                continue
            if event[0] == "end":
                if event[1] is not None:
                    raise event[1]
                return
            yield event[1]
    finally:
        left.set()
