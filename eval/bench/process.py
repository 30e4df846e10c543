"""Children that are measured: what they took and held, and a service as a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.errors import EvalError


@dataclass(frozen=True, slots=True)
class Done:
    """What a child printed as JSON, its seconds from start to end, and the most it held in bytes."""

    told: Any
    seconds: float
    peak: int


def run(*arguments: str) -> Done:
    """Run `python -m ARGUMENTS` and wait; EvalError with the end of its log when it fails."""
    began = time.perf_counter()
    with TemporaryDirectory() as place, Path(place, "out").open("w+") as out, Path(place, "log").open("w+") as log:
        child = subprocess.Popen([sys.executable, "-m", *arguments], stdout=out, stderr=log)
        peak = 0
        while child.poll() is None:
            peak = max(peak, _peak(child.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        if child.returncode:
            log.seek(0)
            raise EvalError(f"{' '.join(arguments)}: exit status {child.returncode}: {log.read()[-2000:]}")
        out.seek(0)
        lines = out.read().strip().splitlines()
    return Done(json.loads(lines[-1]) if lines else None, seconds, peak)


def _peak(pid: int) -> int:
    """Bytes that a process held at most so far. (What `wait4` tells counts its parent's, from before the exec.)"""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


class Served:
    """A service that runs: its port, how long it took to be ready, and what it holds."""

    def __init__(self, port: int, pids: list[int], seconds: float) -> None:
        self.port = port
        self.ready_seconds = seconds
        self._pids = pids

    def memory(self) -> dict[str, float]:
        """Return MB resident (`rss`; `pss`: what processes share counted once) and of it files mapped (`file`)."""
        names = {"Rss": "rss", "Pss": "pss", "Pss_File": "file"}
        found = dict.fromkeys(names.values(), 0.0)
        for pid in self._pids:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, value = line.partition(":")
                if name in names:
                    found[names[name]] += int(value.split()[0]) / 1000
        return {name: round(value, 1) for name, value in found.items()}

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any, float]:
        """Return (status, JSON, milliseconds) of one request on a connection of its own."""
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return response.status, json.loads(text), (time.perf_counter() - began) * 1000


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Served]:
    """Serve a home by `askive serve` until the block ends; ready when /readyz says so."""
    began = time.perf_counter()
    # One address asks for all clients here; its rate is not what is measured.
    command = ["env", "ASKIVE_LIMITS__RATE_BY_ADDRESS=", "ASKIVE_LOG__LEVEL=warning"]
    command += [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--home", str(home), *options]
    with TemporaryDirectory() as place, Path(place, "log").open("w+") as log:
        child = subprocess.Popen(command, stderr=log)
        try:
            served = Served(_port(child, Path(log.name)), [], 0.0)
            while not _ready(served):
                time.sleep(0.02)
            seconds = round(time.perf_counter() - began, 2)
            yield Served(served.port, [child.pid, *_children(child.pid)], seconds)
        finally:
            child.terminate()
            child.wait(60)


def _port(child: subprocess.Popen[bytes], log: Path) -> int:
    while not (found := re.search(r"serving .* at http://127\.0\.0\.1:(\d+)", log.read_text())):
        if child.poll() is not None:
            raise EvalError(f"the service did not start: {log.read_text()[-2000:]}")
        time.sleep(0.02)
    return int(found[1])


def _ready(served: Served) -> bool:
    try:
        return served.ask("/readyz")[0] == 200
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
