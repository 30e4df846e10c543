"""Measures of retrieval, by ir-measures, over articles ranked by their best passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures
from ir_measures import RR, R, Success, nDCG

from eval.errors import EvalError

MEASURES: dict[str, Any] = {
    "MRR@10": RR @ 10,
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "nDCG@10": nDCG @ 10,
}
ANSWER_DEPTHS = (5, 10)  # passages; DPR's own are 20 and 100 of a hundred words each, out of 21 million


def per_question(gold: Mapping[str, Sequence[str]], ranked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Return each measure's value of each question: {measure: {question: value}}.

    With gold articles G and the first k ranked articles A_k: MRR@10 is 1 / the rank of the first of G, 0 past 10
    (Voorhees 1999); hit@k is 1 where G meets A_k; recall@k is |G and A_k| / |G|; nDCG@10 is the sum over gold ranks r
    of 1 / log2(r + 1), by what a perfect ranking would have (Jarvelin and Kekalainen 2002, binary gain). Raises
    EvalError unless both name the same questions: none may vanish.
    """
    if set(gold) != set(ranked):
        raise EvalError(f"the run and the gold differ in questions: {sorted(set(gold) ^ set(ranked))[:3]}")
    qrels = {q: dict.fromkeys(articles, 1) for q, articles in gold.items()}
    run = {q: {a: float(-i) for i, a in enumerate(articles)} for q, articles in ranked.items()}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(gold, 0.0) for name in MEASURES}
    names = {str(measure): name for name, measure in MEASURES.items()}
    for found in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[names[str(found.measure)]][found.query_id] = float(found.value)
    return values


def answer_recall(held: Sequence[bool], k: int) -> float:
    """Return 1 if one of the first k passages holds an accepted answer (Karpukhin et al. 2020, DPR), else 0."""
    return float(any(held[:k]))
