"""Bodies too long or too slow, and answers too late, over small applications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.guard.bounds import BoundBody, BoundTime


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


async def post(app: Any, content: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        return await http.post("/", content=content)


@pytest.mark.anyio
async def test_a_body_within_its_bounds_arrives_whole() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"ab"

    app = BoundBody(echo, limit=lambda *_: 8, seconds=5)
    assert (await post(app, b"12345678")).text == "12345678"
    assert (await post(app, parts())).text == "abababab"
    assert (await post(app, b"")).text == ""


@pytest.mark.anyio
async def test_a_body_too_long_is_refused_whether_it_says_so_or_not() -> None:
    pulled = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pulled
        while True:
            pulled += 1
            yield b"x" * 1000

    app = BoundBody(echo, limit=lambda *_: 8000, seconds=5)
    for content in (b"x" * 8001, endless()):
        response = await post(app, content)
        assert response.status_code == 413
        assert response.json()["type"] == "urn:askive:problem:too-large"
    assert pulled == 9


@pytest.mark.anyio
async def test_a_body_that_drips_is_given_up() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    response = await post(BoundBody(echo, limit=lambda *_: 1 << 20, seconds=0.2), drip())
    assert response.status_code == 408


@pytest.mark.anyio
async def test_an_answer_that_does_not_begin_is_a_504_and_one_that_has_begun_goes_on() -> None:
    async def late(*_: Any) -> None:
        await asyncio.sleep(5)

    response = await post(BoundTime(late, seconds=0.05), b"")
    assert response.status_code == 504
    assert response.json()["type"] == "urn:askive:problem:timeout"

    async def words() -> AsyncIterator[str]:
        for word in ("one ", "two ", "three"):
            await asyncio.sleep(0.1)
            yield word

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(words())(scope, receive, send)

    assert (await post(BoundTime(slow, seconds=0.15), b"")).text == "one two three"
