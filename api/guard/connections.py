"""Connections that hold on without asking or reading: bounded in time and in number by address."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Sequence

from uvicorn.protocols.http.h11_impl import H11Protocol

from api.guard.access import network


def bounded_protocol(
    *, header_seconds: float, write_seconds: float, per_address: int, trusted: Sequence[str] = ()
) -> type[H11Protocol]:
    """Return uvicorn's HTTP protocol with three bounds that it lacks.

    A connection has `header_seconds` to say its request (slow-loris), and may leave what it is sent unread for
    `write_seconds` (a stream that nobody reads); then it is cut. An address (of IPv6 its /64) may hold `per_address`
    connections at once; one of the `trusted` networks (proxies) any number.
    """
    proxies = [ipaddress.ip_network(each, strict=False) for each in trusted]
    held: Counter[str] = Counter()

    class BoundedProtocol(H11Protocol):
        _asking: asyncio.TimerHandle | None = None
        _writing: asyncio.TimerHandle | None = None
        _holder = ""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            self._holder = network(address)
            held[self._holder] += 1
            if held[self._holder] > per_address and not any(ipaddress.ip_address(address) in p for p in proxies):
                transport.abort()
            self._asking = self.loop.call_later(header_seconds, transport.abort)

        def connection_lost(self, exc: Exception | None) -> None:
            held[self._holder] -= 1
            if held[self._holder] <= 0:
                del held[self._holder]
            self._settle()
            super().connection_lost(exc)

        def handle_events(self) -> None:
            before = self.cycle
            super().handle_events()
            if self.cycle is not before and self._asking is not None:  # a whole request head has come
                self._asking.cancel()
                self._asking = None

        def data_received(self, data: bytes) -> None:
            # Between requests uvicorn's own keep-alive time counts; what is then begun is timed like the first.
            if self.cycle is not None and self.cycle.response_complete and self._asking is None:
                self._asking = self.loop.call_later(header_seconds, self.transport.abort)
            super().data_received(data)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._writing = self.loop.call_later(write_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._writing is not None:
                self._writing.cancel()
                self._writing = None

        def timeout_keep_alive_handler(self) -> None:
            super().timeout_keep_alive_handler()
            # Closing waits until all is sent: to one that does not read, for ever.
            self._writing = self._writing or self.loop.call_later(write_seconds, self.transport.abort)

        def _settle(self) -> None:
            for timer in (self._asking, self._writing):
                if timer is not None:
                    timer.cancel()
            self._asking = self._writing = None

    return BoundedProtocol
