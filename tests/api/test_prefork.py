"""Several processes behind one address, for real: answered by more than one, replaced when killed, ended together."""

from __future__ import annotations

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


def eventually(look: Callable[[], T]) -> T:
    until = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found
