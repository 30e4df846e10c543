"""Accepted strings, against hand-worked cases and the way SQuAD's evaluation script is specified."""

from __future__ import annotations

import re
import string

import pytest

from eval.answers import contains, exact_match, normalise, token_f1


def test_normalise() -> None:
    assert normalise("The “Squid  Game”, a show.") == "squid game show"
    assert normalise("US$2.5\u00a0billion — twice") == "us 2 5 billion twice"


@pytest.mark.parametrize(
    ("said", "answers", "exact", "f1"),
    [
        ("the red car", ["Red car"], 1.0, 1.0),
        ("a red car in town", ["red car"], 0.0, 2 / 3),  # precision 2 of 4, recall 2 of 2
        ("blue", ["red", "blue sea"], 0.0, 2 / 3),
        ("nothing", ["red car"], 0.0, 0.0),
        ("", ["red car"], 0.0, 0.0),
    ],
)
def test_by_hand(said: str, answers: list[str], exact: float, f1: float) -> None:
    assert exact_match(said, answers) == exact
    assert token_f1(said, answers) == pytest.approx(f1)


def _squad(text: str) -> list[str]:
    """Tokens as evaluate-v1.1 has them: lower case, punctuation out, articles out, split at white space."""
    bare = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def _squad_f1(said: str, answer: str) -> float:
    left, shared = _squad(answer), 0
    for token in _squad(said):
        if token in left:
            left.remove(token)
            shared += 1
    total = len(_squad(said)) + len(_squad(answer))
    return 2 * shared / total if shared else 0.0


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Marrow Yards in Denholm", "Marrow Yards"),
        ("The ferry, named Ardent", "the ardent ferry"),
        ("18 minutes", "18 minutes"),
        ("seven hours in October", "for seven hours"),
        ("one two two", "two two two"),
    ],
)
def test_as_squad_has_it(said: str, answer: str) -> None:
    assert exact_match(said, [answer]) == (_squad(said) == _squad(answer))
    assert token_f1(said, [answer]) == pytest.approx(_squad_f1(said, answer))


def test_an_answer_stands_in_a_text_as_whole_words() -> None:
    assert contains("It carries 60 passengers.", ["60"])
    assert not contains("It carries 160 passengers.", ["60"])
    assert not contains("anything", ["", "the"])
