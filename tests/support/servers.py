"""A real server over a service, on loopback and a port that the system chooses."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.app import create_app
from api.server import build_server
from api.service import Service


def copied(home: Path, place: Path) -> Path:
    """Copy a home, by another process: closing a file of SQLite's here would drop the locks that this process's
    service holds on it (sqlite.org/howtocorrupt.html, 2.2), and whoever opens it next would delete the log under it.
    """
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-r", f"{home}/.", place], check=True)
    return place


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve as `askive serve` does, on a port that the system chooses."""
    server = build_server(create_app(service), service.settings, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(15)
