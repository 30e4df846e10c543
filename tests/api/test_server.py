"""The socket that is served on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from api.server import bound_socket
from api.settings import SettingsError


def test_what_is_sent_waits_for_no_acknowledgement() -> None:
    async def asked() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken: socket.socket = writer.get_extra_info("socket")
            told.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = bound_socket("127.0.0.1", 0)
        async with await asyncio.start_server(handle, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            writer.close()
            return await told

    assert asyncio.run(asked())


def test_an_address_that_is_taken_is_named() -> None:
    with bound_socket("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} cannot be listened on"):
            bound_socket("127.0.0.1", port)
