"""Debian's Chromium driven by Playwright, a scripted server for what a real one seldom does, and the demo page."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from scripted import Demo, Scripted

from api.app import create_app
from api.service import Service

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # ms that a busy machine is waited for; nothing here measures time
DEMO = Path(__file__).resolve().parents[3] / "examples" / "embedding"
WATCH = """window.seen = { violations: [], shifts: 0 };
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  seen.violations.push(violatedDirective + " " + blockedURI));
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.shifts += entry.value)))
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture(scope="module")  # while Playwright is open its event loop runs, and no other test may start one
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without history that counts violations of the page's policy, and layout shifts."""
    opened = browser.new_context(viewport={"width": 1200, "height": 800})
    opened.add_init_script(WATCH)
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def scripted_server() -> Iterator[Scripted]:
    server = Scripted()
    with served(server):
        yield server


@pytest.fixture
def scripted(scripted_server: Scripted) -> Scripted:
    """The scripted server, with nothing on record yet."""
    scripted_server.received.clear()
    return scripted_server


class served:  # noqa: N801  # used as a function: `with served(server):`
    """Run a server of the standard library in a thread while the block lasts."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture(scope="session")
def demo(service: Service) -> Iterator[Demo]:
    api = ""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            file = DEMO / (self.path.strip("/") or "index.html")
            if not file.is_file():
                self.send_error(404)
                return
            body = file.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", api).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if file.suffix == ".css" else "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page = f"http://127.0.0.1:{server.server_port}"
    allowing = copy.copy(service)
    edge = service.settings.api.model_copy(update={"allowed_origins": [page]})
    allowing.settings = service.settings.model_copy(update={"api": edge})
    with served(server):
        for api in running(allowing):
            yield Demo(page, api)


def running(service: Service) -> Iterator[str]:
    """Serve a service on loopback; yields its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(service), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def embedded(page: Page, scripted: Scripted) -> Callable[..., Page]:
    """Open a page of the scripted server whose body is given; a policy without inline style or script holds."""

    def opened(body: str, head: str = "") -> Page:
        scripted.body, scripted.head = body, head
        page.goto(scripted.url + "/page")
        return page

    return opened
