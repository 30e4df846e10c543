"""WordPress exports (WXR), RSS and Atom. Every byte passes defusedxml first: no entities, no bombs."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from archive.dates import read_date
from archive.errors import SourceError
from archive.ids import article_id, host_of
from archive.readers.html_blocks import html_text
from archive.text import line
from archive.types import Article, ReadFailure

MAX_DEPTH = 500  # no feed is; what is deeper takes the parsers that follow minutes
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def parse_safely(data: bytes, origin: str) -> Element:
    """Return the root of an XML document; SourceError when it is truncated, broken, an entity bomb or a well."""
    try:
        root: Element = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise SourceError(f"{origin}: refused, the XML declares entities ({type(error).__name__})") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceError(f"{origin}: not well-formed XML: {error}") from error
    level, depth = [root], 0
    while level := [child for node in level for child in node]:
        depth += 1
        if depth > MAX_DEPTH:
            raise SourceError(f"{origin}: refused, the XML is nested more than {MAX_DEPTH} deep")
    return root


def is_wxr(root: Element) -> bool:
    return any(_local(node.tag) == "wxr_version" for node in root.iter())


def read_wxr(root: Element, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the published posts of a WordPress export; pages, attachments and drafts are not articles."""
    channel = root.find("channel")
    site = line(channel.findtext("title") or "") if channel is not None else ""
    for number, item in enumerate(root.iter("item"), 1):
        if _wp(item, "post_type") not in ("post", "") or _wp(item, "status") not in ("publish", ""):
            continue
        url = line(item.findtext("link") or "") or None
        tags = tuple(
            line(node.text or "") for node in item.findall("category") if node.get("domain") in ("category", "post_tag")
        )
        published = read_date(_wp(item, "post_date")[:10]) or read_date(item.findtext("pubDate"))
        author = line(item.findtext(_CREATOR) or "")
        yield _entry(
            f"{origin}#{number}",
            url,
            item.findtext("title") or "",
            item.findtext(_CONTENT) or "",
            published,
            site or host_of(url),
            (author,) if author else (),
            tags,
        )


def read_feed(data: bytes, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the entries of an RSS or Atom feed, with their full content where the feed carries it."""
    feed = feedparser.parse(io.BytesIO(data))  # bytes alone would be tried as a file's name first
    site = line(feed.feed.get("title") or "")
    for number, entry in enumerate(feed.entries, 1):
        content = max((c.get("value") or "" for c in entry.get("content", [])), key=len, default="")
        stamp = entry.get("published_parsed") or entry.get("updated_parsed")
        url = line(entry.get("link") or "") or None
        authors = tuple(line(a["name"]) for a in entry.get("authors", []) if a.get("name"))
        tags = tuple(line(tag["term"]) for tag in entry.get("tags", []) if tag.get("term"))
        yield _entry(
            f"{origin}#{number}",
            url,
            html_text(entry.get("title") or ""),
            content or entry.get("summary") or "",
            _day(stamp),
            site or host_of(url),
            authors,
            tags,
        )


def _entry(
    origin: str,
    url: str | None,
    title: str,
    markup: str,
    published: date | None,
    source: str | None,
    authors: tuple[str, ...],
    tags: tuple[str, ...],
) -> Article | ReadFailure:
    title, text = line(title), html_text(markup)
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    return Article(article_id(url, source, title, published), url, title, text, published, source, authors, tags)


def _day(stamp: time.struct_time | None) -> date | None:
    try:
        return date(stamp.tm_year, stamp.tm_mon, stamp.tm_mday) if stamp else None
    except ValueError:  # the year 0, which feeds of broken software give
        return None


def _wp(item: Element, name: str) -> str:
    """The text of a `wp:` element, whatever version its namespace names."""
    return next((node.text or "" for node in item if _local(node.tag) == name), "").strip()


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
