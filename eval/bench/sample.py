"""The articles and questions that are measured with: real ones first, and changed copies where those run out."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from archive.ids import article_id
from archive.read import read
from archive.types import Article
from eval.questions import load
from eval.types import EvalQuestion

CHANGED = 0.3  # share of the words of a copy that are others of the archive: no near-duplicate of its original
_WORD = re.compile(r"[^\W\d_]{4,}")
Row = dict[str, Any]


def rows(news: Path, count: int, questions: list[EvalQuestion]) -> list[Row]:
    """Return the first `count` articles as JSON rows, those that answer questions before the others."""
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        every = [json.loads(line) for line in lines]
    place = {article: number for number, each in enumerate(questions) for article in reversed(each.gold)}
    every.sort(key=lambda row: place.get(article_id(row["url"], None, "", None), len(questions)))
    return every[:count]


def grown(real: list[Row], count: int) -> Iterator[Row]:
    """Yield `count` rows: the real ones, then copies of them under other addresses with a share of words changed."""
    yield from real[:count]
    words = sorted({word for row in real[:500] for word in _WORD.findall(row["text"])})
    for number, row in enumerate(islice(cycle(real), max(0, count - len(real)))):
        chance = random.Random(number)

        def swap(found: re.Match[str], chance: random.Random = chance) -> str:
            return chance.choice(words) if chance.random() < CHANGED else found[0]

        changed = {name: _WORD.sub(swap, row[name]) for name in ("title", "text")}
        yield {**row, **changed, "url": f"{row['url']}?copy={number}"}


def write(path: Path, found: Iterator[Row] | list[Row]) -> Path:
    """Write rows as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in found)
    return path


def articles(path: Path) -> list[Article]:
    """Return the articles of a JSON Lines file as an ingest reads them."""
    return [each for each in read(path, "jsonl") if isinstance(each, Article)]


def answerable(path: Path) -> list[EvalQuestion]:
    """Return the questions of a set that have an answer in its archive."""
    return [each for each in load(path).questions if each.answerable and each.gold]
