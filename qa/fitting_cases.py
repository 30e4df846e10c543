"""Where the cases of `qa.fit` come from: a question set asked of an archive, and examples the reader was not shown."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from archive.ids import article_id
from archive.types import Article
from embeddings.types import Hit, Passage
from qa.evidence import told
from qa.fitting import Case
from qa.pipeline import RETRIEVED, TOP_K
from qa.question import understand
from qa.reader.examples import Example, contains_any, split_of
from qa.reader.negatives import Negatives, unanswerable_sets
from qa.rerank import features
from qa.retrieve import HybridRetriever
from qa.types import Question, Reader, Reading

NEGATIVES = 2  # unanswerable counterparts kept for each answerable example of the calibration split
# How much each of them counts: a confidence is a probability only for some share of questions that can be answered, and
# two in three is that of the news-quiz sets and of what readers ask of an archive they know.
UNANSWERABLE_WEIGHT = 0.25
SEED = 1


def from_questions(
    asked: Path, retriever: HybridRetriever, reader: Reader, sources: Sequence[str], dated: bool
) -> tuple[list[Case], list[Case]]:
    """Return the cases of the first and of the second half of a question set, asked with `as_of` where `dated`."""
    rows = sorted(map(json.loads, asked.read_text(encoding="utf-8").splitlines()), key=lambda row: str(row["id"]))
    halves: tuple[list[Case], list[Case]] = ([], [])
    for kind in (True, False):
        part = [row for row in rows if row["answerable"] is kind]
        for number, row in enumerate(part):
            day = date.fromisoformat(row["as_of"]) if dated else None
            question = understand(row["question"], as_of=day, known_sources=sources)
            hits = retriever.retrieve(question, RETRIEVED)
            gold = frozenset(article_id(str(url), None, "", None) for url in row["gold"])
            readings = _all(reader.read(question.standalone, hits[:TOP_K]))
            unread = tuple(hit.article.id for hit in hits[TOP_K:])
            halves[number >= len(part) // 2].append(
                _case(question, readings, tuple(row["answers"]), gold, kind, unread)
            )
            print(f"\rread {number + 1}/{len(part)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return halves


def from_examples(reader: Reader, examples: Sequence[Example]) -> list[Case]:
    """Return a case for every example of the calibration split and for NEGATIVES counterparts of each."""
    kept = [example for example in examples if split_of(example) == "calibration"]
    answerable = [example for example in kept if example.spans]
    against = [each for rows in unanswerable_sets(Negatives(kept), kept, SEED).values() for each in rows]
    against = random.Random(SEED).sample(against, min(len(against), NEGATIVES * len(answerable)))
    cases = [_of_example(reader, example) for example in [*answerable, *against]]
    return [case if case.answerable else replace(case, weight=UNANSWERABLE_WEIGHT) for case in cases]


def _of_example(reader: Reader, example: Example) -> Case:
    article = Article("x", None, example.title, example.text, _day(example.date), None)
    hit = Hit(Passage(0, "x", example.text, 0, len(example.text)), article, 1.0)
    readings = _all(reader.read(example.question, [hit]))
    answers = tuple(example.text[a:b] for a, b in example.spans)
    question = Question(example.question, example.question)
    return _case(question, readings, answers, frozenset("x"), bool(example.spans), ())


def _case(
    question: Question,
    readings: Sequence[Reading],
    answers: tuple[str, ...],
    gold: frozenset[str],
    answerable: bool,
    unread: tuple[str, ...],
) -> Case:
    right = [r.hit.article.id in gold and contains_any(_sentence(r), answers) for r in readings]
    return Case(
        np.array([features(question, r) for r in readings]),
        np.array([told(question, r) for r in readings]),
        np.array(right) & answerable,
        tuple(r.hit.article.id for r in readings),
        unread,
        gold,
        answerable,
    )


def _all(readings: Iterable[Reading]) -> list[Reading]:
    return [each for reading in readings for each in (reading, *reading.others)]


def _sentence(reading: Reading) -> str:
    return reading.hit.passage.text[reading.sentence_start : reading.sentence_end]


def _day(spoken: str) -> date | None:
    from archive.dates import read_date

    return read_date(spoken) if spoken else None
