"""A service as a process of its own, on loopback, for the commands that measure it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.guard.keys import Keys

_START = 60  # s that a start may take; 2 to 3 are usual


@dataclass(frozen=True, slots=True)
class Running:
    """Where a service listens, an editor's key for it, and its process."""

    url: str
    key: str
    process: psutil.Process

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def memory(self) -> int:
        """Return the bytes that only this process holds."""
        return int(self.process.memory_full_info().uss)


@contextmanager
def serving(home: Path, log: Path, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Serve a home with `askive serve` until the block ends; the log goes to a file."""
    _, key = Keys(home / "keys.json").create("measured", "editor")
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--home", str(home)]
    with log.open("w") as out:
        process = subprocess.Popen(command, stderr=out, env={**os.environ, **(settings or {})})
        try:
            yield Running(_address(process, log), key, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        found = re.search(r"serving .* at (http://127\.0\.0\.1:\d+)", log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            raise RuntimeError(f"the service did not start: {log.read_text()}")
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"the service did not start in {_START} s: {log.read_text()}")
