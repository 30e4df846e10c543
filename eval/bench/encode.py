"""Passages a second: sentence-transformers as it comes against Askive's encoder, in turn, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from archive.types import Article
from embeddings.chunk import embedded_text, split
from embeddings.encoder import load_encoder
from embeddings.export import model_folder
from embeddings.types import Vectors
from eval.bench.record import Round
from eval.types import EvalQuestion

PASSAGES = 384


def texts_of(articles: Sequence[Article]) -> tuple[list[str], list[str]]:
    """Return what is encoded of each passage, and its article's id."""
    found = [(embedded_text(a, a.text[start:end]), a.id) for a in articles for start, end in split(a)]
    return [text for text, _ in found], [article for _, article in found]


def encode(articles: Sequence[Article], questions: Sequence[EvalQuestion], cache: Path, runs: int) -> Round:
    """Return passages a second of both, medians of `runs` taken in turn, and what the difference does to hit@10.

    hit@10 is exact dense search over the passages of `articles`, each side with passages and questions of its own.
    """
    from sentence_transformers import SentenceTransformer

    texts, owners = texts_of(articles)
    few = texts[:: max(1, len(texts) // PASSAGES)][:PASSAGES]
    model = SentenceTransformer(str(model_folder()), device="cpu")
    ours = load_encoder(cache=cache)

    def theirs(given: list[str]) -> Vectors:
        vectors: Vectors = model.encode(given, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    ways: dict[str, Callable[[list[str]], Vectors]] = {"sentence-transformers": theirs, "askive": ours.encode}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way(few[:32])
    for _ in range(runs):
        for name, way in ways.items():
            began = time.perf_counter()
            way(few)
            spent[name].append(time.perf_counter() - began)
    rate = {name: round(len(few) / median(seconds), 1) for name, seconds in spent.items()}
    asked = [each for each in questions if set(each.gold) & set(owners)]
    hits, made = {}, {}
    for name, way in ways.items():
        made[name] = way(texts)
        hits[name] = hit_at_10(made[name], way([each.question for each in asked]), owners, asked)
    cosines = (made["sentence-transformers"] * made["askive"]).sum(axis=1)
    return {
        "passages": len(few),
        "runs": runs,
        "path": getattr(ours, "runtime", ours.name),
        "rate": rate,
        "times": round(rate["askive"] / rate["sentence-transformers"], 2),
        "searched": len(texts),
        "questions": len(asked),
        "hit@10": hits,
        "worst cosine": round(float(cosines.min()), 6),
    }


def hit_at_10(passages: Vectors, asked: Vectors, owners: Sequence[str], questions: Sequence[EvalQuestion]) -> float:
    """Return the share of questions with a gold article among the articles of the ten nearest passages."""
    best = np.argsort(-(asked @ passages.T), axis=1)[:, :10]
    found = [not set(each.gold).isdisjoint(owners[i] for i in row) for each, row in zip(questions, best, strict=True)]
    return round(float(np.mean(found)), 4)
