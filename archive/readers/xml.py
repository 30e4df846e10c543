"""WordPress exports (WXR), RSS and Atom. Every byte passes defusedxml first: no entities, no bombs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError, tostring

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from archive.dates import read_date
from archive.errors import SourceError
from archive.fetch import address, is_url
from archive.ids import article_id, host_of, id_of_key, normal_url
from archive.readers.html_blocks import html_text
from archive.readers.shortcodes import without_shortcodes
from archive.text import line
from archive.types import Article, ReadFailure

MAX_DEPTH = 500  # no feed is; what is deeper takes the parsers that follow minutes
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_MEDIA = ("{http://search.yahoo.com/mrss/}", "{http://search.yahoo.com/mrss}")
_CAPTIONS = tuple(space + "description" for space in _MEDIA)
_BODIES = ("description", "summary", "content", "encoded")
_SPACE_BEFORE = re.compile(rb"\A(\xef\xbb\xbf)?\s+")
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_REFERENCE = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(?:x(?P<hex>[0-9a-fA-F]{1,6})|(?P<number>[0-9]{1,7}));|&(?P<name>\w{1,32});",
    re.DOTALL,
)
_FOOTER = re.compile(r"The post .+ (?:appeared first|first appeared) on ")


def read_xml(data: bytes, origin: str, *, wxr: bool = False) -> Iterator[Article | ReadFailure]:
    """Yield the articles of an export (said to be one, or seen to be) or a feed; SourceError for what is no XML."""
    data = mended(data)
    root = parse_safely(data, origin)
    yield from read_wxr(root, origin) if wxr or is_wxr(root) else read_feed(data, root, origin)


def mended(data: bytes) -> bytes:
    """Return XML without what exports and feeds often have and XML forbids, each of which would lose every article.

    These are white space before the declaration, control characters, and the names of HTML's entities.
    """
    if b"\0" in data[:4]:  # UTF-16, where these bytes are parts of letters
        return data
    data = _SPACE_BEFORE.sub(rb"\1", data).translate(None, _CONTROL)
    return _REFERENCE.sub(_numbered, data)


def _numbered(match: re.Match[bytes]) -> bytes:
    """A reference by number, which needs no declaration and holds in any encoding; nothing for a control character."""
    if match["name"]:
        name = match["name"].decode("latin-1")
        named = "" if name in ("amp", "lt", "gt", "quot", "apos") else html5.get(f"{name};", "")
        return "".join(f"&#{ord(character)};" for character in named).encode() or match[0]
    if match["hex"] or match["number"]:
        code = int(match["hex"], 16) if match["hex"] else int(match["number"])
        return b"" if code < 32 and code in _CONTROL else match[0]
    return match[0]  # CDATA, where none is meant


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
    """Yield the published posts of a WordPress export; pages, attachments and drafts are not articles.

    Neither is a post that asks for a password.
    """
    channel = root.find("channel")
    site = line(channel.findtext("title") or "") if channel is not None else ""
    base = _base(channel.findtext("link") if channel is not None else "", origin)
    people = [node for node in root.iter() if _local(node.tag) == "author"]
    names = {line(_wp(node, "author_login")): line(_wp(node, "author_display_name")) for node in people}
    for number, item in enumerate(root.iter("item"), 1):
        if _wp(item, "post_type") not in ("post", "") or _wp(item, "status") not in ("publish", ""):
            continue
        if _wp(item, "post_password"):
            continue
        tags = (node.text for node in item.findall("category") if node.get("domain") in ("category", "post_tag"))
        author = line(item.findtext(_CREATOR) or "")
        yield _entry(
            f"{origin}#{number}",
            address(base, item.findtext("link")),
            (base or site, item.findtext("guid")),
            item.findtext("title") or "",
            html_text(without_shortcodes(item.findtext(_CONTENT) or "")),
            read_date(_wp(item, "post_date")[:10]) or read_date(item.findtext("pubDate")),
            site,
            (names.get(author) or author,) if author else (),
            tuple(tag for tag in (line(html_text(tag or "")) for tag in tags) if tag),
        )


def read_feed(data: bytes, root: Element, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the entries of an RSS or Atom feed (its bytes, and its tree), with their full content where they carry it.

    An entry's day is the printed one, whatever its time zone, as in the other formats.
    """
    feed = feedparser.parse(io.BytesIO(_without_captions(data, root)))  # bytes alone would be tried as a file's name
    site = line(feed.feed.get("title") or "")
    base = _base(feed.feed.get("link"), origin)
    for number, entry in enumerate(feed.entries, 1):
        content = max((c.get("value") or "" for c in entry.get("content", [])), key=len, default="")
        link, key = entry.get("link"), entry.get("id")
        stands_for_link = entry.get("guidislink") and link == key  # an address by itself, or none
        stamps = (entry[name] for name in ("published", "updated") if name in entry)
        yield _entry(
            f"{origin}#{number}",
            address("" if stands_for_link else base, link),
            (base or site, key or link),
            entry.get("title") or "",
            _without_footer(html_text(content or entry.get("summary") or "")),
            read_date(next(filter(None, stamps), None)),
            site,
            tuple(line(a["name"]) for a in entry.get("authors", []) if a.get("name")),
            tuple(line(tag["term"]) for tag in entry.get("tags", []) if tag.get("term")),
        )


def _without_footer(text: str) -> str:
    """The story without the paragraph that WordPress puts below it in feeds."""
    above, _, last = text.rpartition("\n\n")
    return above if _FOOTER.match(last) else text


def _without_captions(data: bytes, root: Element) -> bytes:
    """The feed without its pictures' captions, which feedparser takes for an entry's text, where entries have one."""
    found = False
    for item in root.iter():
        if _local(item.tag) not in ("item", "entry") or not any(map(_is_body, item)):
            continue
        for parent in (item, *item.findall("*"), *item.findall("*/*")):  # of itself, a medium, one of a group
            for caption in [node for node in parent if node.tag in _CAPTIONS]:
                parent.remove(caption)
                found = True
    return tostring(root) if found else data


def _is_body(node: Element) -> bool:
    own = _local(node.tag) in _BODIES and not str(node.tag).startswith(_MEDIA)
    return own and any(text.strip() for text in node.itertext())


def _entry(
    origin: str,
    url: str | None,
    key: tuple[str, str | None],
    title: str,
    text: str,
    published: date | None,
    site: str,
    authors: tuple[str, ...],
    tags: tuple[str, ...],
) -> Article | ReadFailure:
    """The article of an entry; without an address it is known by its key, a feed and a name within it."""
    title, source = line(html_text(title)), site or host_of(url)
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    feed, name = normal_url(key[0]) or title, line(key[1] or "")
    named = id_of_key(f"{feed}\0{name}") if name and not url else article_id(url, source, title, published, text)
    return Article(named, url, title, text, published, source, authors, tags)


def _base(link: str | None, origin: str) -> str:
    """What the links of a feed are relative to: its site, else where it was fetched from, else nothing."""
    fetched = origin if is_url(origin) else ""
    return address(fetched, link) or fetched


def _wp(item: Element, name: str) -> str:
    """The text of a `wp:` element, whatever version its namespace names."""
    return next((node.text or "" for node in item if _local(node.tag) == name), "").strip()


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
