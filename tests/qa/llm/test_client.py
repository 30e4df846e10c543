"""A server that is dead, slow, refusing or talking garbage is one typed error, and never tells the key."""

from __future__ import annotations

import builtins
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qa.llm.client import LLMError, OpenAIChat

KEY = "sk-secret-of-the-test"
ASK = [{"role": "user", "content": "Who?"}]


def chunk(text: str) -> bytes:
    body = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return f"data: {json.dumps(body)}\n\n".encode()


def well(handler: Any, _asked: Any) -> None:
    handler.events(chunk("He"), chunk("llo."), b"data: [DONE]\n\n")


def unstructured(handler: Any, asked: Any) -> None:
    if "response_format" in asked:
        handler.send_error(400)
    else:
        well(handler, asked)


def dripping(handler: Any, _asked: Any) -> None:
    handler.events()
    for _ in range(40):
        time.sleep(0.1)
        handler.wfile.write(chunk("x"))
        handler.wfile.flush()


def cut(handler: Any, _asked: Any) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("content-length", "100000")
    handler.end_headers()
    handler.wfile.write(chunk("Hello."))
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def failing(handler: Any, _asked: Any) -> None:
    handler.send_error(500, KEY)


def garbage(handler: Any, _asked: Any) -> None:
    handler.events(b"data: {]\n\n")


def shapeless(handler: Any, _asked: Any) -> None:
    handler.events(b'data: {"choices": [{"delta": 7}]}\n\n')


def hanging(_handler: Any, _asked: Any) -> None:
    time.sleep(3)


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[Any, Any], None]], str]]:
    servers: list[ThreadingHTTPServer] = []

    def serve(behave: Callable[[Any, Any], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                try:
                    behave(self, json.loads(self.rfile.read(int(self.headers["content-length"]))))
                except OSError:
                    return  # the client has gone

            def events(self, *parts: bytes) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                for part in parts:
                    self.wfile.write(part)

            def log_message(self, *_: Any) -> None:
                """Say nothing on standard error."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        servers[-1].daemon_threads = True
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/v1"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def chat(url: str, **settings: Any) -> OpenAIChat:
    return OpenAIChat(url, "m", KEY, **{"timeout": 0.5, "deadline": 1.0, "retries": 0, **settings})


@pytest.mark.parametrize("behave", [well, unstructured])
def test_a_reply_comes_in_pieces(served: Callable[..., str], behave: Callable[[Any, Any], None]) -> None:
    assert list(chat(served(behave)).stream(ASK, 2)) == ["He", "llo."]


@pytest.mark.parametrize("behave", [dripping, cut, failing, garbage, shapeless, hanging])
def test_a_bad_server_is_one_typed_error(served: Callable[..., str], behave: Callable[[Any, Any], None]) -> None:
    with pytest.raises(LLMError) as raised:
        list(chat(served(behave)).stream(ASK, 2))
    assert KEY not in str(raised.value)


def test_a_dead_server_is_one_typed_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    with pytest.raises(LLMError, match="APIConnectionError"):
        list(chat(url).stream(ASK, 1))


def test_a_failure_is_tried_again(served: Callable[..., str]) -> None:
    tries: list[int] = []

    def second_time(handler: Any, asked: Any) -> None:
        tries.append(1)
        (failing if len(tries) == 1 else well)(handler, asked)

    assert list(chat(served(second_time), retries=1, timeout=5, deadline=10).stream(ASK, 1)) == ["He", "llo."]


def test_the_key_is_in_no_description() -> None:
    assert KEY not in repr(chat("http://127.0.0.1:1/v1"))


def test_a_missing_client_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "openai":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LLMError, match=r"pip install 'askive\[llm\]'"):
        chat("http://127.0.0.1:1/v1")
