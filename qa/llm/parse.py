"""Sentences with their source numbers out of a stream of text, plain or structured, as soon as each is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBERS = re.compile(r"\s*[\[【(](?:source\s*)?(\d{1,2}(?:\s*,\s*\d{1,2})*)[\]】)]", re.IGNORECASE)
_STOP = re.compile(r"[.!?。！？।؟]+[\"”’)]*(?:\s*[\[【]\d{1,2}(?:\s*,\s*\d{1,2})*[\]】])*(?=\s+[^\s\[【]|\s*\n)")
_LEAD = re.compile(r"^\s*(?:[-*•#>]+|\d+[.)])\s+")
_MARKUP = re.compile(r"\*\*|__|`")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Inc|Ltd|Co|Corp|vs|Gen|Sen|Rep|Jr|Sr)|\b[A-Z])\.$")
_ITEM = re.compile(r'\{\s*"(?:text|sources)"')
# An item whose sources are known and whose text is still being said.
_OPEN_ITEM = re.compile(r'\{\s*"sources"\s*:\s*\[([\d,\s]*)\]\s*,\s*"text"\s*:\s*"((?:[^"\\]|\\.)*)')
_FENCE = re.compile(r"\s*(?:```(?:json)?\s*)?")
MAX_REPLY = 20_000  # characters; a server that never ends a sentence is not read for ever


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence the model said and the source numbers it named, which may not exist."""

    text: str
    sources: tuple[int, ...]


class SentenceStream:
    """Feed it pieces of a reply; it gives sentences back once each is complete."""

    def __init__(self) -> None:
        self._buffer = ""
        self._read = 0
        self._structured: bool | None = None
        self._given = 0  # sentences of the open item

    def feed(self, piece: str) -> Iterator[Said]:
        self._read += len(piece)
        if self._read > MAX_REPLY:
            return
        self._buffer += piece
        begun = self._buffer.lstrip()
        inner = _FENCE.sub("", begun, count=1)
        if self._structured is None and inner and (begun[0] != "`" or "\n" in begun):
            self._structured = inner.startswith("{")
        if self._structured is not None:
            yield from self._items() if self._structured else self._sentences()

    def close(self) -> Iterator[Said]:
        """The last sentence, which nothing follows. Half an item of structured output is not a sentence."""
        if not self._structured and self._read <= MAX_REPLY:
            yield from _said(self._buffer)
        self._buffer = ""

    def _sentences(self) -> Iterator[Said]:
        pieces, self._buffer = _cut(self._buffer)
        for piece in pieces:
            yield from _said(piece)

    def _items(self) -> Iterator[Said]:
        decoder = json.JSONDecoder()
        while match := _ITEM.search(self._buffer):
            try:
                item, end = decoder.raw_decode(self._buffer, match.start())
            except (json.JSONDecodeError, RecursionError):
                yield from self._open_item()
                return
            self._buffer = self._buffer[end:]
            sources = item.get("sources")
            numbers = [n for n in sources if type(n) is int] if isinstance(sources, list) else []
            if isinstance(item.get("text"), str):
                # A small model puts all it says into one item: each sentence of it is judged by itself.
                pieces, rest = _cut(item["text"])
                for piece in [*pieces, rest][self._given :]:
                    yield from _said(piece, tuple(numbers))
            self._given = 0

    def _open_item(self) -> Iterator[Said]:
        """The whole sentences of an item that is not closed yet: the reader need not wait for its last one."""
        if not (match := _OPEN_ITEM.search(self._buffer)):
            return
        try:
            text = json.loads(f'"{match[2]}"', strict=False)
        except json.JSONDecodeError:  # cut in the middle of an escape
            return
        pieces, _ = _cut(text)
        numbers = tuple(int(n) for n in match[1].split(",") if n.strip())
        for piece in pieces[self._given :]:
            yield from _said(piece, numbers)
        self._given = len(pieces)


def _cut(text: str) -> tuple[list[str], str]:
    """Return the whole sentences of a text, and what is left after them."""
    pieces: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        if not _ABBREVIATION.search(text[start : stop.end()]):
            pieces.append(text[start : stop.end()])
            start = stop.end()
    return pieces, text[start:]


def _said(raw: str, sources: tuple[int, ...] = ()) -> Iterator[Said]:
    named = [int(n) for group in _NUMBERS.findall(raw) for n in group.split(",")]
    text = _MARKUP.sub("", _LEAD.sub("", _NUMBERS.sub("", raw)))
    text = " ".join(text.split())
    if text:
        yield Said(text, tuple(dict.fromkeys([*sources, *named])))
