"""A small archive of known articles, and an index over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from archive.types import Article

MakeArticle = Callable[..., Article]


@pytest.fixture
def make() -> MakeArticle:
    def article(
        name: str,
        text: str,
        title: str = "",
        day: date | None = None,
        source: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> Article:
        return Article(name, f"https://news.example/{name}", title or name, text, day, source, (), tags)

    return article


@pytest.fixture
def news(make: MakeArticle) -> list[Article]:
    return [
        make("a", "China Eastern carried masks to Addis Ababa.", "Masks fly", date(2020, 3, 16), "BBC", ("aid",)),
        make(
            "b", "The masks reached Rome on a charter flight.", "Rome", date(2020, 3, 20), "Reuters", ("aid", "italy")
        ),
        make("c", "Masks masks masks were sold at the market.", "Market", date(2021, 1, 5), "Reuters", ("trade",)),
        make("d", "A ferry sank near the harbour at dawn.", "Ferry", None, "BBC", ()),
        make("e", "The ferry company paid a fine of two million.", "Fine", date(2021, 6, 1), None, ("trade",)),
    ]
