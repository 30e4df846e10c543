"""Changing the archive of a running service: through the same ingest as the command line, under the writer's lock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.service import Service
from archive.errors import AskiveError
from archive.readers.jsonl import read_record
from archive.types import Article
from embeddings.delete import delete_articles
from embeddings.ingest import IngestReport, ingest


class ArticleError(AskiveError):
    """An article that is none: nothing to read in it, or no date where one is said to be."""


@dataclass(frozen=True, slots=True)
class Added:
    """The ids of the articles given, in their order, and what became of them."""

    ids: tuple[str, ...]
    report: IngestReport


def add_articles(service: Service, records: Sequence[Mapping[str, Any]]) -> Added:
    """Add or replace articles; an article is the one kept with the same URL, else of the same source, title and day.

    All are sound or none is taken: ArticleError names the first that is not. When this returns they are committed and
    indexed, and the next question is asked of them. Raises StoreError, IndexLockedError, IndexWriteError.
    """
    articles = [_sound(number, record) for number, record in enumerate(records)]
    with TemporaryDirectory(prefix="askive-") as place:
        lines = Path(place, "articles.jsonl")
        lines.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        settings = service.settings
        placement = settings.placement()
        report = ingest([lines], settings.home, encoder=service.encoder, format="jsonl", placement=placement)
    service.refresh()
    return Added(tuple(article.id for article in articles), report)


def _sound(number: int, record: Mapping[str, Any]) -> Article:
    article = read_record(record, f"articles.{number}", {})
    if not isinstance(article, Article):
        raise ArticleError(f"{article.origin}: {article.reason}")
    return article


def delete_article(service: Service, article_id: str) -> bool:
    """Delete an article from the store and the index; False when there is none. Raises as add_articles does."""
    settings = service.settings
    gone = delete_articles([article_id], settings.home, encoder=service.encoder, placement=settings.placement())
    service.refresh()
    return bool(gone)
