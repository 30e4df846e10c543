"""A tiny archive and a pipeline that gives prepared answers, so that every figure can be worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.service import Service
from api.settings import load_settings
from archive.types import Article
from embeddings.encoder import load_encoder
from embeddings.ingest import ingest
from embeddings.types import Filters, Hit, Passage
from eval.run import evaluate
from eval.types import EvalQuestion, Run
from qa.pipeline import Pipeline
from qa.types import Answer, Citation, Question, Sentence

ROOT = Path(__file__).resolve().parents[2]

ARTICLES = {
    "ferry": Article(
        "ferry",
        "https://x.example/ferry",
        "Ferry returns",
        "The ferry Ardent was built by Marrow Yards. It carries 60 passengers.",
        date(2024, 3, 12),
        "Herald",
    ),
    "storm": Article(
        "storm",
        "https://x.example/storm",
        "Storm Petra",
        "Storm Petra cut off 1,200 homes. Nobody was hurt.",
        date(2024, 1, 18),
        "Wire",
    ),
}
QUESTIONS = (
    EvalQuestion("q1", "Who built the Ardent?", ("Marrow Yards",), ("ferry",), as_of=date(2024, 4, 1), kind="fact"),
    EvalQuestion("q2", "How many homes were cut off?", ("1,200",), ("storm",), as_of=date(2024, 4, 1), kind="fact"),
    EvalQuestion("q3", "How many cars fit on the Ardent?", answerable=False, kind="near miss"),
    EvalQuestion("q4", "Who was hurt in the storm?", answerable=False, kind="near miss"),
)

Prepare = Callable[..., Answer]
Evaluate = Callable[..., Run]


def hit(article: str) -> Hit:
    found = ARTICLES[article]
    return Hit(Passage(1, article, found.text, 0, len(found.text)), found, 1.0, {})


class Ear:
    """A real pipeline, overheard."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.threshold = pipeline.threshold
        self.heard: list[Answer] = []

    def ask(self, question: Question) -> Answer:
        self._pipeline.threshold = self.threshold
        self.heard.append(self._pipeline.ask(question))
        return self.heard[-1]


@pytest.fixture(scope="module")
def own(archive_page: Path, tmp_path_factory: pytest.TempPathFactory, models: Path) -> Service:
    """The example archive and the shared page, served; each module has its own, since an Ear moves the threshold."""
    home = tmp_path_factory.mktemp("own")
    (home / "models").symlink_to(models)
    ingest([ROOT / "examples" / "archive", archive_page], home, encoder=load_encoder(cache=models))
    return Service.open(load_settings(home))


class Prepared:
    """A pipeline that looks its answers up by question."""

    def __init__(self, answers: Mapping[str, Answer], threshold: float = 0.5) -> None:
        self.threshold = threshold
        self._answers = answers

    def ask(self, question: Question) -> Answer:
        assert self.threshold == 0, "a run asks with the threshold left out"
        return self._answers[question.text]


class Shelf:
    """A searcher that finds the storm first and then the ferry, inside the bounds."""

    def search(self, text: str, k: int, filters: Filters = Filters(), mode: Any = "fused") -> list[Hit]:  # noqa: ARG002, B008
        found = [hit("storm"), hit("ferry")]
        return [h for h in found if filters.published_to is None or h.article.published <= filters.published_to][:k]


@pytest.fixture
def prepare() -> Prepare:
    """Make an answer that quotes one place of one article; `said` is its sentence where it is not the quote."""

    def make(
        article: str,
        quote: str,
        span: str = "",
        *,
        confidence: float,
        said: str = "",
        hits: tuple[str, ...] = (),
        shift: int = 0,
    ) -> Answer:
        found = ARTICLES[article]
        start = found.text.index(quote) + shift
        text = said or quote
        marks = ((text.index(span), text.index(span) + len(span)),) if span else ()
        citation = Citation(
            1, article, found.title, found.url, found.source, found.published, quote, start, start + len(quote), None
        )
        return Answer(
            "answered",
            text,
            (Sentence(text, (1,), marks),),
            (citation,),
            confidence,
            None,
            Question("", ""),
            tuple(hit(each) for each in hits or (article,)),
        )

    return make


@pytest.fixture
def answers(prepare: Prepare) -> dict[str, Answer]:
    """Right and sure, right and unsure, wrong and unsure, wrong and sure."""
    built = prepare("ferry", "The ferry Ardent was built by Marrow Yards.", "Marrow Yards", confidence=0.9)
    homes = prepare("storm", "Storm Petra cut off 1,200 homes.", "1,200 homes", confidence=0.4, hits=("ferry", "storm"))
    cars = prepare("ferry", "It carries 60 passengers.", "60", confidence=0.2)
    hurt = prepare("storm", "Nobody was hurt.", "Nobody", confidence=0.8)
    return dict(zip((q.question for q in QUESTIONS), (built, homes, cars, hurt), strict=True))


@pytest.fixture
def run_of() -> Evaluate:
    """Evaluate prepared answers on the four questions, with a clock that gives 10 ms to everything."""

    def make(answers: Mapping[str, Answer], questions: tuple[EvalQuestion, ...] = QUESTIONS, **more: Any) -> Run:
        ticks = iter(range(100_000))
        return evaluate(
            Prepared(answers), Shelf(), ARTICLES.get, questions, name="tiny", clock=lambda: next(ticks) / 100, **more
        )

    return make
