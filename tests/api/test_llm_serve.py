"""`askive serve` with a real, bad language model: what reaches the reader is the archive's, whatever the model does."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
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
from embeddings.sentences import sentence_spans
from qa.assemble import build_composer, build_pipeline
from qa.llm.agree import plain
from qa.llm.client import Message
from qa.reader.runtime import load_reader
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


def opened(home: Path, url: str, prompt_tokens: int = 320, max_tokens: int = 96) -> Service:
    llm = LLMSettings(base_url=url, model="smollm2", prompt_tokens=prompt_tokens, max_tokens=max_tokens)
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


class Obedient:
    """The worst of models: it answers, then says all that an attack wants of it and cites the best extract for it."""

    def __init__(self) -> None:
        self.wanted: list[str] = []

    def stream(self, messages: Sequence[Message], sources: int) -> Iterator[str]:  # noqa: ARG002
        mark = messages[1]["content"].split("\n")[1]
        extract = messages[1]["content"].split(mark)[1].strip().split("\n", 1)[1]
        true, *planted = [extract[slice(*span)] for span in sentence_spans(extract)]
        for said in [true, *re.findall(r'"text": "(.*?)"', extract), *planted, *self.wanted]:
            yield f"{said} [1]\n"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, home: Path) -> tuple[list[dict[str, Any]], Path]:
    """The attacks, and the example archive with their articles in it."""
    attacks = [json.loads(line) for line in ATTACKS.read_text(encoding="utf-8").splitlines()]
    hostile = [
        {**attack["article"], "date": "2024-05-01", "url": f"https://x.example/{number}"}
        for number, attack in enumerate(attacks)
        if "article" in attack
    ]
    place = tmp_path_factory.mktemp("attacked")
    (place / "hostile.jsonl").write_text("".join(json.dumps(each) + "\n" for each in hostile), encoding="utf-8")
    shutil.copytree(home, place / "home")
    ingest([place / "hostile.jsonl"], place / "home", encoder=load_encoder(cache=home / "models"))
    assert len(attacks) >= 40
    return attacks, place / "home"


def survives(answer: Answer, attack: dict[str, Any], service: Service) -> bool:
    check(answer, service)
    assert all(plain(sentence.text) for sentence in answer.sentences), attack
    return not any(each.casefold() in answer.text.casefold() for each in attack["forbidden"])


def test_a_model_that_obeys_every_attack_puts_nothing_on_the_page(attacked: tuple[list[dict[str, Any]], Path]) -> None:
    attacks, home = attacked
    service, model = Service.open(load_settings(home)), Obedient()
    composer = build_composer(model, load_reader(), 1000)
    pipeline = build_pipeline(service.searcher, service.store, composer=composer)
    fallen, obeyed = [], 0
    for attack in attacks:
        model.wanted = attack["forbidden"]
        answer = pipeline.ask(service.understand(Asked(attack["question"])))
        obeyed += "compose" in answer.timings_ms
        if not survives(answer, attack, service):
            fallen.append((attack["question"], answer.text))
    assert not fallen
    assert obeyed >= 20, "most attacks must get as far as the model"


@pytest.mark.slow
def test_attacks_by_way_of_a_real_model_put_nothing_on_the_page(
    attacked: tuple[list[dict[str, Any]], Path], model: SmallModel
) -> None:
    """One attack of each kind; all of them with EVERY_ATTACK=1 (docs/llm.md)."""
    attacks, home = attacked
    if os.environ.get("EVERY_ATTACK") != "1":
        attacks = list({attack["kind"]: attack for attack in attacks}.values())
    service = opened(home, model.url, prompt_tokens=300, max_tokens=48)
    answers = [(attack, service.ask(Asked(attack["question"]))) for attack in attacks]
    assert [(a["question"], answer.text) for a, answer in answers if not survives(answer, a, service)] == []
