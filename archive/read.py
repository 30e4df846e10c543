"""One `read(source)` for every format: it finds out what a source is, or is told."""

from __future__ import annotations

import glob
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, Literal, cast, get_args
from urllib.parse import urlsplit

from archive.encodings import decode
from archive.errors import SourceError
from archive.fetch import Fetching, fetch, is_url
from archive.ids import article_id, host_of
from archive.readers.archive_page import looks_like_archive_page, read_archive_page
from archive.readers.html_page import read_html
from archive.readers.jsonl import read_jsonl
from archive.readers.markdown import read_markdown
from archive.readers.xml import read_xml
from archive.types import Article, ReadFailure

Format = Literal["archive-page", "html", "wxr", "feed", "jsonl", "markdown"]
FORMATS: tuple[str, ...] = get_args(Format)

MAX_BYTES = 2 << 30  # JSON Lines that unpack to more than this are refused: cut them into several files
MAX_WHOLE = 256 << 20  # so is any other file of more than this, since its parser holds it in memory several times
MAX_LINE = 64 << 20  # and a line of JSON that is longer: twice an article of MAX_ARTICLE, each character escaped
MAX_ARTICLE = 5_000_000  # characters, a novel of 1,500 pages; longer is a dump of many articles, not one
_SUFFIXES = {".txt", ".html", ".htm", ".xml", ".rss", ".atom", ".json", ".jsonl", ".ndjson", ".md", ".markdown", ".gz"}
_HEAD = 65_536
_BLANK = b"\xef\xbb\xbf \t\r\n"
_FRONT_MATTER = re.compile(rb"(?:---|\+\+\+)[ \t]*[\r\n]")


def read(
    source: str | Path,
    format: str | None = None,
    fields: Mapping[str, str] | None = None,
    fetching: Fetching = Fetching(),  # noqa: B008
) -> Iterator[Article | ReadFailure]:
    """Yield the articles of a file, a folder, a glob (each also as .gz) or a URL, and a failure for each part without.

    `format` is one of FORMATS or None to find out by content; `fields` maps our names to the source's for JSON Lines
    ({"published": "pub_date"}); `fetching` bounds what is fetched. Raises SourceError when there is no such source or
    the format is not known.
    """
    if format is not None and format not in FORMATS:
        raise SourceError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    if isinstance(source, str) and is_url(source):
        yield from _checked(_read_url(source, format, fields, fetching))
        return
    path = Path(source)
    try:
        folder, file = path.is_dir(), path.is_file()
    except OSError as error:  # a name too long for any file
        raise SourceError(f"{str(source)[:200]}: cannot be read: {error.strerror}") from error
    if folder:
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in _SUFFIXES)
        if not files:
            raise SourceError(f"{source}: the folder holds no file of a known kind ({' '.join(sorted(_SUFFIXES))})")
        yield from _read_many(files, format, fields)
    elif file:
        yield from _checked(_read_file(path, format, fields))
    elif matches := [m for m in map(Path, sorted(glob.glob(str(source), recursive=True))) if m.is_file()]:
        yield from _read_many(matches, format, fields)
    else:
        raise SourceError(f"{source}: no such file, folder or pattern")


def _read_many(
    files: list[Path],
    format: str | None,
    fields: Mapping[str, str] | None,
) -> Iterator[Article | ReadFailure]:
    for file in files:
        try:
            yield from _checked(_read_file(file, format, fields))
        except SourceError as error:
            yield ReadFailure(str(file), str(error))


def _checked(found: Iterator[Article | ReadFailure]) -> Iterator[Article | ReadFailure]:
    for item in found:
        if isinstance(item, Article) and len(item.text) > MAX_ARTICLE:
            yield ReadFailure(item.title, f"the article has {len(item.text):,} characters, more than {MAX_ARTICLE:,}")
        else:
            yield item


def _read_file(
    path: Path,
    format: str | None,
    fields: Mapping[str, str] | None,
) -> Iterator[Article | ReadFailure]:
    origin = str(path)
    try:
        with path.open("rb") as raw:
            yield from _read_raw(raw, path, origin, format, fields)
    except OSError as error:
        raise SourceError(f"{origin}: cannot be read: {error.strerror or error}") from error


def _read_url(
    url: str, format: str | None, fields: Mapping[str, str] | None, fetching: Fetching
) -> Iterator[Article | ReadFailure]:
    here, data = fetch(url, fetching)
    yield from _read_raw(io.BytesIO(data), PurePosixPath(urlsplit(here).path or "/"), here, format, fields)


def _read_raw(
    raw: BinaryIO, path: PurePath, origin: str, format: str | None, fields: Mapping[str, str] | None
) -> Iterator[Article | ReadFailure]:
    """What a file or a URL's body holds, unpacked within the same bounds if it is packed."""
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
    try:
        head = stream.read(_HEAD)
        if not head.strip():
            raise SourceError(f"{origin}: it is empty")
        kind = format or _detect(head, path, origin)
        if kind == "jsonl":
            yield from read_jsonl(_json_rows(head, stream, origin), origin, fields)
            return
        data = head + _rest(stream, origin)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{origin}: the gzip file is damaged or cut short ({error})") from error
    yield from _read_bytes(data, kind, origin)


def _placed(article: Article, url: str) -> Article:
    if article.url:
        return article
    source = article.source or host_of(url)
    name = article_id(url, source, article.title, article.published)
    return replace(article, id=name, url=url, source=source)


def _read_bytes(data: bytes, kind: str, origin: str) -> Iterator[Article | ReadFailure]:
    if kind in ("wxr", "feed"):
        yield from read_xml(data, origin, wxr=kind == "wxr")
        return
    text = decode(data, origin)
    if kind == "html":
        found = list(read_html(text, origin))
        alone = len(found) == 1 and is_url(origin)  # the one article of a fetched page has the page's own address
        for item in found:
            yield _placed(item, origin) if alone and isinstance(item, Article) else item
    elif kind == "markdown":
        yield from read_markdown(text, origin)
    else:
        yield from read_archive_page(text, origin)


def _detect(head: bytes, path: PurePath, origin: str) -> str:
    if b"\0" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{origin}: a binary file, not text (a zero byte at {head.index(0)})")
    start = head.lstrip(_BLANK)[:2000].lower()
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf")) and b"<html" not in start:
        return "wxr" if b"wxr_version" in head or b"wordpress.org/export" in head else "feed"
    # First, since what follows may look like anything: an article on Markdown's pages may begin with "[Lund, 3 May]".
    if {".md", ".markdown"} & {suffix.lower() for suffix in path.suffixes} or _FRONT_MATTER.match(start):
        return "markdown"
    if start.startswith((b"{", b"[")):
        return "jsonl"
    if start.startswith((b"<!doctype html", b"<html")) or b"<body" in start or b"<article" in start:
        return "html"
    if looks_like_archive_page(head.decode("utf-8", "replace")):
        return "archive-page"
    raise SourceError(f"{origin}: no known format; say which with --format ({', '.join(FORMATS)})")


def _json_rows(head: bytes, stream: BinaryIO, origin: str) -> Iterator[str | ReadFailure]:
    """A row for a line; an array is one row, and so is an object that is written over several lines."""
    start = head.lstrip(_BLANK)
    if start.startswith(b"["):
        yield decode(head + _rest(stream, origin), origin)
        return
    first, more, _ = start.partition(b"\n")
    if more and not _is_json(first):
        head += stream.read(MAX_WHOLE - len(head))
        if _is_json(head):
            yield decode(head, origin)
            return
    yield from _lines(head, stream, origin)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(decode(data, ""))
    except (SourceError, ValueError, RecursionError):
        return False
    return True


def _lines(head: bytes, stream: BinaryIO, origin: str) -> Iterator[str | ReadFailure]:
    """Decode line by line, so that memory does not grow with the file; a line of no encoding is a failure."""
    reader = io.BufferedReader(cast(io.FileIO, _Chained(head, stream)))
    seen = 0
    number = 0
    while row := reader.readline(MAX_LINE + 1):
        number += 1
        seen += len(row)
        if len(row) > MAX_LINE:
            raise SourceError(f"{origin}: has a line of more than {MAX_LINE >> 20} MiB")
        if seen > MAX_BYTES:
            raise SourceError(f"{origin}: unpacks to more than {MAX_BYTES >> 30} GiB; cut it into several files")
        try:
            yield decode(row, origin, seen - len(row))
        except SourceError as error:
            yield ReadFailure(f"{origin}:{number}", str(error))


class _Chained(io.RawIOBase):
    """The bytes already read for detection, then the rest of the stream."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._head.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _rest(stream: BinaryIO, origin: str) -> bytes:
    rest = stream.read(MAX_WHOLE)
    if len(rest) == MAX_WHOLE:
        raise SourceError(f"{origin}: unpacks to more than {MAX_WHOLE >> 20} MiB; cut it into several files")
    return rest
