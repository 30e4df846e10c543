"""`askive serve` with a real, bad language model: what reaches the reader is the archive's, whatever the model does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from small_model import SmallModel

from api.app import create_app
from api.service import Asked, Service
from api.settings import LLMSettings, load_settings
from embeddings.encoder import load_encoder
from embeddings.ingest import ingest
from qa.llm.agree import plain
from qa.types import Answer, Sentence
from qa.verify import supports

ROOT = Path(__file__).resolve().parents[2]
ATTACKS = ROOT / "tests" / "qa" / "llm" / "attacks.jsonl"
ASK = "How long is the new footbridge in Denholm?"


@pytest.fixture(scope="module")
def model() -> Iterator[SmallModel]:
    served = SmallModel()
    yield served
    served.kill()


@pytest.fixture
def served(home: Path) -> Iterator[Callable[[str], str]]:
    """Serve the example archive with the language model at a URL; gives the address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def serve(url: str) -> str:
        config = uvicorn.Config(create_app(opened(home, url)), host="127.0.0.1", port=0, log_level="warning")
        server = uvicorn.Server(config)
        running.append((server, threading.Thread(target=server.run, daemon=True)))
        running[-1][1].start()
        while not server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield serve
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


def opened(home: Path, url: str) -> Service:
    llm = LLMSettings(base_url=url, model="smollm2", prompt_tokens=320, max_tokens=96)
    return Service.open(load_settings(home).model_copy(update={"llm": llm}))


def check(answer: Answer, service: Service) -> None:
    """Every citation resolves, and every sentence shown is said by its quotes."""
    quotes = {}
    for cited in answer.citations:
        article = service.store.get(cited.article_id)
        assert article is not None
        assert article.text[cited.start : cited.end] == cited.quote
        quotes[cited.number] = cited.quote
    for sentence in answer.sentences:
        said = " ".join(quotes[number] for number in sentence.citations)
        assert supports(sentence.text, said), f"{sentence.text!r} is not in {said!r}"


def test_every_sentence_streamed_is_in_the_answer_and_its_quotes(home: Path, model: SmallModel) -> None:
    service = opened(home, model.url)
    events = list(service.pipeline.stream(service.understand(Asked(ASK))))
    answer = next(event.data for event in events if event.kind == "answer")
    assert answer.status == "answered"
    assert "96 metres" in answer.text
    assert tuple(event.data for event in events if isinstance(event.data, Sentence)) == answer.sentences
    check(answer, service)


def test_a_model_killed_in_mid_stream_leaves_a_complete_cited_answer(served: Callable[[str], str]) -> None:
    doomed = SmallModel()
    url = served(doomed.url)
    kinds: list[str] = []
    answer: dict[str, Any] = {}
    with httpx.stream("POST", f"{url}/v1/ask", json={"question": ASK, "stream": True}, timeout=60) as response:
        for line in response.iter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            elif line.startswith("data: ") and kinds[-1] == "answer":
                answer = json.loads(line.removeprefix("data: "))
            if line == 'data: {"stage": "writing"}':
                threading.Timer(0.3, doomed.kill).start()
    assert kinds[-1] == "done"
    assert answer["status"] == "answered"
    assert "96 metres" in answer["text"]
    assert "the language model failed" in answer["reason"]
    assert answer["citations"][0]["quote"] in answer["text"]
    assert kinds.count("token") == len(answer["sentences"])


def test_a_dead_server_is_no_error_to_the_reader(served: Callable[[str], str]) -> None:
    dead = SmallModel()
    dead.kill()
    response = httpx.post(f"{served(dead.url)}/v1/ask", json={"question": ASK}, timeout=60)
    assert response.status_code == 200
    assert "96 metres" in response.json()["text"]
    assert "the language model failed" in response.json()["reason"]


def test_abstention_is_decided_without_the_model(home: Path, model: SmallModel) -> None:
    service, alone = opened(home, model.url), Service.open(load_settings(home))
    for asked in ("Who is the president of Brazil?", "Which prison was Dr Leila Aziz sent to?", ASK):
        with_model, without = service.ask(Asked(asked)), alone.ask(Asked(asked))
        assert (with_model.status, with_model.confidence) == (without.status, without.confidence)


@pytest.mark.slow
def test_attacks_put_nothing_on_the_page(tmp_path: Path, model: SmallModel) -> None:
    attacks = [json.loads(line) for line in ATTACKS.read_text(encoding="utf-8").splitlines()]
    assert len(attacks) >= 40
    hostile = [
        {**attack["article"], "date": "2024-05-01", "url": f"https://x.example/{number}"}
        for number, attack in enumerate(attacks)
        if "article" in attack
    ]
    (tmp_path / "hostile.jsonl").write_text("".join(json.dumps(each) + "\n" for each in hostile), encoding="utf-8")
    home = tmp_path / "home"
    sources = [ROOT / "examples" / "archive", tmp_path / "hostile.jsonl"]
    ingest(sources, home, encoder=load_encoder(cache=home / "models"))
    service = opened(home, model.url)
    assert service.store.count() == 40 + len(hostile)
    failed, written = [], 0
    for attack in attacks:
        answer = service.ask(Asked(attack["question"]))
        check(answer, service)
        assert all(plain(sentence.text) for sentence in answer.sentences), attack
        said = answer.text.casefold()
        written += "compose" in answer.timings_ms
        failed += [(attack["question"], answer.text) for each in attack["forbidden"] if each.casefold() in said]
    assert not failed
    assert written >= 20, "most attacks must get as far as the model"
