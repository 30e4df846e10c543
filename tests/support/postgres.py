"""Debian's PostgreSQL, started for a test on a Unix socket of its own; nothing listens on a network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url(name)` makes an empty database."""

    folder: Path

    def url(self, name: str) -> str:
        self.run("createdb", "--host", str(self.folder), "--username", "askive", name)
        return f"postgresql+psycopg://askive@/{name}?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        account: dict[str, str] = {"user": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
        subprocess.run(
            [_INSTALLED[-1] / program, *arguments],
            check=True,
            cwd=self.folder,
            capture_output=True,
            timeout=120,
            **account,
        )

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "start", "--wait", "--pgdata", str(self.folder / "data"), "--log", log, "--options", options)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", str(self.folder / "data"))


@contextmanager
def running_postgres() -> Iterator[Server]:
    """Skip by name where it, or the extra that speaks to it, is not installed."""
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    if not _INSTALLED:
        pytest.skip("Debian's postgresql is not installed")
    server = Server(Path(mkdtemp(prefix="askive-pg-")))  # short: a socket's path has at most 107 characters
    try:
        if os.geteuid() == 0:
            os.chown(server.folder, pwd.getpwnam("postgres").pw_uid, -1)
        server.run(
            "initdb", "--pgdata", str(server.folder / "data"), "--username", "askive", "--auth", "trust", "-E", "UTF8"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)
