"""Connections that hold on: real sockets against a real server with short bounds."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from api.guard.connections import bounded_protocol
from api.server import build_server
from api.settings import LimitSettings, Settings

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


async def flood(scope: Scope, receive: Receive, send: Send) -> None:
    """Much for `/flood`, little for the rest."""

    async def much() -> object:
        for _ in range(4000):
            yield b"x" * 10_000

    async def little() -> object:
        yield b"ok"

    parts = much() if scope["path"] == "/flood" else little()
    await StreamingResponse(parts)(scope, receive, send)  # type: ignore[arg-type]


@contextmanager
def serving(**limits: float) -> Iterator[tuple[str, int]]:
    app = FastAPI()
    app.mount("/", flood)
    server = build_server(app, Settings(limits=LimitSettings(**limits)), "127.0.0.1", 0)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[:2]
    server.should_exit = True
    thread.join(15)


def ends(connection: socket.socket) -> bytes:
    """What comes until the server ends the connection, which it must before the test's own patience does."""
    connection.settimeout(20)
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def works(address: tuple[str, int]) -> bool:
    with socket.create_connection(address, 10) as connection:
        connection.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return ends(connection).startswith(b"HTTP/1.1 200")


def test_a_head_that_never_ends_is_cut_and_others_are_served_meanwhile() -> None:
    with serving(head_seconds=0.5) as address:
        slow = [socket.create_connection(address, 10) for _ in range(50)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert works(address)
        for _ in range(4):  # a byte now and then does not buy time
            time.sleep(0.2)
            for connection in slow:
                try:
                    connection.sendall(b"a")
                except OSError:
                    break
        assert [ends(connection) for connection in slow] == [b""] * 50


def test_a_second_request_on_a_connection_has_the_same_time() -> None:
    with serving(head_seconds=0.5) as address, socket.create_connection(address, 10) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\nX-")
        began = time.monotonic()
        assert b"HTTP/1.1 200" not in ends(connection)
        assert time.monotonic() - began < 10


def test_a_stream_that_nobody_reads_is_cut_and_others_are_served_meanwhile() -> None:
    with serving(unread_seconds=0.5) as address:
        deaf = [socket.create_connection(address, 10) for _ in range(20)]
        for connection in deaf:
            connection.sendall(REQUEST.replace(b" / ", b" /flood "))
        assert works(address)
        time.sleep(1.5)
        for connection in deaf:
            assert len(ends(connection)) < 4000 * 10_000


def test_an_address_may_hold_so_many_connections_and_no_more() -> None:
    with serving(connections_by_address=3) as address:
        held = [socket.create_connection(address, 10) for _ in range(3)]
        time.sleep(0.2)
        assert not works(address)
        held.pop().close()
        time.sleep(0.2)
        assert works(address)
        for connection in held:
            connection.close()


class Wire(asyncio.Transport):
    """A connection from an address, as a protocol sees it."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 4711)})
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def close(self) -> None:
        return


async def cut(addresses: list[str]) -> list[bool]:
    """Let connections come from these addresses, two allowed each; return which are cut."""
    kind = bounded_protocol(header_seconds=9, write_seconds=9, per_address=2, trusted=["2001:db8:9::/48"])
    config = Config(flood, ws="none")
    config.load()
    wires = [Wire(address) for address in addresses]
    protocols = [kind(config, ServerState(), {}) for _ in wires]
    for protocol, wire in zip(protocols, wires, strict=True):
        protocol.connection_made(wire)
    for protocol in protocols:
        protocol.connection_lost(None)
    return [wire.aborted for wire in wires]


def test_the_addresses_of_one_customer_count_as_one() -> None:
    one = [f"2001:db8:1:2::{number:x}" for number in range(4)]
    assert asyncio.run(cut([*one, "2001:db8:1:3::1"])) == [False, False, True, True, False]
    assert asyncio.run(cut([f"2001:db8:9:1::{number:x}" for number in range(4)])) == [False] * 4
    assert asyncio.run(cut(["192.0.2.1", "192.0.2.2", "192.0.2.3"])) == [False] * 3


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: test\r\nX-A: b\r\n folded: c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: test\r\nX-A: b\x00c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: test\r\nX A: b\r\n\r\n",
        b"GET /a\x0db HTTP/1.1\r\nHost: test\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-A: " + b"b" * 200_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_not_http_is_refused_and_does_no_harm(request_: bytes) -> None:
    with serving(head_seconds=0.5) as address:
        with socket.create_connection(address, 10) as connection:
            connection.sendall(request_)
            told = ends(connection)
        assert told == b"" or told.startswith(b"HTTP/1.1 400") or told.count(b"HTTP/1.1 ") == 1
        assert works(address)
