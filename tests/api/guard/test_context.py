"""Ids, headers, log lines, and the last answer when an application breaks."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.guard.context import Context
from api.logs import HIDDEN, configure_logs, hide_secrets


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    text = io.StringIO()
    configure_logs("info", text)
    yield text
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()
    logging.getLogger("uvicorn.access").disabled = False


async def done(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("done")(scope, receive, send)


async def broken(*_: Any) -> None:
    raise RuntimeError("the cellar is flooded; ask_0a1b2c3d_" + "k" * 43)


async def get(app: Any, path: str = "/", scheme: str = "http", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test") as http:
        return await http.get(path, headers={name.replace("_", "-"): value.encode() for name, value in headers.items()})


@pytest.mark.anyio
async def test_a_request_has_an_id_and_one_line(out: io.StringIO) -> None:
    response = await get(Context(done), "/v1/search?q=who+is+ill", x_request_id="trace-7.a")
    assert response.headers["x-request-id"] == "trace-7.a"
    (line,) = [json.loads(row) for row in out.getvalue().splitlines()]
    assert (line["event"], line["request_id"], line["status"], line["method"]) == ("request", "trace-7.a", 200, "GET")
    assert "ill" not in out.getvalue()


@pytest.mark.anyio
@pytest.mark.parametrize("told", ["", "a b", "x" * 65, 'a","b', "ü"])
async def test_an_id_that_could_forge_anything_is_replaced(out: io.StringIO, told: str) -> None:
    response = await get(Context(done), x_request_id=told)
    assert len(response.headers["x-request-id"]) == 32
    assert json.loads(out.getvalue())["request_id"] == response.headers["x-request-id"]


@pytest.mark.anyio
@pytest.mark.usefixtures("out")
async def test_safe_headers_are_on_everything() -> None:
    headers = (await get(Context(done), "/v1/articles")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert "strict-transport-security" in (await get(Context(done), scheme="https")).headers


@pytest.mark.anyio
@pytest.mark.usefixtures("out")
async def test_a_page_keeps_its_own_policy() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("", headers={"Content-Security-Policy": "default-src 'self'"})(scope, receive, send)

    assert (await get(Context(page))).headers["content-security-policy"] == "default-src 'self'"


@pytest.mark.anyio
async def test_what_breaks_is_told_to_the_log_and_not_to_the_caller(out: io.StringIO) -> None:
    response = await get(Context(broken), x_request_id="r-1")
    assert response.status_code == 500
    assert response.json()["type"] == "urn:askive:problem:internal"
    assert "r-1" in response.json()["detail"]
    assert "cellar" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    lines = [json.loads(row) for row in out.getvalue().splitlines()]
    assert "the cellar is flooded" in lines[0]["exception"]
    assert "kkk" not in out.getvalue()
    assert lines[1]["status"] == 500


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ({"Authorization": "Bearer abc"}, {"Authorization": HIDDEN}),
        ({"event": "got ask_0a1b2c3d_" + "k" * 43}, {"event": f"got {HIDDEN}"}),
        ({"event": "sent Bearer abc.def-ghi/jk== now"}, {"event": f"sent Bearer {HIDDEN} now"}),
        ({"headers": {"cookie": "a=b", "accept": "*/*"}}, {"headers": {"cookie": HIDDEN, "accept": "*/*"}}),
        ({"all": ["sk-abcdefghijklmnopqrst", 3]}, {"all": [HIDDEN, 3]}),
        ({"event": "a question about the bearer of news"}, {"event": "a question about the bearer of news"}),
    ],
)
def test_secrets_are_blanked_wherever_they_are(event: dict[str, Any], shown: dict[str, Any]) -> None:
    assert hide_secrets(None, "info", event) == shown
