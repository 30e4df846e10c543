"""What a question is drawn against: passages that lack its answer, questions that its passage leaves open."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from qa.reader.examples import Example
from qa.reader.mined import retriever_over
from qa.reader.negatives import Negatives


def test_a_wrong_passage_is_like_the_question_and_lacks_every_answer(golds: list[Example]) -> None:
    gold = replace(golds[0], answers=("Anna Number0", "Anna Number8"))  # firm 8 was founded by Anna Number8
    near = Negatives(golds).near(gold)
    assert len(near) == 6
    assert all("founded" in other.text and not other.spans for other in near)
    assert not {golds[0].text, golds[8].text} & {other.text for other in near}
    assert {other.question for other in near} == {gold.question}


def test_the_twin_that_differs_in_one_thing_is_drawn_most(golds: list[Example]) -> None:
    gold = golds[0]
    asked = ["who bought Firm00 Holdings", "when does the next catalogue come out", "what does a table cost"]
    open_questions = [replace(gold, question=text, spans=(), answers=(), kind="unanswerable") for text in asked]
    negatives = Negatives([*golds, *open_questions])
    rng = random.Random(1)
    drawn = Counter(negatives.make(gold, "twin", rng).question for _ in range(600))  # type: ignore[union-attr]
    # Two of its three longer words are the gold's: .1 + 4/9 against .1 and .1.
    assert drawn[asked[0]] / 600 == pytest.approx((0.1 + 4 / 9) / (0.3 + 4 / 9), abs=0.06)
    assert set(drawn) == set(asked)
    assert negatives.make(golds[1], "twin", rng) is None


def test_what_was_given_as_unanswered_is_its_counterpart(golds: list[Example]) -> None:
    other = replace(golds[3], question="Who founded FIRM00 holdings", spans=(), kind="news")
    assert Negatives([*golds, other]).make(golds[0], "given", random.Random(1)) == other
    assert Negatives(golds).make(golds[0], "given", random.Random(1)) is None


def test_a_drawn_counterpart_answers_nothing(golds: list[Example]) -> None:
    negatives, rng = Negatives(golds), random.Random(1)
    drawn = [negatives.draw(gold, rng) for gold in golds]
    assert all(each is not None and not each.spans for each in drawn)
    assert {"bm25", "swap"} <= {each.kind for each in drawn if each}


@pytest.mark.slow
def test_our_own_retriever_brings_the_nearest_passages_that_lack_the_answer(
    golds: list[Example], tmp_path: Path, models: Path
) -> None:
    home = tmp_path / "mined"
    home.mkdir()
    (home / "models").symlink_to(models)
    retrieve = retriever_over(golds, home)
    asked = golds[3]
    assert retrieve(asked.question)[0].text == asked.text  # it is found for what it answers
    near = Negatives(golds, retrieve).near(asked, "retrieved")
    expected = [other.text for other in retrieve(asked.question) if asked.answers[0] not in other.text][:6]
    assert [other.text for other in near] == expected
    assert asked.text not in expected
    assert {(other.kind, other.question, other.spans) for other in near} == {("retrieved", asked.question, ())}
    assert Negatives(golds).make(asked, "retrieved", random.Random(1)) is None
