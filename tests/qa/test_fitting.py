"""The two fits, against cases whose answer is known and an independent optimiser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from qa.fitting import PRIOR, Case, fit_belief, fit_order, judged, leading, ranks
from qa.fitting_cases import balanced


def case(rows: list[list[float]], right: list[bool], articles: str, gold: str, answerable: bool = True) -> Case:
    told = [[1.0, *row] for row in rows]
    held, every = np.array(right), np.ones(len(right), dtype=bool)
    return Case(np.array(rows), np.array(told), held, held, every, tuple(articles), ("z",), frozenset(gold), answerable)


def test_the_order_learns_which_feature_tells() -> None:
    rng = np.random.default_rng(1)
    cases = []
    for _ in range(60):
        rows = rng.normal(size=(5, 2))
        cases.append(case(rows.tolist(), (np.arange(5) == rows[:, 0].argmax()).tolist(), "abcde", "a"))
    order = fit_order(cases)
    assert order[0] > 4 * abs(order[1])
    assert sum(each.right[leading(each, order)] for each in cases) >= 57


def test_a_feature_that_is_left_out_has_no_weight_and_the_others_are_fitted_without_it() -> None:
    rng = np.random.default_rng(3)
    wide, narrow = [], []
    for _ in range(60):
        rows = rng.normal(size=(5, 4))
        right = (np.arange(5) == rows[:, 1].argmax()).tolist()
        wide.append(case(rows.tolist(), right, "abcde", "a"))
        narrow.append(case(rows[:, [1, 2]].tolist(), right, "abcde", "a"))
    first, *kept, last = fit_order(wide, without=[3, 0])
    assert (first, last) == (0, 0)
    np.testing.assert_allclose(kept, fit_order(narrow), atol=1e-6)


def test_an_answer_read_elsewhere_counts_for_the_confidence_alone() -> None:
    elsewhere = replace(case([[1.0], [0.0]], [False, True], "ab", "b"), said=np.array([True, True]))
    assert fit_belief([elsewhere] * 30, np.ones(1)).sum() > 2
    assert fit_order([elsewhere] * 30)[0] < -1


def test_the_confidence_is_scipys_ridge_logistic_regression() -> None:
    rng = np.random.default_rng(2)
    cases = [
        case([[float(x)]], [bool(rng.random() < 1 / (1 + np.exp(-2 * x)))], "a", "a") for x in rng.normal(size=200)
    ]
    x = np.array([each.told[0] for each in cases])
    y = np.array([float(each.right[0]) for each in cases])

    def loss(beta: np.ndarray) -> float:
        z = x @ beta
        return float(np.logaddexp(0, z).sum() - y @ z + PRIOR / 2 * beta @ beta)

    assert fit_belief(cases, np.ones(1)) == pytest.approx(minimize(loss, np.zeros(2)).x, abs=1e-4)


def test_a_case_counts_as_judged_by_the_reading_that_leads() -> None:
    both = case([[1.0], [2.0]], [False, False], "ab", "", answerable=False)
    first, second = (replace(both, judged=np.array(known)) for known in ([True, False], [False, True]))
    assert judged([first, second], np.ones(1)) == [second]


def test_an_unanswerable_case_is_never_right() -> None:
    cases = [case([[1.0]], [False], "a", "", answerable=False)] * 30
    assert fit_belief(cases, np.ones(1)).sum() < -2


def test_ranks_by_hand() -> None:
    order = np.ones(1)
    first = case([[1.0], [3.0], [2.0]], [False] * 3, "abc", "b")
    second = case([[3.0], [2.0], [1.0]], [False] * 3, "aab", "b")  # b is the second article, not the third
    unread = case([[1.0]], [False], "a", "z")
    lost = case([[1.0]], [False], "a", "x")
    found = ranks([first, second, unread, lost], order)
    assert found == {"MRR@10": (1 + 0.5 + 0.5 + 0) / 4, "hit@1": 0.25, "hit@10": 0.75}


def test_written_cases_weigh_as_much_as_the_news_and_two_in_three_can_be_answered() -> None:
    yes = case([[1.0]], [True], "a", "a")
    no = case([[1.0]], [False], "a", "a", answerable=False)
    weighed = balanced([yes, no, no, no, no, no, yes, yes], [yes] * 18)
    assert sum(each.weight for each in weighed) == pytest.approx(18)
    assert sum(each.weight for each in weighed if each.answerable) == pytest.approx(12)
    assert [each.weight for each in weighed if each.answerable] == pytest.approx([4.0] * 3)
