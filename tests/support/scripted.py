"""A server that answers by script what the browser's tests need: broken, slow, busy, hostile, and good answers."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from api.assets import widget

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:"
HOSTILE = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
SENTENCES = [
    {"text": "The 🚢 Ardent was built by Marrow Yards.", "citations": [1], "marks": [[26, 38]]},
    {"text": "It carries sixty passengers.", "citations": [2], "marks": []},
]


def citation(number: int, **changes: Any) -> dict[str, Any]:
    """A citation whose surroundings are said too."""
    return {
        "number": number,
        "article_id": f"a{number}",
        "title": f"Headline {number}",
        "url": f"https://herald.example/{number}",
        "source": "Herald",
        "published": "2024-03-12",
        "quote": "The Ardent was built by Marrow Yards.",
        "start": 10,
        "end": 47,
        "before": "…came back. ",
        "after": " It sails…",
        "link": f"https://herald.example/{number}#:~:text=The%20Ardent",
        "span": [24, 36],
        "also": ["Gazette"],
        **changes,
    }


def answer(asked: str, **changes: Any) -> dict[str, Any]:
    return {
        "status": "answered",
        "text": " ".join(str(said["text"]) for said in SENTENCES),
        "sentences": SENTENCES,
        "citations": [citation(1), citation(2)],
        "confidence": 0.9,
        "reason": None,
        "question": {"text": asked, "standalone": asked},
        "hits": [],
        "conversation_id": "c1",
        "answer_id": "t1",
        **changes,
    }


def hostile(question: str) -> dict[str, Any]:
    """An answer of an archive in which every text is markup and every address a script."""
    cited = citation(
        1, title=HOSTILE, quote=HOSTILE, before=HOSTILE, after=HOSTILE, source=HOSTILE, span=None, also=[HOSTILE]
    )
    cited |= {"link": "javascript:window.ran=1", "url": "javascript:window.ran=1", "article_id": "../../x?<b>"}
    said = [{"text": HOSTILE, "citations": [1], "marks": [[0, 4]]}]
    understood = {"text": question, "standalone": HOSTILE}
    return answer(question, sentences=said, citations=[cited], text=HOSTILE, question=understood)


def nothing(question: str) -> dict[str, Any]:
    hit = {"article_id": "a9", "title": "Nearest", "source": "Herald", "published": "2024-01-02", "start": 0, "end": 5}
    hits = [{**hit, "snippet": "It says", "url": None}] * 2
    kept = {"status": "abstained", "sentences": [], "citations": [], "text": "", "hits": hits}
    return answer(question, **kept, reason="The archive does not say. It was searched for Brazil.")


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo page on a port of its own, and the API that it asks on another."""

    page: str
    api: str


class Scripted(ThreadingHTTPServer):
    """What is asked decides what comes; `received` keeps (method, path, body) of every call to the API."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.body = self.head = ""
        self.received: list[tuple[str, str, Any]] = []
        self.stopping = threading.Event()
        self.widget = widget().plain

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        if self.path == "/widget.js":
            self._send(200, self.server.widget, "text/javascript")
            return
        head = '<meta charset="utf-8"><link rel="icon" href="data:,"><script src="/widget.js" defer></script>'
        page = f"<head>{head}{self.server.head}</head><body>{self.server.body}</body>"
        html = f'<!doctype html><html lang="en">{page}</html>'
        self._send(200, html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})

    def do_DELETE(self) -> None:
        self.server.received.append(("DELETE", self.path, None))
        self._send(204, b"", "text/plain")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.received.append(("POST", self.path, body))
        if self.path == "/v1/feedback":
            self._send(201, b'{"id": "f1"}', "application/json")
        else:
            self._ask(body)

    def _ask(self, body: dict[str, Any]) -> None:
        question = body["question"]
        if question == "busy":
            self._send(429, b'{"detail": "too many"}', "application/problem+json", {"Retry-After": "7"})
        elif question == "failed":
            self._send(500, b'{"detail": "the disk is full"}', "application/problem+json")
        elif body.get("conversation_id") == "gone":
            self._send(404, b'{"detail": "there is no conversation"}', "application/problem+json")
        else:
            self._stream(question)

    def _stream(self, question: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._event("status", {"stage": "understanding"})
        if question == "wait":
            self.server.stopping.wait(20)
            return
        told = {"hostile": hostile, "nothing": nothing, "forgotten": _forgotten}.get(question, answer)(question)
        for said in told["sentences"]:
            self._event("token", said)
            if question == "break" and sum(path == "/v1/ask" for _, path, _ in self.server.received) == 1:
                return  # the connection ends in the middle of the first try
            self.server.stopping.wait(0.15)
        self._event("answer", told)
        self._event("done", {})

    def _event(self, kind: str, data: Any) -> None:
        self.wfile.write(f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _forgotten(question: str) -> dict[str, Any]:
    """An answer whose conversation the server will not know again."""
    return answer(question, conversation_id="gone")
