"""Several processes behind one address, for real: answered by more than one, replaced when killed, ended together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
import pytest

T = TypeVar("T")


def test_a_worker_that_fails_at_its_start_ends_all_with_its_status() -> None:
    code = """
from api.prefork import serve_by
from archive.errors import StoreError
def broken():
    raise StoreError("the store is gone")
raise SystemExit(serve_by(2, broken))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 2
    assert "askive: the store is gone" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_a_signal_ends_all(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--workers", "2", "--home", str(tmp_path)]
    log = tmp_path / "log"
    with log.open("w") as out, subprocess.Popen(command, stderr=out) as parent:
        try:
            url = eventually(lambda: log.read_text().partition(" at ")[2].partition(",")[0])
            # A connection each: one kept open would end with the process that had taken it.
            assert httpx.get(f"{url}/healthz", timeout=120).status_code == 200
            before = {child.pid for child in psutil.Process(parent.pid).children()}
            assert len(before) == 2
            killed = min(before)
            os.kill(killed, signal.SIGKILL)
            after = eventually(lambda: {c.pid for c in psutil.Process(parent.pid).children()} - before)
            assert len(after) == 1
            assert httpx.get(f"{url}/healthz", timeout=120).status_code == 200
        finally:
            parent.terminate()
        assert parent.wait(60) == 0
    assert not [pid for pid in (before | after) - {killed} if psutil.pid_exists(pid)]


@pytest.mark.slow
def test_workers_share_the_index_through_maps_of_its_files(tmp_path: Path, models: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    lines = ({"url": f"https://x.example/{i}", "title": f"Boat {i}", "text": f"Boat {i} sailed."} for i in range(300))
    (tmp_path / "boats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    askive = [sys.executable, "-m", "api.cli"]
    subprocess.run([*askive, "ingest", str(tmp_path / "boats.jsonl"), "--home", str(home)], check=True, timeout=120)
    command = [*askive, "serve", "--port", "0", "--workers", "2", "--home", str(home)]
    log = tmp_path / "log"
    with log.open("w") as out, subprocess.Popen(command, stderr=out) as parent:
        try:
            url = eventually(lambda: log.read_text().partition(" at ")[2].partition(",")[0])
            eventually(lambda: httpx.get(f"{url}/readyz", timeout=120).status_code == 200)
            pids = [child.pid for child in psutil.Process(parent.pid).children()]
            # Each is asked until it has the index open: a connection goes to whichever takes it.
            eventually(lambda: asked(url) and all(mapped(pid, home) for pid in pids))
            first, second = (mapped(pid, home) for pid in pids)
        finally:
            parent.terminate()
        assert parent.wait(60) == 0
    assert {"dense.faiss", "passages.npy", "articles.npy"} <= first.keys() & second.keys()
    assert any(name.endswith(".term") for name in first)  # the words are mapped too
    for found in (first, second):
        assert sum(private for _, private in found.values()) == 0  # no page of it is a worker's own
        assert found["dense.faiss"][0] >= 300 * 384 * 4 / 1024


def asked(url: str) -> bool:
    return httpx.get(f"{url}/v1/search", params={"q": "Which boat sailed?"}, timeout=120).status_code == 200


def mapped(pid: int, home: Path) -> dict[str, tuple[int, int]]:
    """Return (KB mapped, KB of it written to, and so its own) of each file of the index that a process maps."""
    found: dict[str, tuple[int, int]] = {}
    name = None
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first, _, rest = line.partition(" ")
        if not first.endswith(":"):
            path = rest.split(maxsplit=4)[-1]
            name = Path(path).name if path.startswith(f"{home}/index/") else None
        elif name and first in ("Size:", "Private_Dirty:"):
            size, private = found.get(name, (0, 0))
            kilobytes = int(rest.split()[0])
            found[name] = (size + kilobytes, private) if first == "Size:" else (size, private + kilobytes)
    return found


def eventually(look: Callable[[], T]) -> T:
    until = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found
