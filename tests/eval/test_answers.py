"""Accepted strings, against hand-worked cases and the way SQuAD's evaluation script is specified."""

from __future__ import annotations

import re
import string

import pytest

from eval.answers import contains, exact_match, normalise, token_f1


def test_normalise() -> None:
    assert normalise("The “Squid  Game”, a show.") == "squid game show"
    assert normalise("US$2.5\u00a0billion — twice") == "us 2.5 billion twice"


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
    assert not contains("anything, the thing", ["", "the", " “The "])


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("It cost 2.5 million", "5 million", False),
        ("It cost 2.5 million.", "2.5 million", True),
        ("1,500 people died", "500", False),
        ("12,000 homes", "12000", True),
        ("12000 homes", "12,000", True),
        ("in 2019, 500 died", "500", True),
        ("rose 3.5 percent", "3", False),
        ("version 3. 5 came next", "3", True),
        ("£5 million", "5 million", True),
        ("Hepatitis B", "Hepatitis A", False),
        ("He has hepatitis A.", "Hepatitis A", True),
        ("a well‑known ship", "well-known", True),
        ("the US won", "U.S.", True),
        ("the U.S. won", "the US", True),
        ("J.K. Rowling", "J. K. Rowling", True),
        ("It was plan B. A year on", "plan B", True),
        ("Beyoncé", "Beyonce", True),
        ("Beyonce", "Beyonce\u0301", True),
        ("won Booker Prize", "the Booker Prize", True),
        ("the band A-ha", "A-ha", True),
        ("laughed ha", "A-ha", False),
        ("“It’s Russia’s”", "It's Russia", True),
        ("snake_case", "snake case", True),
    ],
)
def test_what_stands_in_a_text(text: str, answer: str, expected: bool) -> None:
    assert contains(text, [answer]) is expected
