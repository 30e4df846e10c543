"""Two lists made one: plain reciprocal-rank fusion (the baseline), and the score mix that is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

RRF_K = 60  # Cormack, Clarke and Buettcher 2009
# Of cosine against BM25. On the first half of news-2022 without `as_of` MRR@10 falls slowly, 0.809 at 0.2 to 0.793 at
# 0.5, as hit@5 rises, 0.907 to 0.917 (embeddings.tune prints it); the middle is taken.
DENSE_WEIGHT = 0.4
# Company in time (`in_company`). On the first half of news-2022 without `as_of` MRR@10 and hit@5 are 0.797 and 0.907
# without it, 0.801 and 0.917 with it (decision 0050).
COMPANY = 0.1
COMPANY_ARTICLES = 10
COMPANY_DAYS = 3.0
OWN = 0.6  # of a passage's own score against its article's; news-2022, first half: most answers among the ten read


def plain_rrf(lists: Sequence[Sequence[int]]) -> dict[int, float]:
    """Return the sum over lists of 1 / (60 + rank) for each passage."""
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, passage in enumerate(ranked, 1):
            scores[passage] = scores.get(passage, 0.0) + 1.0 / (RRF_K + rank)
    return scores


def fuse(
    cosines: Mapping[int, float],
    bm25: Mapping[int, float],
    articles: Mapping[int, str],
    days: Mapping[str, int] | None = None,
    *,
    weight: float = DENSE_WEIGHT,
    company: float = COMPANY,
) -> dict[int, float]:
    """Return the fused score of each passage that has a cosine, in [0, 1 + company].

    A mix is weight * cosine + (1 - weight) * BM25, where BM25 is scaled by the best candidate's and is 0 where the
    lexical half did not return the passage; a negative cosine counts as 0. Unlike ranks, scores keep how far ahead
    the first is. A passage has its article's mix, of the best cosine and the best BM25 among the article's passages
    (`articles` by passage id), since the words of a question are often spread over two of them; its own mix, by
    OWN, orders them too. `days` (ordinals by article id, dated ones only) adds `company` * `in_company`.
    """
    top = max(bm25.values(), default=0.0) or 1.0
    near = {p: max(0.0, c) for p, c in cosines.items()}
    said = {p: bm25.get(p, 0.0) / top for p in cosines}
    nearest: dict[str, float] = {}
    most: dict[str, float] = {}
    for passage in cosines:
        article = articles[passage]
        nearest[article] = max(nearest.get(article, 0.0), near[passage])
        most[article] = max(most.get(article, 0.0), said[passage])
    mixed = {a: weight * nearest[a] + (1 - weight) * most[a] for a in nearest}
    beside = in_company(mixed, days) if days and company else {}
    return {
        p: (1 - OWN) * mixed[articles[p]]
        + OWN * (weight * near[p] + (1 - weight) * said[p])
        + company * beside.get(articles[p], 0.0)
        for p in cosines
    }


def in_company(scores: Mapping[str, float], days: Mapping[str, int]) -> dict[str, float]:
    """Return in [0, 1] how much of what else was found best was published about the same day, by article.

    News comes in bursts: what answers a question stands among other pieces on the same event. The density of the best
    articles over time, each weighed by its squared score, under an exponential kernel, the article's own part left
    out, and scaled by the largest (temporal feedback: Efron, Lin, He and de Vries 2014). Undated articles have 0.
    """
    best = sorted((a for a in scores if a in days), key=lambda a: (-scores[a], a))[:COMPANY_ARTICLES]
    when = np.array([days[a] for a in best], dtype=float)
    weights = np.array([scores[a] ** 2 for a in best])
    density = {
        a: float(weights @ np.exp(-np.abs(when - days[a]) / COMPANY_DAYS) - (scores[a] ** 2 if a in best else 0.0))
        for a in scores
        if a in days
    }
    most = max(density.values(), default=0.0)
    return {a: value / most for a, value in density.items()} if most > 0 else {}
