"""JSON Lines, or one JSON document of articles: an article an object, with a map for the names of its fields."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from archive.dates import read_date
from archive.ids import article_id, host_of, id_of_key
from archive.readers.html_blocks import html_text
from archive.text import line, paragraphs
from archive.types import Article, ReadFailure

# The names a field goes by in the wild, first found first taken; `fields` of the caller come before them.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "link", "permalink", "canonical_url"),
    "title": ("title", "headline", "name"),
    "text": ("text", "body", "content", "article", "maintext", "plaintext", "html", "content_html", "content_text"),
    "published": (
        *("published", "date", "published_at", "date_publish", "publish_date", "date_published"),
        *("datePublished", "publishedAt", "pubDate"),
    ),
    "source": ("source", "site", "publisher", "source_domain", "outlet"),
    "authors": ("authors", "author", "byline"),
    "tags": ("tags", "categories", "keywords", "section"),
    "language": ("language", "lang"),
    "id": ("id", "_id"),  # names an article that has no URL; BEIR's corpora have nothing else, and often no title
}

# Where a document keeps its articles: news services, the content APIs of blogs, JSON Feed (https://jsonfeed.org).
_HOLDING = ("articles", "posts", "items", "results")

_NOT_PUBLIC = {"draft", "auto-draft", "private", "hidden", "pending", "future", "trash"}  # WordPress's and Pelican's
# What HTML ends with, or has alone; "<" and "&" by themselves are also plain text's.
_MARKUP = re.compile(
    r"</(?:a|abbr|article|b|blockquote|center|cite|code|d[dlt]|del|div|em|fig(?:ure|caption)|font|h[1-6]|i|ins|li|mark|"
    r"[ou]l|p|pre|q|s|script|section|small|span|strong|style|su[bp]|t(?:able|body|[dhr]|ime)|u)\s*>|<br\s*/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.IGNORECASE)


def read_jsonl(
    lines: Iterable[str | ReadFailure], origin: str, fields: Mapping[str, str] | None = None
) -> Iterator[Article | ReadFailure]:
    """Yield an article a line; a line that is no article is a failure with its number, and the rest is kept."""
    fields = fields or {}
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
        for each in _records(record, fields):
            if is_public(each):
                yield read_record(each, f"{origin}:{number}", fields)


def _records(document: Any, fields: Mapping[str, str]) -> list[Any]:
    """The articles of a JSON document: a list, an object that holds one and has no body of its own, or an article."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and not any(name in document for name in _wanted("text", fields)):
        lists = (document.get(name) for name in _HOLDING)
        return next((held for held in lists if isinstance(held, list)), [document])
    return [document]


def is_public(record: Any) -> bool:
    """Is the record none of Hugo's `draft: true`, Jekyll's `published: false`, or of a status that only editors see?"""
    if not isinstance(record, dict):
        return True
    draft, published, status = (_string(record.get(name)).casefold() for name in ("draft", "published", "status"))
    content = record.get("content")
    if isinstance(content, dict) and content.get("protected") is True:
        return False
    return draft != "true" and published != "false" and status.strip() not in _NOT_PUBLIC


def read_record(record: Any, origin: str, fields: Mapping[str, str], day: date | None = None) -> Article | ReadFailure:
    """Return the article of one object of named fields, or why it is none; `day` is its date if it tells none."""
    if not isinstance(record, dict):
        return ReadFailure(origin, f"expected an object, found {type(record).__name__}")
    record = _from_rest(record)
    found = {name: _values(record, name, fields) for name in ALIASES}
    values = {name: next(iter(candidates), None) for name, candidates in found.items()}
    title, text = line(_plain(_string(values["title"]))), paragraphs(_plain(_string(values["text"])))
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    url = line(_string(values["url"])) or None
    days = (read_date(each) for each in found["published"] if not isinstance(each, dict | list))
    published = next(filter(None, days), day)
    source = line(_string(values["source"])) or host_of(url)
    language = line(_string(values["language"]))[:16] or None
    key = line(_string(values["id"]))
    return Article(
        id_of_key(key, source) if key and not url else article_id(url, source, title, published, text),
        url,
        title,
        text,
        published,
        source,
        _names(values["authors"]),
        _names(values["tags"]),
        language,
    )


def _from_rest(post: dict[str, Any]) -> dict[str, Any]:
    """A post of WordPress' REST API as plain fields; any other record as it is.

    Its texts are {"rendered": HTML}; its author and terms are numbers, their names stand under `_embedded`, if at all.
    """
    texts = {name: value["rendered"] for name, value in post.items() if isinstance(value, dict) and "rendered" in value}
    if not texts:
        return post
    embedded = post.get("_embedded")
    named = embedded if isinstance(embedded, dict) else {}
    groups = named.get("wp:term")
    terms = [term for group in groups if isinstance(group, list) for term in group] if isinstance(groups, list) else []
    return {**post, **texts, "authors": named.get("author"), "author": None, "tags": terms, "categories": None}


def _wanted(name: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """The names that a field goes by; the caller's alone where it gave one."""
    return (fields[name],) if name in fields else ALIASES[name]


def _values(record: Mapping[str, Any], name: str, fields: Mapping[str, str]) -> list[Any]:
    """What the record holds under any name of a field, first the first."""
    values = [_unwrapped(record.get(key)) for key in _wanted(name, fields)]
    return [value for value in values if value not in (None, "")]


def _unwrapped(value: Any) -> Any:
    """MongoDB exports {"$date": {"$numberLong": "..."}} for a plain value."""
    while isinstance(value, dict) and len(value) == 1 and str(next(iter(value))).startswith("$"):
        value = next(iter(value.values()))
    return value


def _plain(text: str) -> str:
    """The text without HTML, where it surely is HTML or holds its character references."""
    if _MARKUP.search(text):
        return html_text(text)
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _string(value: Any) -> str:
    if isinstance(value, dict):  # schema.org's {"@type": "Organization", "name": ...}
        value = value.get("name") or ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float | date) else ""  # what is nested deeper says nothing of itself


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _string(value).split(",") if value else []
    return tuple(name for name in (line(_string(item)) for item in items) if name)
