"""What an answer leaves behind: stage times, a log line without the question, spans that a collector gets."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.metrics import Metrics, exposed
from api.observe import Observer
from api.tracing import Traced, build_tracer
from qa.types import Answer, Question

ANSWER = Answer(
    "abstained",
    "",
    (),
    (),
    0.12,
    "no",
    Question("Who is ill?", "Who is ill?"),
    timings_ms={"retrieve": 30.0, "read": 70.0},
)


class Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.bodies = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_collector_gets_the_request_and_its_stages(collector: ThreadingHTTPServer) -> None:
    tracer = build_tracer(f"http://127.0.0.1:{collector.server_address[1]}/v1/traces")
    observer = Observer(Metrics(), tracer, log_questions=False)
    app = FastAPI()

    @app.get("/things/{name}")
    async def things(name: str) -> str:
        observer.answered(ANSWER)
        return name

    app.add_middleware(Traced, tracer=tracer)
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            assert (await http.get("/things/secret", headers={"traceparent": above})).json() == "secret"

    asyncio.run(ask())
    tracer.span_processor.force_flush()  # type: ignore[attr-defined]  # of the SDK's tracer
    told = ExportTraceServiceRequest()
    told.ParseFromString(collector.bodies[0])  # type: ignore[attr-defined]
    spans = {span.name: span for span in told.resource_spans[0].scope_spans[0].spans}
    assert set(spans) == {"GET /things/{name}", "retrieve", "read"}
    request = spans["GET /things/{name}"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (above[3:35], above[36:52])
    for name, spent in ANSWER.timings_ms.items():
        assert spans[name].parent_span_id == request.span_id
        assert (spans[name].end_time_unix_nano - spans[name].start_time_unix_nano) / 1e6 == pytest.approx(spent)
    assert spans["retrieve"].end_time_unix_nano == spans["read"].start_time_unix_nano
    assert b"ill" not in collector.bodies[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("switched_on", [False, True])
def test_a_question_is_in_the_log_only_when_switched_on(switched_on: bool) -> None:
    with structlog.testing.capture_logs() as lines:
        Observer(Metrics(), None, log_questions=switched_on).answered(ANSWER)
    assert lines[0]["event"] == "answered"
    assert (lines[0]["status"], lines[0]["stages_ms"]) == ("abstained", 100.0)
    assert ("Who is ill?" in json.dumps(lines)) is switched_on


def test_stages_and_abstentions_are_counted() -> None:
    metrics = Metrics()
    for _ in range(3):
        metrics.answered(ANSWER)
    rows = dict(row.rsplit(" ", 1) for row in bytes(exposed(metrics).body).decode().splitlines() if row[0] != "#")
    assert rows['askive_answers_total{status="abstained"}'] == "3.0"
    assert rows['askive_stage_seconds_count{stage="read"}'] == "3.0"
    assert float(rows['askive_stage_seconds_sum{stage="read"}']) == pytest.approx(0.21)
    assert rows['askive_stage_seconds_bucket{le="0.05",stage="read"}'] == "0.0"
    assert rows['askive_stage_seconds_bucket{le="0.1",stage="read"}'] == "3.0"


def test_the_example_dashboard_and_alerts_ask_for_what_is_there(http: httpx.Client) -> None:
    """Every metric in an expression is at /metrics, with each label that it is asked for."""
    shown = http.get("/metrics").text
    folder = Path(__file__).resolve().parents[2] / "examples" / "monitoring"
    board = json.loads((folder / "grafana-dashboard.json").read_text())
    rules = re.findall(r"expr: (.*)", (folder / "alerts.yml").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]] + rules
    assert len(asked) > 20
    for name in {name for expression in asked for name in re.findall(r"(?:askive|process)_\w+", expression)}:
        family = re.sub(r"_(bucket|total)$", "", name)
        assert f"# TYPE {family} " in shown or f"# TYPE {name} " in shown, name
