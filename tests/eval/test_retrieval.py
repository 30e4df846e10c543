"""Measures of retrieval against hand-worked cases and against scikit-learn."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, recall_score, top_k_accuracy_score

from eval.errors import EvalError
from eval.retrieval import answer_recall, per_question

ARTICLES = [f"a{i}" for i in range(40)]


def test_a_hand_worked_ranking() -> None:
    gold = {"q": ["b", "d", "z"]}
    found = per_question(gold, {"q": ["a", "b", "c", "d", "e"]})
    assert found["MRR@10"]["q"] == pytest.approx(1 / 2)
    assert found["hit@1"]["q"] == 0
    assert found["hit@5"]["q"] == found["hit@10"]["q"] == 1
    assert found["recall@5"]["q"] == found["recall@10"]["q"] == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["nDCG@10"]["q"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)


def test_a_gold_article_past_the_tenth_counts_for_nothing() -> None:
    found = per_question({"q": ["a12"]}, {"q": ARTICLES})
    assert all(values["q"] == 0 for values in found.values())


def test_a_question_without_any_result_is_zero_and_not_left_out() -> None:
    found = per_question({"q": ["a"], "r": ["a"]}, {"q": [], "r": ["a"]})
    assert all(values == {"q": 0.0, "r": 1.0} for values in found.values())


def test_no_question_may_vanish() -> None:
    with pytest.raises(EvalError, match="lost"):
        per_question({"q": ["a"], "lost": ["a"]}, {"q": ["a"]})


def test_against_scikit_learn() -> None:
    """Twenty random rankings of forty articles; each measure by another's code."""
    chance = random.Random(7)
    for _ in range(20):
        ranked = chance.sample(ARTICLES, 40)
        gold = chance.sample(ARTICLES, chance.randint(1, 6))
        scores = np.array([[-ranked.index(a) for a in ARTICLES]], dtype=float)
        truth = np.array([[float(a in gold) for a in ARTICLES]])
        found = {name: values["q"] for name, values in per_question({"q": gold}, {"q": ranked}).items()}
        assert found["nDCG@10"] == pytest.approx(ndcg_score(truth, scores, k=10))
        for k in (5, 10):
            among = np.array([float(a in ranked[:k]) for a in ARTICLES])
            assert found[f"recall@{k}"] == pytest.approx(recall_score(truth[0], among))
        first = min(gold, key=ranked.index)
        one = np.array([[float(a == first) for a in ARTICLES]])
        reciprocal = label_ranking_average_precision_score(one, scores)  # of one label it is 1 / its rank
        assert found["MRR@10"] == pytest.approx(reciprocal if ranked.index(first) < 10 else 0)
        for k in (1, 5, 10):
            hit = top_k_accuracy_score([ARTICLES.index(first)], scores, k=k, labels=list(range(len(ARTICLES))))
            assert found[f"hit@{k}"] == hit


def test_answer_recall_looks_at_the_first_k_passages() -> None:
    assert [answer_recall((False, False, True), k) for k in (1, 2, 3, 9)] == [0, 0, 1, 1]
    assert answer_recall((), 5) == 0
