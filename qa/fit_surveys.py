"""Fit what a digest is chosen by, and how sure it is, on topics whose passages were judged.

    python -m qa.fit_surveys HOME examples/questions/surveys-2022.jsonl

HOME holds news-2022. A line of the set is a topic: `judged` are passages that were found for it, each with `told`, 2
where it tells something of the topic that belongs in a digest, 1 where it touches it, 0 where it does not; `sentences`
are those that could stand in one. Of a topic that no article tells of no passage tells. What is printed beside the
weights is of questions left out of the fit, in ten parts.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import load_encoder
from qa.assemble import DEFAULT_THRESHOLD
from qa.calibration import logit
from qa.digest import SURVEYED, topical
from qa.fit import opened
from qa.fitting import Floats, logistic
from qa.fitting_cases import ANSWERABLE
from qa.reader.measure import auroc
from qa.reader.runtime import load_reader
from qa.relevance import Relevance, Sureness, asked_of, features
from qa.retrieve import HybridRetriever
from qa.types import Question, Reader, Reading

TOUCHES = 0.25  # what a passage counts that only touches the topic
IN_VAIN = 0.1  # of the topics that are not told of, how many may be at the default threshold
FOLDS = 10
SEED = 1


@dataclass(frozen=True, slots=True)
class Topic:
    """What was read for one: `rows` (passages, Relevance), `told` (passages,) as judged; `sentences`: is each right."""

    rows: Floats
    told: Floats
    answerable: bool
    sentences: tuple[bool, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("topics", type=Path, metavar="SURVEYS.jsonl")
    options = parser.parse_args()
    encoder, reader = load_encoder(cache=options.home / "models"), load_reader()
    rows = [json.loads(line) for line in options.topics.read_text(encoding="utf-8").splitlines()]
    with opened(options.home, encoder) as (_, retriever):
        read = [_read(row, retriever, reader) for row in rows]
    topics = [each for each in read if not each.answerable or (each.told == 2).any()]
    weights, line = _fit(topics)
    print("relevance", dict(zip(Relevance.__dataclass_fields__, np.round(weights, 3).tolist(), strict=True)))
    print("sureness ", dict(zip(Sureness.__dataclass_fields__, np.round(line, 3).tolist(), strict=True)))
    _report(topics)
    return 0


def _read(row: dict[str, Any], retriever: HybridRetriever, reader: Reader) -> Topic:
    days = (date.fromisoformat(row[name]) if row.get(name) else None for name in ("as_of", "from", "to"))
    as_of, first, last = days
    question = Question(
        row["question"],
        row["question"],
        as_of=as_of,
        published_from=first,
        published_to=last,
        intent=row["kind"],
        topic=row["topic"],
    )
    judged = {(each["article"], each["start"]): each for each in row.get("judged", ())}
    found: list[tuple[Reading, dict[str, Any]]] = []
    for reading in topical(question, retriever.retrieve(question, SURVEYED)):
        as_judged = judged.get((reading.hit.article.id, reading.hit.passage.start))
        if as_judged or not row["answerable"]:
            found.append((reading, as_judged or {"told": 0}))
    answers = reader.read(asked_of(question.topic), [reading.hit for reading, _ in found])
    readings = [replace(r, answerable=a.answerable) for (r, _), a in zip(found, answers, strict=True)]
    told = np.array([each["told"] for _, each in found], dtype=np.float64)
    sentences = tuple(
        any(a <= r.hit.passage.start + r.start < b for a, b in each["sentences"])
        for r, each in found
        if each["told"] == 2
    )
    return Topic(np.array([features(question, r) for r in readings]), told, row["answerable"], sentences)


def _fit(topics: Sequence[Topic]) -> tuple[Floats, Floats]:
    """Return the weights of Relevance, and of Sureness."""
    x = np.concatenate([topic.rows for topic in topics])
    y = np.interp(np.concatenate([topic.told for topic in topics]), (0, 1, 2), (0, TOUCHES, 1))
    weights = logistic(x, y, np.ones(len(y)))
    best = np.array([[1.0, (topic.rows @ weights).max()] for topic in topics])
    true = np.array([float(topic.answerable) for topic in topics])
    share = true.mean()
    line = logistic(best, true, np.where(true == 1, ANSWERABLE / share, (1 - ANSWERABLE) / (1 - share)))
    sure = np.sort((best @ line)[true == 0])[::-1]
    line[0] -= max(0.0, float(sure[int(IN_VAIN * len(sure))]) - logit(DEFAULT_THRESHOLD))
    return weights, line


def _report(topics: Sequence[Topic]) -> None:
    order = list(range(len(topics)))
    random.Random(SEED).shuffle(order)
    odds = [np.zeros(0)] * len(topics)
    sure = np.zeros(len(topics))
    for fold in range(FOLDS):
        left_out = order[fold::FOLDS]
        weights, line = _fit([topics[at] for at in order if at not in left_out])
        for at in left_out:
            odds[at] = topics[at].rows @ weights
            sure[at] = line[0] + line[1] * odds[at].max()
    told, every = np.concatenate([topic.told for topic in topics]), np.concatenate(odds)
    yes = np.array([topic.answerable for topic in topics])
    taken, shown = every >= 0, sure >= logit(DEFAULT_THRESHOLD)
    right = [each for topic in topics for each in topic.sentences]
    figures = {
        "passages AUROC": auroc(every[told == 2].tolist(), every[told == 0].tolist()),
        "taken that tell": (told[taken] == 2).mean(),
        "taken that tell or touch": (told[taken] >= 1).mean(),
        "telling that are taken": taken[told == 2].mean(),
        "right sentence": sum(right) / len(right),
        "topics AUROC": auroc(sure[yes].tolist(), sure[~yes].tolist()),
        "told of": shown[yes].mean(),
        "told of in vain": shown[~yes].mean(),
    }
    print(" ".join(f"{name} {value:.3f}" for name, value in figures.items()), f"({yes.sum()} of {len(yes)} topics)")


if __name__ == "__main__":
    sys.exit(main())
