"""OpenTelemetry spans, by the extra `otel`: one a request, and under it one a stage of answering."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.errors import AskiveError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class TracingError(AskiveError):
    """Tracing is asked for and the extra is not installed."""


def build_tracer(endpoint: str) -> Tracer:
    """Return a tracer that sends spans to an OTLP endpoint over HTTP, in batches and off the request's path."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingError("tracing.endpoint is set: pip install 'askive[otel]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "askive"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
    return provider.get_tracer("askive")


class Traced:
    """ASGI middleware: a span a request, a child of the caller's where its `traceparent` names one."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        above = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        method = scope["method"]
        with self._tracer.start_as_current_span(method, context=above, kind=SpanKind.SERVER) as span:
            structlog.contextvars.bind_contextvars(trace_id=f"{span.get_span_context().trace_id:032x}")

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self._app(scope, receive, watched)
            finally:
                route = getattr(scope.get("route"), "path", "none")
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.request.method": method, "http.route": route})


def add_stages(tracer: Tracer, timings_ms: Mapping[str, float], attributes: Mapping[str, Any]) -> None:
    """Add a span a stage, under the current one, as if they had ended just now one after the other, without a gap."""
    at = time.time_ns() - int(sum(timings_ms.values()) * 1e6)
    for stage, spent in timings_ms.items():
        span = tracer.start_span(stage, start_time=at, attributes=dict(attributes))
        at += int(spent * 1e6)
        span.end(at)
