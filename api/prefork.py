"""Several processes that serve one socket: forked before anything is loaded, replaced when one dies, ended together.

The index is mapped from files, so that the processes share its memory; each loads the models for itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from archive.errors import AskiveError

_ENDING = (signal.SIGTERM, signal.SIGINT)
_SOON = 2.0  # s; a process that ends sooner after its start would do so again


def serve_by(count: int, serve: Callable[[], None]) -> int:
    """Run `serve` in `count` processes until a signal ends them all; return the exit status for this one.

    Call it before threads are started: a fork keeps their locks. A process that dies is replaced; one that fails at
    its start ends all, since the next would fail the same way.
    """
    born: dict[int, float] = {}
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True
        for pid in born:
            with suppress(ProcessLookupError):  # it ended, and was not yet taken off the list
                os.kill(pid, signal.SIGTERM)

    def begin() -> None:
        """Fork one more, unless the end has been called; a signal waits, so that it finds the new process listed."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            if not ending:
                born[_begin(serve)] = time.monotonic()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    for number in _ENDING:
        signal.signal(number, end)
    for _ in range(count):
        begin()
    failed = 0
    while born:
        pid, status = os.wait()
        began = born.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if ending:
            continue
        if code > 0 and time.monotonic() - began < _SOON:
            failed = code
            end()
            continue
        print(f"askive: the worker {pid} ended ({code}); another begins", file=sys.stderr)
        begin()
    return failed


def _begin(serve: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for number in _ENDING:  # the parent's handler would end this one's siblings
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        serve()
        status = 0
    except AskiveError as error:
        print(f"askive: {error}", file=sys.stderr)
        status = 2
    except BaseException:  # nothing of the parent's may run in a child
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
