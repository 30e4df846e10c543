"""Bounds on one request: the bytes and seconds of its body, and the seconds until its answer begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response

_CLOSE = {"Connection": "close"}  # the rest of the body is not waited for


class BoundBody:
    """ASGI middleware: the whole body is read before the application is asked, so that one that drips holds nothing.

    `limit` tells the bytes allowed from (method, path); `seconds` is for the whole body.
    """

    def __init__(self, app: ASGIApp, *, limit: Callable[[str, str], int], seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["method"], scope["path"])
        try:
            async with asyncio.timeout(self._seconds):
                body = await _read(receive, Headers(scope=scope).get("content-length", ""), limit)
        except TimeoutError:
            told = f"the body did not come within {self._seconds:g} s"
            await problem_response(408, told, _CLOSE)(scope, receive, send)
            return
        if body is None:
            await problem_response(413, f"the body has more than {limit:,} bytes", _CLOSE)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


async def _read(receive: Receive, declared: str, limit: int) -> bytes | None:
    """The body, or None as soon as it is known to be too long. One cut short is as long as it came."""
    if declared.isdigit() and int(declared) > limit:
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > limit:
            return None
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


class BoundTime:
    """ASGI middleware: an answer that has not begun in time is a 504. How long a stream takes is its own affair."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False
        try:
            async with asyncio.timeout(self._seconds) as clock:

                async def watched(message: Message) -> None:
                    nonlocal began
                    if not began:
                        began = True
                        clock.reschedule(None)
                    await send(message)

                await self._app(scope, receive, watched)
        except TimeoutError:
            if began:
                raise
            await problem_response(504, f"no answer within {self._seconds:g} s; try again")(scope, receive, send)
