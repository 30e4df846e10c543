"""An iterator run ahead in a thread of its own, so that making things overlaps with using them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Queue
from typing import TypeVar

T = TypeVar("T")
AHEAD = 256  # made and not yet used, at most: bounds the memory


def ahead(made: Iterable[T], depth: int = AHEAD) -> Iterator[T]:
    """Yield what `made` yields, in order; what it raises is raised here. A consumer that stops ends the thread."""
    queue: Queue[tuple[T] | BaseException | None] = Queue(depth)
    stopped = threading.Event()

    def run() -> None:
        end: BaseException | None = None
        try:
            for each in made:
                queue.put((each,))
                if stopped.is_set():
                    return
        except BaseException as error:  # told to the consumer, whatever it is
            end = error
        queue.put(end)

    thread = threading.Thread(target=run, name="ahead", daemon=True)
    thread.start()
    try:
        while isinstance(told := queue.get(), tuple):
            yield told[0]
        if told is not None:
            raise told
    finally:
        stopped.set()
        while thread.is_alive():
            while not queue.empty():
                queue.get_nowait()
            thread.join(0.01)
