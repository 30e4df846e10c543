"""Fusion by hand."""

from __future__ import annotations

import math

import pytest

from embeddings.fuse import COMPANY, fuse, in_company, plain_rrf


def test_rrf_sums_reciprocal_ranks() -> None:
    assert plain_rrf([[7, 8], [8]]) == pytest.approx({7: 1 / 61, 8: 1 / 62 + 1 / 61})


def test_scores_are_mixed_by_article() -> None:
    fused = fuse({1: 0.8, 2: 0.4, 3: 0.6}, {2: 10.0, 3: 5.0}, {1: "a", 2: "b", 3: "c"}, weight=0.6)
    assert fused == pytest.approx({1: 0.48, 2: 0.24 + 0.4, 3: 0.36 + 0.2})


def test_an_articles_best_cosine_and_best_bm25_count_together() -> None:
    fused = fuse({1: 0.9, 2: 0.5, 3: 0.8}, {2: 4.0, 3: 2.0}, {1: "a", 2: "a", 3: "b"}, weight=0.5)
    both = 0.5 * 0.9 + 0.5 * 1.0  # the article's, whichever passage it is from
    assert fused[1] == pytest.approx(0.4 * both + 0.6 * 0.5 * 0.9)
    assert fused[2] == pytest.approx(0.4 * both + 0.6 * (0.5 * 0.5 + 0.5 * 1.0))
    assert fused[3] == pytest.approx(0.5 * 0.8 + 0.5 * 0.5)


def test_nothing_and_less_than_nothing() -> None:
    assert fuse({}, {}, {}) == {}
    assert fuse({5: -0.3}, {}, {5: "a"}) == {5: 0.0}


def test_company_in_time_is_the_density_of_the_other_articles() -> None:
    scores, days = {"a": 0.8, "b": 0.6, "c": 0.5, "undated": 0.9}, {"a": 100, "b": 103, "c": 130}
    near, far, farther = math.exp(-3 / 3), math.exp(-30 / 3), math.exp(-27 / 3)
    density = {
        "a": 0.36 * near + 0.25 * far,
        "b": 0.64 * near + 0.25 * farther,
        "c": 0.64 * far + 0.36 * farther,
    }
    most = max(density.values())
    assert in_company(scores, days) == pytest.approx({a: value / most for a, value in density.items()})


def test_company_lifts_what_stands_among_the_best_and_never_by_more_than_its_weight() -> None:
    cosines, articles = {1: 0.5, 2: 0.5, 3: 0.52}, {1: "a", 2: "b", 3: "c"}
    alone = fuse(cosines, {}, articles)
    beside = fuse(cosines, {}, articles, {"a": 100, "b": 101, "c": 300})
    assert max(alone, key=lambda p: alone[p]) == 3
    assert beside[1] > beside[3]
    assert all(alone[p] <= beside[p] <= alone[p] + COMPANY for p in alone)


@pytest.mark.parametrize("days", [{}, {"a": 100}])
def test_one_dated_article_or_none_has_no_company(days: dict[str, int]) -> None:
    assert fuse({1: 0.5, 2: 0.4}, {}, {1: "a", 2: "b"}, days) == fuse({1: 0.5, 2: 0.4}, {}, {1: "a", 2: "b"})
