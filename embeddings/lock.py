"""The one writer of a home: whoever comes second is told who is first, or waits."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import StoreError
from embeddings.errors import IndexLockedError

LOCK = "writer.lock"
_POLL = 0.05  # s between two tries of a writer that waits


@contextmanager
def writer_lock(home: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the home's one writer's place, waiting at most `wait` seconds for it; a killed holder holds nothing.

    Raises IndexLockedError naming the process that has it, StoreError when the home cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{home}: the home cannot be written: {error.strerror}") from error
    try:
        _take(handle, home, wait)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, _holder().encode(), 0)
        except OSError as error:
            raise StoreError(f"{home}: the home cannot be written: {error.strerror}") from error
        yield
    finally:
        os.close(handle)


def _take(handle: int, home: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() >= until:
                holder = _told(os.pread(handle, 4096, 0))
                raise IndexLockedError(f"{home}: {holder} is writing here; try again when it is done") from error
        time.sleep(_POLL)


def _holder() -> str:
    command = " ".join(["askive", *sys.argv[1:2]])
    return json.dumps({"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(" ", "seconds")})


def _told(held: bytes) -> str:
    try:
        holder = json.loads(held)
        return f"process {holder['pid']} ({holder['command']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):  # it has the lock but has not yet written who it is
        return "another process"
