"""What readings say together, by hand: the same answer in other articles, and a share of the order's mass."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from qa.agreement import agreed, same_answers, shares
from qa.rerank import WeightedRanker, Weights
from qa.types import Question, Reading

Make = Callable[..., Reading]
ASKED = Question("Who built the ferry Ardent?", "Who built the ferry Ardent?")
NOTHING = Weights(*[0.0] * len(Weights.__dataclass_fields__))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Marrow", "Marrow Yards", True),
        ("Marrow Yards", "the yards of Marrow", True),
        ("Marrow Yards", "Denholm", False),
        ("Marrow Yards", "Denholm Yards", False),
        ("the ferry Ardent", "Ardent", False),  # the question's own words name no answer
        ("1,200 homes", "some 1,200", True),
        ("1,200 homes", "1,750 homes", False),
        ("450 instead of 600", "600 people", True),
        ("50 in 2022", "60 in 2022", False),
        ("12 March 2022", "4 May 2022", False),
        ("12 March 2022", "2022", True),
    ],
)
def test_what_is_the_same_answer(make_reading: Make, first: str, second: str, same: bool) -> None:
    readings = [
        make_reading(answer, text=f"It is said: {answer}.", id=i)
        for i, answer in zip("ab", (first, second), strict=True)
    ]
    assert same_answers(ASKED, readings).tolist() == [[True, same], [same, True]]


def test_other_articles_count_once_each_by_their_likeliest_reading(make_reading: Make) -> None:
    here = make_reading("Marrow Yards", id="a", p=0.9)
    again = make_reading("Marrow Yards", id="a", p=0.8)
    there = make_reading("Marrow Yards", id="b", p=0.5)
    less = replace(there, behind=math.log(4))  # of log-odds 0 less log 4: one in five
    third = make_reading("Marrow Yards", id="c", p=0.25)
    other = make_reading("60", id="d", p=0.9)
    readings = [here, again, there, less, third, other]
    found = agreed(readings, same_answers(ASKED, readings))
    assert [reading.agreed for reading in found] == pytest.approx(
        [math.log(1 + 0.75), math.log(1 + 0.75), math.log(1 + 1.15), math.log(1 + 1.15), math.log(1 + 1.4), 0.0]
    )


def test_shares_are_of_the_softmax() -> None:
    same = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=bool)
    assert shares(np.log([3.0, 4.0, 1.0]), same).tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert shares(np.array([1000.0, 0.0, 0.0]), same).tolist() == pytest.approx([1.0, 0.0, 1.0])
    assert shares(np.zeros(0), np.zeros((0, 0), dtype=bool)).tolist() == []


def test_two_articles_that_agree_outrank_one_that_the_reader_likes_better(make_reading: Make) -> None:
    lone = make_reading("Denholm", id="a", p=0.7)
    two = [make_reading("Marrow Yards", id=i, p=0.6) for i in "bc"]
    alone = WeightedRanker(replace(NOTHING, reader=1.0)).rank(ASKED, [lone, *two])
    together = WeightedRanker(replace(NOTHING, reader=1.0, agreed=2.0)).rank(ASKED, [lone, *two])
    assert [reading.hit.article.id for reading in alone] == ["a", "b", "c"]
    assert [reading.hit.article.id for reading in together] == ["b", "c", "a"]
    odds, bonus = 0.6 / 0.4, (1 + 0.6) ** 2
    mass = [odds * bonus, odds * bonus, 0.7 / 0.3]
    assert together[0].share == pytest.approx((mass[0] + mass[1]) / sum(mass))
    assert together[0].agreed == pytest.approx(math.log(1.6))
