"""Who may do what and how often, over an application that answers everything."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from limits import parse
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.guard.access import Access, Rates, needed_role, network
from api.guard.keys import Keys

WHO = ("198.51.100.7", 40_000)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys.json")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def guarded(keys: Keys, *, open_to_readers: bool = True, by_address: str = "", by_key: str = "") -> ASGIApp:
    rates = Rates(parse(by_address) if by_address else None, parse(by_key) if by_key else None)
    return Access(
        PlainTextResponse("done"), keys=keys, rates=rates, open_to_readers=open_to_readers, refused=lambda _: None
    )


def client(app: ASGIApp, address: str = WHO[0]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://test")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("method", "path", "open_role", "closed_role"),
    [
        ("POST", "/v1/articles", "editor", "editor"),
        ("DELETE", "/v1/articles/ab", "editor", "editor"),
        ("PUT", "/v1/articles/ab/cd", "editor", "editor"),
        ("GET", "/v1/articles", None, "reader"),
        ("POST", "/v1/ask", None, "reader"),
        ("DELETE", "/v1/conversations/ab", None, "reader"),
        ("GET", "/metrics", None, "reader"),
        ("OPTIONS", "/v1/ask", None, "reader"),
        ("GET", "/articles/ab", None, "reader"),
        ("GET", "/what/comes/next", None, "reader"),
        ("GET", "/static/page.css", None, None),
        ("GET", "/", None, "reader"),
        ("GET", "/healthz", None, None),
        ("GET", "/readyz", None, None),
    ],
)
def test_what_each_request_needs(method: str, path: str, open_role: str | None, closed_role: str | None) -> None:
    assert needed_role(method, path, open_to_readers=True) == open_role
    assert needed_role(method, path, open_to_readers=False) == closed_role


@pytest.mark.anyio
async def test_editing_needs_an_editors_key(keys: Keys) -> None:
    _, reader = keys.create("r", "reader")
    _, editor = keys.create("e", "editor")
    async with client(guarded(keys)) as http:
        bare = await http.post("/v1/articles")
        assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
        assert bare.json()["type"] == "urn:askive:problem:unauthorized"
        for value in ("Bearer none", f"Basic {editor}", editor, "Bearer", f"Bearer {editor} {editor}"):
            assert (await http.post("/v1/articles", headers={"Authorization": value})).status_code == 401
        assert (await http.post("/v1/articles", headers=bearer(reader))).status_code == 403
        assert (await http.delete("/v1/articles/ab", headers=bearer(reader))).status_code == 403
        assert (await http.post("/v1/articles", headers=bearer(editor))).text == "done"


@pytest.mark.anyio
async def test_readers_need_a_key_only_where_they_are_told_so(keys: Keys) -> None:
    _, reader = keys.create("r", "reader")
    async with client(guarded(keys)) as http:  # OpenAI clients send a key whether one is needed or not
        assert (await http.post("/v1/ask", headers=bearer("none"))).status_code == 200
    async with client(guarded(keys, open_to_readers=False)) as http:
        assert (await http.post("/v1/ask")).status_code == 401
        assert (await http.post("/v1/ask", headers=bearer("none"))).status_code == 401
        assert (await http.post("/v1/ask", headers=bearer(reader))).status_code == 200
        assert (await http.get("/healthz")).status_code == 200


@pytest.mark.anyio
async def test_a_damaged_file_of_keys_closes_what_needs_one(keys: Keys, tmp_path: Path) -> None:
    _, editor = keys.create("e", "editor")
    (tmp_path / "keys.json").write_text("[")
    async with client(guarded(keys)) as http:
        assert (await http.post("/v1/articles", headers=bearer(editor))).status_code == 503


@pytest.mark.anyio
async def test_one_too_many_is_refused_with_when_to_come_again(keys: Keys) -> None:
    app = guarded(keys, by_address="3/minute", by_key="5/minute")
    _, secret = keys.create("r", "reader")
    async with client(app) as http, client(app, "203.0.113.9") as other:
        assert [(await http.get("/v1/search")).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = await http.get("/v1/search")
        assert refused.json()["type"] == "urn:askive:problem:too-many-requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 120
        assert (await other.get("/v1/search")).status_code == 200  # counted apart
        with_key = [(await http.get("/v1/search", headers=bearer(secret))).status_code for _ in range(6)]
        assert with_key == [200] * 5 + [429]
        assert (await http.get("/healthz")).status_code == 200


@pytest.mark.anyio
async def test_guessing_keys_is_counted_too(keys: Keys) -> None:
    keys.create("e", "editor")
    async with client(guarded(keys, by_address="3/minute")) as http:
        guesses = [bearer(f"ask_{number:08x}_{'A' * 43}") for number in range(5)]
        codes = [(await http.post("/v1/articles", headers=guess)).status_code for guess in guesses]
    assert codes == [401, 401, 401, 429, 429]


@pytest.mark.anyio
async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(keys: Keys) -> None:
    async def asked(peer: str, forwarded: list[str]) -> list[int]:
        app = ProxyHeadersMiddleware(guarded(keys, by_address="1/minute"), trusted_hosts=["10.0.0.0/8"])  # type: ignore[arg-type]
        async with client(app, peer) as http:  # type: ignore[arg-type]
            return [(await http.get("/v1/search", headers={"X-Forwarded-For": f})).status_code for f in forwarded]

    assert await asked("10.1.1.1", ["198.51.100.1", "198.51.100.2", "198.51.100.1"]) == [200, 200, 429]
    assert await asked("198.51.100.9", ["198.51.100.1", "198.51.100.2"]) == [200, 429]  # says what it likes
    # What a client writes before its proxy's own entry is not believed either.
    assert await asked("10.1.1.1", ["1.1.1.1, 198.51.100.1", "2.2.2.2, 198.51.100.1"]) == [200, 429]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_stands_for_its_holder(address: str, counted: str) -> None:
    assert network(address) == counted
