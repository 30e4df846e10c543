"""Hits and readings over a small archive of our own."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest

from archive.types import Article
from embeddings.types import Hit, Passage
from qa.types import Reading

TEXT = (
    "The ferry Ardent was built by Marrow Yards in Denholm. It carries 60 passengers.\n\n"
    "A ticket costs 3 pounds. The boat is not fast."
)
MakeReading = Callable[..., Reading]


@pytest.fixture
def make_reading() -> MakeReading:
    def make(
        answer: str, *, text: str = TEXT, id: str = "a", day: date | None = date(2024, 3, 12), p: float = 0.9
    ) -> Reading:
        article = Article(id, f"https://x.example/{id}", f"Title {id}", text, day, "Herald")
        passage = Passage(ord(id[0]), id, text, 0, len(text))
        start = text.index(answer)
        first = max(text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0, text.rfind("\n", 0, start) + 1)
        last = text.index(".", start) + 1
        hit = Hit(passage, article, 0.5, {})
        return Reading(hit, start, start + len(answer), first, last, score=math.log(p / (1 - p)), answerable=p)

    return make
