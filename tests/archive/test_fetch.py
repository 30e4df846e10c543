"""Fetching refuses what is not public, at every redirect, by the address that it connects to; and it ends in time."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from archive.errors import SourceError
from archive.fetch import Fetching, fetch, may_fetch
from archive.read import read
from archive.types import Article

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harrow Herald</title><item><title>A dam</title>
<link>https://herald.example/dam</link><pubDate>Tue, 12 Mar 2024 09:00:00 GMT</pubDate>
<description>Beavers built a third dam on the Harrow.</description></item></channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>The mill burned down</title></head>
<body><article><h1>The mill burned down</h1>
<p>The old mill at Denholm burned down on Monday night, and nobody was hurt in the fire, the brigade said.</p>
<p>It had stood empty for eleven years, and its owner had meant to make flats of it before the summer came.</p>
</article></body></html>"""
ROWS = b'{"title": "A", "text": "One."}\n{"title": "B", "text": "Two."}\n'


class Site(BaseHTTPRequestHandler):
    seen: list[str]

    def do_GET(self) -> None:
        self.server.hosts.append(self.headers["Host"])  # type: ignore[attr-defined]
        where, _, target = self.path.partition("?to=")
        if where == "/go":
            self._say(302, b"", Location=target)
        elif where == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(200):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
                time.sleep(0.05)
        elif where == "/gone":
            self._say(404, b"")
        elif where == "/gzip":
            self._say(200, gzip.compress(b"a" * 3_000_000), **{"Content-Encoding": "gzip"})
        else:
            self._say(200, {"/feed": FEED, "/page": PAGE, "/rows": ROWS}.get(where, b"b" * 50_000))

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.hosts = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def at(site: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{site.server_address[1]}{path}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep their machines' secrets
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
    ],
)
def test_only_public_addresses_may_be_fetched(address: str, public: bool) -> None:
    assert may_fetch(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/feed",
        "http://localhost:{port}/feed",
        "http://2130706433:{port}/feed",  # 127.0.0.1 as one number
        "http://0x7f.1:{port}/feed",
        "http://0:{port}/feed",
        "http://[::ffff:127.0.0.1]:{port}/feed",
        "http://user:secret@127.0.0.1:{port}/feed",
        "http:///feed",
        "http://127.0.0.1:99999/feed",
    ],
)
def test_ways_of_writing_loopback_are_refused_before_anything_is_sent(site: ThreadingHTTPServer, url: str) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(url.format(port=site.server_address[1]))
    assert "secret" not in str(caught.value)
    assert site.hosts == []  # type: ignore[attr-defined]


def test_a_redirect_to_a_private_address_is_refused(site: ThreadingHTTPServer) -> None:
    bounds = Fetching(allowed=LOOPBACK)
    for target in ("http://127.0.0.2/feed", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]/"):
        with pytest.raises(SourceError, match=r"not a public address|only http"):
            fetch(at(site, f"/go?to={target}"), bounds)
    assert len(site.hosts) == 4  # type: ignore[attr-defined]


def test_redirects_are_followed_and_counted(site: ThreadingHTTPServer) -> None:
    bounds = Fetching(allowed=LOOPBACK)
    assert fetch(at(site, "/go?to=/feed"), bounds) == (at(site, "/feed"), FEED)
    with pytest.raises(SourceError, match="more than 5 redirects"):
        fetch(at(site, "/go?to=" + "/go?to=" * 6), bounds)


def test_a_name_is_resolved_once_and_connected_to_as_it_was_checked(
    site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a name that is public when looked at and private when connected to."""
    asked: list[str] = []

    real = socket.getaddrinfo

    def lookup(host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *rest, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    url = f"http://rebind.example:{site.server_address[1]}/feed"
    with pytest.raises(SourceError, match=r"rebind\.example is 127\.0\.0\.1"):
        fetch(url)
    assert fetch(url, Fetching(allowed=LOOPBACK))[1] == FEED
    assert asked == ["rebind.example", "rebind.example"]  # once a fetch: connecting did not ask again
    assert site.hosts == [f"rebind.example:{site.server_address[1]}"]  # type: ignore[attr-defined]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(SourceError, match=r"10\.0\.0\.1"):
        fetch("http://two.example/")


def test_size_and_time_are_bounded(site: ThreadingHTTPServer) -> None:
    for path in ("/big", "/gzip"):  # 50 kB, and 3 MB in 3 kB
        with pytest.raises(SourceError, match="more than 40,000 bytes"):
            fetch(at(site, path), Fetching(max_bytes=40_000, allowed=LOOPBACK))
    with pytest.raises(SourceError, match=r"not fetched within 0\.5 s"):  # each byte comes in time, the whole does not
        fetch(at(site, "/drip"), Fetching(seconds=0.5, allowed=LOOPBACK))
    with pytest.raises(SourceError, match="answered 404"):
        fetch(at(site, "/gone"), Fetching(allowed=LOOPBACK))


def test_a_feed_and_a_page_are_read_from_their_urls(site: ThreadingHTTPServer) -> None:
    bounds = Fetching(allowed=LOOPBACK)
    (entry,) = read(at(site, "/feed"), fetching=bounds)
    assert isinstance(entry, Article)
    assert (entry.title, entry.url, entry.source) == ("A dam", "https://herald.example/dam", "Harrow Herald")
    (page,) = read(at(site, "/page"), fetching=bounds)
    assert isinstance(page, Article)
    assert (page.title, page.url, page.source) == ("The mill burned down", at(site, "/page"), "127.0.0.1")
    assert "The old mill at Denholm burned down on Monday night" in page.text


def test_json_lines_at_an_address_are_read_by_line(site: ThreadingHTTPServer) -> None:
    found = list(read(at(site, "/rows"), fetching=Fetching(allowed=LOOPBACK)))
    assert [item.title for item in found if isinstance(item, Article)] == ["A", "B"]


def test_a_packed_body_is_unpacked_within_the_bounds_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'{"title": "A", "text": "x"}\n'
    bodies = {
        "https://h.example/feed.xml.gz": gzip.compress(FEED),
        "https://h.example/a.jsonl.gz": gzip.compress(line + line.replace(b"A", b"B")),
        "https://h.example/page": gzip.compress(PAGE),
        "https://h.example/cut.gz": gzip.compress(line * 99, mtime=0)[:50],
        "https://h.example/bomb.gz": gzip.compress(FEED + b" " * 99_999),
        "https://h.example/none.gz": gzip.compress(b" \n"),
    }
    monkeypatch.setattr("archive.read.fetch", lambda url, _: (url, bodies[url]))
    feed, lines, page, cut, bomb, none = bodies
    assert [item.url for item in read(feed) if isinstance(item, Article)] == ["https://herald.example/dam"]
    assert [item.title for item in read(lines) if isinstance(item, Article)] == ["A", "B"]
    assert [item.url for item in read(page) if isinstance(item, Article)] == [page]
    with pytest.raises(SourceError, match="empty"):
        list(read(none))
    with pytest.raises(SourceError, match="damaged or cut short"):
        list(read(cut))
    monkeypatch.setattr("archive.read.MAX_WHOLE", 9_999)
    with pytest.raises(SourceError, match="unpacks to more than"):
        list(read(bomb))
