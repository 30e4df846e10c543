"""The whole service under callers who mean ill: it stays up, says what is wrong, and echoes nothing into a header."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

INJECTED = "x%0d%0aSet-Cookie:%20a=b"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v1/articles/{INJECTED}"),
        ("GET", f"/v1/articles?source={INJECTED}&tag={INJECTED}"),
        ("GET", f"/v1/search?q={INJECTED}"),
        ("GET", f"/v1/conversations/{INJECTED}"),
        ("GET", f"/v1/models/{INJECTED}"),
        ("GET", f"/articles/{INJECTED}"),
        ("GET", f"/?q={INJECTED}"),
        ("GET", f"/{INJECTED}/"),
        ("PUT", f"/v1/articles/{INJECTED}"),
    ],
)
def test_nothing_of_a_request_becomes_a_header(http: httpx.Client, method: str, path: str) -> None:
    response = http.request(
        method, path, headers={"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
    )
    assert response.status_code in (200, 401, 404, 405)
    assert "set-cookie" not in response.headers
    assert not any("evil" in value for value in response.headers.values())


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%00", "....//", "%2e%2e", "a" * 5000, "%ff%fe", "ﬀ‮"])
def test_an_id_is_only_ever_an_id(http: httpx.Client, name: str) -> None:
    for place in ("/v1/articles", "/v1/conversations", "/articles", "/static"):
        response = http.get(f"{place}/{name}")
        assert response.status_code == 404
        assert "root:" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"question": "' + b"\\u202e" * 900 + b'?"}',
        b'{"question": "\\ud800"}',
        b'{"question": "a\\u0000b"}',
        ('{"question": "Who' + "\u0300" * 1900 + '?"}').encode(),
        b'{"question": "x", "question": "Who?"}',
        b'{"question": "Who?", "as_of": "9999-12-31"}',
        b'{"question": "What happened last week?", "as_of": "0001-01-01"}',
        b'{"question": "Who?", "sources": ["' + b"s" * 10_000 + b'"]}',
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_strange_bodies_are_answered_or_refused(http: httpx.Client, body: bytes) -> None:
    response = http.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (200, 400, 422), response.text
    assert http.get("/healthz").status_code == 200


def test_a_body_too_long_is_refused_before_it_is_read(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 10) as connection:
        connection.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_streams_that_nobody_reads_hold_no_worker(url: str, http: httpx.Client) -> None:
    parts = urlsplit(url)
    body = json.dumps({"question": "Who built the ferry Ardent?", "stream": True}).encode()
    head = f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    deaf = []
    for _ in range(8):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.connect((parts.hostname, parts.port))
        connection.sendall(head.encode() + body)
        deaf.append(connection)
    for _ in range(100):
        response = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"})
        if response.status_code == 200:
            break
        time.sleep(float(response.headers["retry-after"]))
    assert "Marrow Yards" in response.json()["text"]
    for connection in deaf:
        connection.close()
