"""Where the cases of `qa.fit` come from: three sets of questions, each asked of its archive."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from archive.ids import article_id
from embeddings.ingest import ingest
from embeddings.types import Encoder, Hit
from qa.agreement import agreed, same_answers
from qa.evidence import told
from qa.fitting import Case
from qa.pipeline import RETRIEVED, TOP_K, read_hits
from qa.question import understand
from qa.reader.data import news_articles
from qa.reader.examples import Example, Split, contains_any, normal, split_of
from qa.rerank import features, spread_out
from qa.retrieve import HybridRetriever
from qa.types import Question, Reader

# A confidence is a probability only for some share of questions that can be answered; two in three is that of the
# news-quiz sets and of what readers ask of an archive they know.
ANSWERABLE = 2 / 3
LEFT_OUT = 3


def archive_of_news(data: Path, home: Path, encoder: Encoder) -> None:
    """Make `home` the archive that the written questions are asked of; what it holds already is not made again."""
    _archive(news_articles(data).values(), home, encoder)


def archive_of_passages(examples: Iterable[Example], home: Path, encoder: Encoder) -> None:
    """Make `home` an archive of the examples' passages, less the public ones that are left out.

    What it holds already is not made again.
    """
    texts = {passage_url(each.text): each for each in examples if not left_out(each)}
    _archive(({"url": url, "title": each.title, "text": each.text} for url, each in texts.items()), home, encoder)


def _archive(rows: Iterable[Mapping[str, Any]], home: Path, encoder: Encoder) -> None:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        ingest([source], home, encoder=encoder)


def passage_url(text: str) -> str:
    return f"https://passages.invalid/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def left_out(example: Example) -> bool:
    """Whether the passage of a question that people asked is not to be in the archive: every third of those held out.

    What they ask is then what an archive does not hold, with what it holds instead.
    """
    if example.source != "nq" or split_of(example) == "train":
        return False
    return hashlib.sha256(f"left out {example.key}".encode()).digest()[0] % LEFT_OUT == 0


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
            case = _case(question, hits, reader, tuple(row["answers"]), gold, kind)
            halves[number >= len(part) // 2].append(case)
            print(f"\rread {number + 1}/{len(part)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return halves


def from_written(
    examples: Iterable[Example], split: Split, retriever: HybridRetriever, reader: Reader, sources: Sequence[str]
) -> list[Case]:
    """Return the cases of one split of the written questions, asked of an archive of the articles they are on.

    Only what brings its own article among the hits that are read: of the others too many do not say what they are
    about ("What was the final score?"), which is not for the order or the confidence to mend. And nothing that asks for
    a list: of a list any part is right, and so many are written that they would outweigh what is asked more often.
    """
    cases = []
    for example, question, hits in _asked("written", examples, split, retriever, sources):
        own = article_id(example.key, None, "", None)
        if question.intent != "list" and own in {hit.article.id for hit in hits[:TOP_K]}:
            gold, answerable = frozenset([own]), bool(example.spans)
            cases.append(_case(question, hits, reader, example.answers, gold, answerable, example.text))
    return cases


def from_public(examples: Iterable[Example], split: Split, retriever: HybridRetriever, reader: Reader) -> list[Case]:
    """Return the cases of one split of public questions, asked of an archive of their passages.

    A question whose passage is left out, while what is read says its answer all the same, is no case.
    """
    cases = []
    for example, question, hits in _asked("public", examples, split, retriever):
        own = frozenset([article_id(passage_url(example.text), None, "", None)])
        answers = example.answers or tuple(example.text[start:end] for start, end in example.spans)
        absent = left_out(example)
        if not (absent and any(contains_any(hit.passage.text, answers) for hit in hits[:TOP_K])):
            inside = None if absent else example.text
            cases.append(_case(question, hits, reader, answers, own, bool(example.spans) and not absent, inside))
    return cases


def _asked(
    name: str, examples: Iterable[Example], split: Split, retriever: HybridRetriever, sources: Sequence[str] = ()
) -> Iterator[tuple[Example, Question, list[Hit]]]:
    """Yield the examples of a split, each with its question as understood and what it brings."""
    for number, example in enumerate((each for each in examples if split_of(each) == split), 1):
        question = understand(example.question, known_sources=sources)
        yield example, question, retriever.retrieve(question, RETRIEVED)
        print(f"\r{name}: {number} asked", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def balanced(cases: Sequence[Case], news: Sequence[Case]) -> list[Case]:
    """Weigh cases: all together as much as the news, and ANSWERABLE of it those that can be answered."""
    answerable = sum(case.answerable for case in cases)
    each = {
        True: len(news) * ANSWERABLE / max(1, answerable),
        False: len(news) * (1 - ANSWERABLE) / max(1, len(cases) - answerable),
    }
    return [replace(case, weight=each[case.answerable]) for case in cases]


def _case(
    question: Question,
    hits: Sequence[Hit],
    reader: Reader,
    answers: tuple[str, ...],
    gold: frozenset[str],
    answerable: bool,
    inside: str | None = None,
) -> Case:
    """What was read. `inside` is the only text that is known not to answer, if the question is not answerable."""
    readings = spread_out(read_hits(reader, question, hits[:TOP_K]))
    readings = agreed(readings, same_answers(question, readings))
    right = [r.hit.article.id in gold and contains_any(r.sentence, answers) for r in readings]
    # News repeats itself: an accepted answer, read in an article that is not the question's own, is one too.
    said = [contains_any(r.span, answers) for r in readings]
    return Case(
        np.array([features(question, r) for r in readings]),
        np.array([told(question, r) for r in readings]),
        np.array(right) & answerable,
        (np.array(right) | np.array(said)) & answerable,
        np.array([answerable or inside is None or normal(r.sentence) in normal(inside) for r in readings]),
        tuple(r.hit.article.id for r in readings),
        tuple(hit.article.id for hit in hits[TOP_K:]),
        gold,
        answerable,
    )
