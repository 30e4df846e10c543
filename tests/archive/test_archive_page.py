"""The saved archive page: what the browser did to it is undone by structure."""

from __future__ import annotations

import html
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.read import read
from archive.readers.archive_page import looks_like_archive_page, read_archive_page
from archive.types import Article, ReadFailure
from embeddings.chunk import split
from embeddings.tokens import count_tokens

PAGE = """Archive for ‘Boats’

01/04/2020

A boat\u00a0comes home

  • It was away for a year
The boat at the quay. Photo: A. Person
The boat at the quay. Photo: A. Person
The boat came home on Monday to the harbour of

Port Callow

, which had waited.

Who stole the ferry from Denholm?

It had sailed around the world. Its crew said they were tired of the sea and of

each other

(but not of the boat).

Storm sinks three yachts off the coast

9 Feb 2020

Are these the last of them?

WHAT NOW

Nobody knows.

Source: Harbour News

29/07/2019

A second piece

It is short.

Source: The Paper

A blog about boats
"""


def articles(text: str) -> list[Article]:
    return [item for item in read_archive_page(text, "page") if isinstance(item, Article)]


def test_each_article_has_its_title_date_and_source() -> None:
    assert [(a.title, a.published, a.source) for a in articles(PAGE)] == [
        ("A boat comes home", date(2020, 4, 1), "Harbour News"),
        ("A second piece", date(2019, 7, 29), "The Paper"),
    ]


def test_links_are_joined_captions_kept_once_and_teasers_dropped() -> None:
    assert articles(PAGE)[0].text.split("\n\n") == [
        "It was away for a year",
        "The boat at the quay. Photo: A. Person",
        "The boat came home on Monday to the harbour of Port Callow, which had waited.",
        "It had sailed around the world. Its crew said they were tired of the sea and of each other "
        "(but not of the boat).",
        "Are these the last of them?",
        "WHAT NOW",
        "Nobody knows.",
    ]


def test_a_caption_in_other_quotes_is_the_same_caption() -> None:
    first, second = "quay’s edge. Photo: A. Person", "quay's edge. Photo: A. Person"
    page = PAGE.replace("quay. Photo: A. Person", first, 1).replace("quay. Photo: A. Person", second, 1)
    assert first in page
    assert second in page
    assert articles(page)[0].text.count("Photo:") == 1


def test_an_article_without_a_body_is_named_and_the_rest_is_kept() -> None:
    found = list(read_archive_page("01/01/2020\n\nOnly a title\n\nSource: X\n\n02/01/2020\n\nT\n\nBody.\n", "page"))
    assert isinstance(found[0], ReadFailure)
    assert "Only a title" in found[0].reason
    assert isinstance(found[1], Article)


@pytest.mark.parametrize(
    ("day", "expected"), [("29/07/2019", date(2019, 7, 29)), ("07/29/2019", date(2019, 7, 29)), ("41/41/2019", None)]
)
def test_dates_are_day_first_where_that_can_be(day: str, expected: date | None) -> None:
    assert articles(f"{day}\n\nTitle\n\nBody text here.\n\nSource: X\n")[0].published == expected


def test_plain_prose_is_no_archive_page() -> None:
    assert not looks_like_archive_page("It was a dark night.\n\nOn 01/02/2020 it rained.\n")


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    for item in read_archive_page("01/01/2020\n\nTitle\n\n" + text, "page"):
        assert isinstance(item, Article | ReadFailure)


TEASERS = (
    "Bollywood",
    "Ponzi",
    "Hong Kong and Indian protesters",
    "Mumbai’s slums",
    "doors to America",
    "iron curtain",
    "mass lay-offs",
    "e-commerce battle",
    "Oyo is succeeding",
    "Here’s why",
    "do it again",
    "fear and loathing",
)


def test_the_shared_page(archive_page: Path) -> None:
    found = [item for item in read(archive_page) if isinstance(item, Article)]
    assert [(a.published.isoformat() if a.published else "", a.source) for a in found] == [
        ("2020-04-01", "SCMP"),
        ("2020-03-16", "The BBC"),
        ("2019-07-29", "SCMP"),
        ("2019-07-04", "SCMP"),
        ("2019-05-26", "Reuters"),
    ]
    for article in found:
        paragraphs = article.text.split("\n\n")
        assert len(set(paragraphs)) == len(paragraphs)
        assert not any(teaser in article.text for teaser in TEASERS)
        assert "continuously updated" not in article.text
    whole = "\n".join(a.text for a in found)
    for kept in ("Are these fears justified", "uncertain fate overseas?", "India’s affordable", "WHY INDIA?"):
        assert kept in whole


def test_the_shared_page_as_html(archive_page: Path, tmp_path: Path) -> None:
    told = list(read(archive_page))
    rows = [html.escape(row) for row in archive_page.read_text().split("\n")]
    for name, body in (("p", "".join(f"<p>{row}</p>" for row in rows)), ("br", "<br>".join(rows))):
        file = tmp_path / f"{name}.html"
        file.write_text(f"<!DOCTYPE html><html><head><title>Archive</title></head><body>{body}</body></html>")
        assert list(read(file)) == told


def test_every_passage_of_the_shared_page_is_a_slice_of_its_text(archive_page: Path) -> None:
    for article in read(archive_page):
        assert isinstance(article, Article)
        spans = split(article)
        between = [article.text[a:b] for (_, a), (b, _) in pairwise([(0, 0), *spans, (len(article.text),) * 2])]
        assert "".join(between).strip() == ""  # nothing of the text is outside the passages
        assert all(a < b for a, b in spans)
        assert max(count_tokens([article.text[a:b] for a, b in spans])) <= 200
