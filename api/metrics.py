"""What the process counts of itself, in the Prometheus text format: requests, answers, time, the size of the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service import Service
from api.workers import Lane, Workers
from qa.types import Answer

BUCKETS = (0.005, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)  # seconds
STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5)  # seconds
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


class Metrics:
    """The counters of one application, in a registry of its own: two applications in a process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, open files, processor time
        self.requests = self._counter("requests", "Requests by route and status", "method", "route", "status")
        self.seconds = Histogram(
            "askive_request_seconds",
            "Time to the end of the response",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.stages = Histogram(
            "askive_stage_seconds",
            "Time that a stage of answering took",
            ["stage"],
            buckets=STAGE_BUCKETS,
            registry=self.registry,
        )
        self.answers = self._counter("answers", "Questions by what came of them", "status")
        self.refused = self._counter("refused", "Requests that access refused, for want of a key or over a rate", "why")
        self.changes = self._counter("changes", "Articles changed over HTTP", "what")
        for counter, labels in ((self.refused, ("key", "rate")), (self.changes, ("added", "updated", "deleted"))):
            for label in labels:
                counter.labels(label)  # one that exists from the start can be alerted on

    def answered(self, answer: Answer) -> None:
        """Count one answer and the time of its stages."""
        self.answers.labels(answer.status).inc()
        for stage, spent in answer.timings_ms.items():
            self.stages.labels(stage).observe(spent / 1000)

    def watch(self, service: Service, workers: Workers) -> None:
        """Report what the service and its workers are at the moment of asking."""

        def of_index(told: Callable[[], float]) -> Callable[[], float]:
            return lambda: 0 if service.ready() else told()

        self._gauge("ready", "1 when questions can be answered", lambda: service.ready() is None)
        self._gauge("articles", "Stored articles", service.store.count)
        self._gauge("passages", "Indexed passages", of_index(lambda: service.index.passages))
        generation = of_index(lambda: int(service.index.generation.rpartition("-")[2]))
        self._gauge("index_generation", "Number of the index generation that serves", generation)
        lanes = {"answer": workers.answering, "look": workers.looking, "write": workers.writing}
        self._gauge("queue_waiting", "Jobs that wait for a thread", {k: partial(_waiting, v) for k, v in lanes.items()})
        self._gauge("queue_running", "Jobs that have a thread", {k: partial(_running, v) for k, v in lanes.items()})
        self.registry.register(_Shed(lanes))

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"askive_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, size: Callable[[], float] | Mapping[str, Callable[[], float]]) -> None:
        if callable(size):
            Gauge(f"askive_{name}", told, registry=self.registry).set_function(size)
            return
        gauge = Gauge(f"askive_{name}", told, ["lane"], registry=self.registry)
        for lane, each in size.items():
            gauge.labels(lane).set_function(each)


def _waiting(lane: Lane) -> float:
    return lane.waiting


def _running(lane: Lane) -> float:
    return lane.running


class _Shed(Collector):
    """The lanes count what they refuse themselves; here it is told as a counter."""

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self._lanes = lanes

    def collect(self) -> Iterator[Metric]:
        told = CounterMetricFamily("askive_shed", "Jobs refused because they would wait", labels=["lane"])
        for name, lane in self._lanes.items():
            told.add_metric([name], lane.refused)
        yield told


class CountRequests:
    """ASGI middleware; a streamed response counts when its last byte is sent.

    Routes are templates, never raw paths, and methods those of HTTP: a label kept for each that a stranger can think
    of would fill the memory.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), "500"

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - began)


def exposed(metrics: Metrics) -> Response:
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
