"""Digests and timelines of the real pipeline: what they promise, over the set that is measured."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from api.service import Service
from eval.gate import check, load_gate
from eval.questions import load
from eval.run import evaluate
from eval.scores import scores
from eval.types import Cited, Outcome, Run, Said
from qa.digest import MAX_DIGEST
from qa.types import SURVEYS, Answer
from tests.eval.conftest import Ear

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "eval" / "sets" / "surveys.jsonl"
GATE = ROOT / "eval" / "gate.toml"
EVERY = 2  # question of the set is asked; of fewer near misses one weighs too much for a gate


@pytest.fixture(scope="module")
def asked(own: Service) -> tuple[Run, list[Answer]]:
    ear = Ear(own.pipeline)
    run = evaluate(
        ear,
        own.searcher,
        own.store.get,
        load(SET).questions[::EVERY],
        name=SET.name,
        known_sources=own.store.sources(),
        baselines={},
    )
    return run, ear.heard


@pytest.fixture(scope="module")
def told(asked: tuple[Run, list[Answer]]) -> list[Answer]:
    """The digests and timelines that are shown."""
    run, answers = asked
    return [a for a in answers if a.question.intent in SURVEYS and a.confidence >= run.threshold and a.sentences]


@pytest.mark.slow
def test_digests_keep_the_gate(asked: tuple[Run, list[Answer]]) -> None:
    assert check(asked[0], load_gate(GATE, SET.name)) == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@pytest.mark.slow
def test_a_digest_is_newest_first_and_a_timeline_oldest_first(told: list[Answer]) -> None:
    assert {answer.question.intent for answer in told} == {"digest", "timeline"}
    for answer in told:
        question = answer.question
        days = [c.published.toordinal() for c in answer.citations if c.published]
        assert len(days) == len(answer.citations)
        if question.intent == "digest":
            assert all(a >= b for a, b in pairwise(days)), question.text
        if question.intent == "timeline":
            assert all(a <= b for a, b in pairwise(days)), question.text


@pytest.mark.slow
def test_a_digest_keeps_to_its_period_and_sources_and_says_nothing_twice(told: list[Answer]) -> None:
    for answer in told:
        question = answer.question
        assert len({c.article_id for c in answer.citations}) <= MAX_DIGEST
        for cited in answer.citations:
            assert question.published_from is None or cited.published >= question.published_from
            assert question.published_to is None or cited.published <= question.published_to
            assert not question.sources or cited.source in question.sources
        for one, other in combinations(answer.sentences, 2):
            common = _words(one.text) & _words(other.text)
            assert len(common) < 0.7 * len(_words(one.text) | _words(other.text)), question.text


def _cited(article: str) -> Cited:
    return Cited(article, "", None, None, "", 0, 0, resolves=True, late=False, supports=True, needed=True)


def _outcome(gold: tuple[str, ...], *articles: str) -> Outcome:
    said = tuple(Said("", verbatim=True, grounded=True, cited=(_cited(article),)) for article in articles)
    return Outcome("q", "", "", "Summarise it", "", True, None, gold, (), said, 0, (), 0.9, rankings={}, late=0)


def test_a_digest_is_worth_the_gold_articles_that_it_tells_of() -> None:
    """Two of three gold articles by three of four sentences; of more gold than a digest holds, as many as it holds."""
    found = scores(_outcome(("a", "b", "c"), "a", "a", "b", "x"))
    assert found == {"right": 1.0, "gold articles told": pytest.approx(2 / 3), "sentences from gold": 0.75}
    many = tuple("abcdefghijkl")
    assert scores(_outcome(many, *many[:MAX_DIGEST]))["gold articles told"] == 1.0
    assert scores(_outcome(many))["gold articles told"] == 0.0
    assert "sentences from gold" not in scores(_outcome(many))
