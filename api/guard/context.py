"""Every request has an id, one line in the log, safe headers, and an answer even when something breaks."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response

_LOG = structlog.get_logger("askive.http")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # what a caller may name a request: nothing that could forge a line or header
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # JSON and text are never a page; a page sets its own policy.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_HSTS = "max-age=31536000"


class Context:
    """ASGI middleware, the outermost of ours: the id (the caller's or a new one), the log line, a last answer.

    The line names the route's template and never the path or the query, which may hold a question.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("x-request-id", "")
        name = told if _ID.fullmatch(told) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)
        began, status = time.perf_counter(), 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _mark(MutableHeaders(scope=message), scope, name)
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception:
            _LOG.exception("broken", method=scope["method"], route=_route(scope))
            if status:
                raise  # half an answer is out: the connection is cut, so that nobody takes it for a whole one
            detail = f"something is broken here; the log knows it as request {name}"
            await problem_response(500, detail)(scope, receive, marked)
        finally:
            spent = round((time.perf_counter() - began) * 1000, 1)
            _LOG.info("request", method=scope["method"], route=_route(scope), status=status, ms=spent)


def _mark(headers: MutableHeaders, scope: Scope, name: str) -> None:
    headers["X-Request-Id"] = name
    for header, value in _SAFE.items():
        headers.setdefault(header, value)
    if scope["path"].startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "none"))
