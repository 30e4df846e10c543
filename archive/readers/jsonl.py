"""JSON Lines (or one JSON array): an article an object, with a map for the names of its fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from archive.dates import read_date
from archive.ids import article_id, host_of, id_of_key
from archive.text import line, paragraphs
from archive.types import Article, ReadFailure

# The names a field goes by in the wild, first found first taken; `fields` of the caller come before them.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "link", "permalink", "canonical_url"),
    "title": ("title", "headline", "name"),
    "text": ("text", "body", "content", "article", "maintext"),
    "published": ("published", "date", "published_at", "date_publish", "publish_date", "datePublished", "pubDate"),
    "source": ("source", "site", "publisher", "source_domain", "outlet"),
    "authors": ("authors", "author", "byline"),
    "tags": ("tags", "categories", "keywords", "section"),
    "language": ("language", "lang"),
    "id": ("id", "_id"),  # names an article that has no URL; BEIR's corpora have nothing else, and often no title
}


def read_jsonl(
    lines: Iterable[str | ReadFailure], origin: str, fields: Mapping[str, str] | None = None
) -> Iterator[Article | ReadFailure]:
    """Yield an article a line; a line that is no article is a failure with its number, and the rest is kept."""
    for number, row in enumerate(lines, 1):
        if isinstance(row, ReadFailure):
            yield row
            continue
        if not row.strip():
            continue
        try:
            record = json.loads(row)
        except (ValueError, RecursionError) as error:
            yield ReadFailure(f"{origin}:{number}", f"not JSON: {str(error)[:120]}")
            continue
        for each in record if isinstance(record, list) else [record]:
            yield read_record(each, f"{origin}:{number}", fields or {})


def read_record(record: Any, origin: str, fields: Mapping[str, str]) -> Article | ReadFailure:
    """Return the article of one object of named fields, or why it is none."""
    if not isinstance(record, dict):
        return ReadFailure(origin, f"expected an object, found {type(record).__name__}")
    values = {name: _value(record, name, aliases, fields) for name, aliases in ALIASES.items()}
    title, text = line(_string(values["title"])), paragraphs(_string(values["text"]))
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    url = line(_string(values["url"])) or None
    published = read_date(values["published"])
    source = line(_string(values["source"])) or host_of(url)
    language = line(_string(values["language"]))[:16] or None
    key = line(_string(values["id"]))
    return Article(
        id_of_key(key) if key and not url else article_id(url, source, title, published),
        url,
        title,
        text,
        published,
        source,
        _names(values["authors"]),
        _names(values["tags"]),
        language,
    )


def _value(record: Mapping[str, Any], name: str, aliases: tuple[str, ...], fields: Mapping[str, str]) -> Any:
    wanted = (fields[name],) if name in fields else aliases
    return next((record[key] for key in wanted if record.get(key) not in (None, "")), None)


def _string(value: Any) -> str:
    if isinstance(value, dict):  # schema.org's {"@type": "Organization", "name": ...}
        value = value.get("name") or ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float | date) else ""  # what is nested deeper says nothing of itself


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _string(value).split(",") if value else []
    return tuple(name for name in (line(_string(item)) for item in items) if name)
