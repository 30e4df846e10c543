"""Is the process alive, can questions be answered, and what does the process count of itself?"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.metrics import Metrics, exposed
from api.problems import problem_response
from api.service import Service
from api.workers import Workers

_FRESH = 1.0  # seconds


def health_router(service: Service, workers: Workers, metrics: Metrics) -> APIRouter:
    router = APIRouter()
    probe = _Probe(service)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """A question has just gone through the index and the store; 503 says why not. A crowd is no reason."""
        state = await probe.state()
        if state["problem"] is not None:
            return problem_response(503, state["problem"], {"Retry-After": "5"})
        busy = workers.answering.expected_wait()
        return JSONResponse({"status": "ready", **state, "expected_wait_seconds": round(busy, 2)})

    @router.get("/metrics", include_in_schema=False)
    async def shown() -> Response:
        return await asyncio.to_thread(exposed, metrics)

    return router


class _Probe:
    """Asks the service, one at a time and once a second for a generation: anybody may ask as often as they like."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = asyncio.Lock()
        self._told: dict[str, Any] = {}
        self._about = ("", 0.0)

    async def state(self) -> dict[str, Any]:
        async with self._lock:
            pointer, at = self._about
            if pointer != self._service.pointer() or time.monotonic() > at + _FRESH:
                self._about = (self._service.pointer(), time.monotonic())
                # In no lane: it has to tell the truth of a crowded service too.
                self._told = await asyncio.to_thread(self._service.state)
            return self._told
