"""Questions made by rule: hand-worked sentences, and the promise that a span is a slice."""

from __future__ import annotations

import random

import pytest

from qa.reader.examples import Example
from qa.reader.synthetic import synthesise
from qa.reader.verbs import find_verb


def made(text: str) -> dict[str, str]:
    passage = Example("", "A title", "", text, (), (), "news", "gold", "k")
    found = synthesise([passage], random.Random(4), per_passage=50)
    return {e.question.lower().rstrip("?"): e.text[slice(*e.spans[0])] for e in found}


def test_the_subject_becomes_who() -> None:
    asked = made("Marta Lindqvist opened the museum in Denholm on Monday after a long delay.")
    assert asked["who opened the museum in denholm on monday after a long delay"] == "Marta Lindqvist"


def test_a_count_a_day_and_a_place_become_questions() -> None:
    asked = made("The ferry carries nothing yet. Fibrenet hired 120 engineers in March 2021 for the northern line.")
    assert "120" in asked.values()
    assert any(q.startswith("how many engineers did fibrenet") and a == "120" for q, a in asked.items())
    assert any(q.startswith("when did fibrenet") and a == "March 2021" for q, a in asked.items())


def test_roles_ages_and_quotes() -> None:
    asked = made("Daniel Osei, head of research at Hopp, resigned. Ruth Calder, 62, runs the archive of the town.")
    assert asked["who is the head of research at hopp"] == "Daniel Osei"
    assert asked["how old is ruth calder"] == "62"


def test_every_span_is_the_answers_slice_and_the_draw_is_seeded() -> None:
    text = "Tilla was founded by Omar Haddad in 2015. It bought 40 shops in Spain in May. He said nothing of it."
    passage = Example("", "T", "", text, (), (), "news", "gold", "k")
    one, two = (synthesise([passage], random.Random(7)) for _ in range(2))
    assert one == two
    assert one
    assert all(e.text[slice(*e.spans[0])] == e.answers[0] for e in one)
    assert all(e.source == "synthetic" for e in one)


@pytest.mark.parametrize(
    ("sentence", "verb", "auxiliary", "bare"),
    [
        ("Tilla bought forty shops.", "bought", "did", "buy"),
        ("The firm has closed 2,900 accounts.", "has", "has", ""),
        ("The firm has two shops.", "has", "does", "have"),
        ("The bridge will open in May.", "will", "will", ""),
    ],
)
def test_the_first_finite_verb(sentence: str, verb: str, auxiliary: str, bare: str) -> None:
    found = find_verb(sentence)
    assert found is not None
    assert (found.text, found.auxiliary, found.bare) == (verb, auxiliary, bare)
    assert sentence[found.start : found.end] == verb


def test_no_verb_no_question() -> None:
    assert find_verb("The red door of the house.") is None
