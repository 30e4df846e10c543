"""Text as every article keeps it: NFC, one kind of white space, paragraphs apart by one empty line."""

from __future__ import annotations

import re
import unicodedata

import regex

# Zero-width and directional marks, soft hyphens, byte order marks: invisible, and they break search and quotes.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
# More than 30 marks on one letter is no writing (UAX #15, stream-safe text), and NFC sorts them in quadratic time.
_STACKED = regex.compile(r"(\p{M}{30})\p{M}+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text in NFC with plain spaces and line feeds, without invisible and control characters.

    Line structure is kept: this is the first step of every reader, before paragraphs are known.
    """
    text = _SURROGATE.sub("\ufffd", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", _BREAKS.sub("\n", text)))
    normal = unicodedata.normalize("NFC", _STACKED.sub(r"\1", _SPACES.sub(" ", text)))
    return str(_STACKED.sub(r"\1", normal))  # some marks are two when normal


def line(text: str) -> str:
    """Return text cleaned onto one line: for titles, names and sources."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> str:
    """Return text with each paragraph on one line and one empty line between; idempotent.

    A blank line ends a paragraph; a single line feed inside one is only a space.
    """
    blocks = re.split(r"\n\s*\n", clean(text))
    return "\n\n".join(block for block in (" ".join(b.split()) for b in blocks) if block)


def joined(parts: list[str]) -> str:
    """Return paragraphs, each already whole, as the text of an article."""
    return "\n\n".join(part for part in (line(p) for p in parts) if part)
