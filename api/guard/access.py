"""Who asks, whether they may, and how often: keys on the way in, rates by key or address."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

import structlog
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.guard.keys import Key, Keys, Role
from api.problems import problem_response
from archive.errors import StoreError

_LOG = structlog.get_logger("askive.access")
_READING = ("GET", "HEAD", "OPTIONS")
_EDITED = "/v1/articles"
_PUBLIC = {"/widget.js", "/healthz", "/readyz", "/openapi.json", "/docs"}


def is_public(path: str) -> bool:
    """Is this for anybody, uncounted? What is not named here is not: a new route is closed until it is."""
    return path in _PUBLIC or path.startswith("/static/")


def needed_role(method: str, path: str, *, open_to_readers: bool) -> Role | None:
    """Return the role that a request needs: whatever changes articles an editor's, the rest a reader's."""
    if (path == _EDITED or path.startswith(f"{_EDITED}/")) and method not in _READING:
        return "editor"
    return None if open_to_readers or is_public(path) else "reader"


class Rates:
    """Counts requests in a sliding window, in this process's memory."""

    def __init__(self, by_address: RateLimitItem | None, by_key: RateLimitItem | None) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._by_address = by_address
        self._by_key = by_key

    def spent(self, key: Key | None, address: str) -> int:
        """Count one request; returns 0, or in how many whole seconds the caller may try again."""
        rate, who = (self._by_key, f"key:{key.id}") if key else (self._by_address, f"address:{network(address)}")
        if rate is None or self._limiter.hit(rate, who):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(rate, who).reset_time - time.time()))


def network(address: str) -> str:
    """Return whom an address stands for: itself, or the /64 of an IPv6 one, which is what one customer is given."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


class Access:
    """ASGI middleware. A request without the key that it needs is a 401 or 403, one too many a 429."""

    def __init__(
        self, app: ASGIApp, *, keys: Keys, rates: Rates, open_to_readers: bool, refused: Callable[[str], None]
    ) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates
        self._open = open_to_readers
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_public(scope["path"]):
            await self._app(scope, receive, send)
            return
        kind, _, presented = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            key = self._keys.find(presented.strip()) if kind.lower() == "bearer" else None
        except StoreError as error:
            await problem_response(503, str(error))(scope, receive, send)
            return
        address = (scope.get("client") or ("unknown", 0))[0]
        if key is not None:
            structlog.contextvars.bind_contextvars(key=key.id)
        wait = self._rates.spent(key, address)
        if wait:
            self._refuse("rate", address)
            answer = problem_response(429, f"too many requests; try again in {wait} s", {"Retry-After": str(wait)})
            await answer(scope, receive, send)
            return
        role = needed_role(scope["method"], scope["path"], open_to_readers=self._open)
        if role is None or (key is not None and key.may(role)):
            await self._app(scope, receive, send)
            return
        self._refuse("key", address)
        await _denied(key, role)(scope, receive, send)

    def _refuse(self, why: str, address: str) -> None:
        self._refused(why)
        _LOG.warning("refused", why=why, address=address)


def _denied(key: Key | None, role: Role) -> Any:
    if key is not None:
        return problem_response(403, f"this is for a key with the role {role}, and this key is a {key.role}'s")
    return problem_response(
        401,
        f"this needs a key with the role {role}: Authorization: Bearer KEY (`askive keys create NAME --role {role}`)",
        {"WWW-Authenticate": "Bearer"},
    )
