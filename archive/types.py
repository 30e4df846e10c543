"""The nouns of an archive: articles, and what reading a source can yield."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One published piece. `text` is NFC with `\\n\\n` between paragraphs and single spaces within them.

    Every offset in the system (passages, citations) is a character offset into `text`, so `text` never changes for
    a given content hash.
    """

    id: str
    url: str | None
    title: str
    text: str
    published: date | None
    source: str | None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A part of a source that could not be read. The rest of the source is kept."""

    origin: str
    reason: str
