"""A real server over a service, on loopback and a port that the system chooses."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from api.app import create_app
from api.server import build_server
from api.service import Service


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
