"""Hits made by hand, and a small set of examples that needs no shared data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from archive.types import Article
from embeddings.types import Hit, Passage
from qa.reader.examples import Example

MakeHit = Callable[..., Hit]


@pytest.fixture
def hit() -> MakeHit:
    def make(text: str, title: str = "", published: date | None = None) -> Hit:
        article = Article("a", None, title, text, published, None)
        return Hit(Passage(0, "a", text, 0, len(text)), article, 1.0)

    return make


@pytest.fixture
def golds() -> list[Example]:
    """Forty answerable examples of one form: "who founded firm N" of a passage that says so."""
    names = ["Anna", "Bruno", "Clara", "David", "Elena", "Felix", "Greta", "Henri"]
    made = []
    for n in range(40):
        founder, firm = f"{names[n % 8]} Number{n}", f"Firm{n:02d} Holdings"
        text = f"{firm} makes lamps. It was founded by {founder} in {1950 + n}. It has {n + 20} shops in Brazil."
        start = text.index(founder)
        span = ((start, start + len(founder)),)
        question = f"who founded {firm}"
        made.append(Example(question, firm, "", text, span, (founder,), "nq", "gold", question))
    return made
