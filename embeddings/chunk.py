"""Articles to passages: slices on sentence and paragraph bounds that fit the token budget and the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.types import Article
from embeddings.sentences import sentence_spans
from embeddings.tokens import clip_pieces, count_pieces, count_tokens

CHUNKING = "sentences-200-2"  # an index remembers it; change it whenever the cuts or the context change
MAX_TOKENS = 200  # cl100k_base
MAX_PIECES = 254  # all-MiniLM-L6-v2 reads 256 word pieces, two of which mark the ends
MAX_TITLE_PIECES = 48  # news titles have 10 to 25; a runaway one must leave room for the text
MAX_UNIT_CHARS = 1600  # no sentence of 200 tokens is longer; bounds the work on text without sentences
BATCH = 2000  # sentences counted at once, so that memory does not grow with the article

# Costs of a cut, in passages: a cut inside a paragraph is worth avoiding, an extra passage is not worth it.
INSIDE_PARAGRAPH = 0.3
SLACK = 0.6

_MONTHS = "January February March April May June July August September October November December"
_CLAUSE = re.compile(r"[,;:—–、，；：][\"'”’)]?\s+|\s[—–-]\s+")
_SPACE = re.compile(r"\s+")
_BREAKS = "\n\r\v\f\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of a long one: its slice, its cost, and whether it begins a paragraph."""

    start: int
    end: int
    tokens: int
    pieces: int
    opens: bool


def context(article: Article) -> str:
    """Return the line that tells the model what a passage belongs to: "Title — 16 March 2020"."""
    parts = [clip_pieces(article.title, MAX_TITLE_PIECES)]
    if article.published is not None:
        day = article.published
        parts.append(f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}")
    return " — ".join(part for part in parts if part)


def embedded_text(article: Article, text: str) -> str:
    """Return what is encoded for a passage: its article's title and date, a line break, its text."""
    head = context(article)
    return f"{head}\n{text}" if head else text


def split(article: Article) -> list[tuple[int, int]]:
    """Cut an article into passages.

    Returns (start, end) character offsets into `article.text`: ordered, disjoint, covering all that is not white
    space, each at most MAX_TOKENS tokens and, with its context, MAX_PIECES word pieces. Passages do not overlap:
    the title travels with each, and a fact cut from its sentence is avoided by cutting between sentences.
    """
    limit = MAX_PIECES - count_pieces([context(article)])[0]
    units = list(_units(article.text, limit))
    spans: list[tuple[int, int]] = []
    pending = [units] if units else []
    allowed = MAX_TOKENS
    while pending:
        groups = [group for units in pending for group in _pack(units, allowed, limit)]
        counts = count_tokens([article.text[group[0].start : group[-1].end] for group in groups])
        pending = [group for group, count in zip(groups, counts, strict=True) if count > MAX_TOKENS and len(group) > 1]
        kept = [group for group, count in zip(groups, counts, strict=True) if count <= MAX_TOKENS or len(group) == 1]
        spans.extend((group[0].start, group[-1].end) for group in kept)
        allowed = max(1, allowed * 9 // 10)  # counts of parts add up to the count of the whole but for a token or two
    return sorted(spans)


def _units(text: str, max_pieces: int) -> Iterator[_Unit]:
    """Yield the sentences of a text, long ones cut, with their costs."""
    batch: list[tuple[int, int]] = []
    last_end = 0
    for span in sentence_spans(text):
        batch.extend(_cut(text, *span, MAX_UNIT_CHARS))
        if len(batch) >= BATCH:
            yield from _measured(text, batch, last_end, max_pieces)
            last_end = batch[-1][1]
            batch = []
    yield from _measured(text, batch, last_end, max_pieces)


def _measured(text: str, spans: list[tuple[int, int]], last_end: int, max_pieces: int) -> Iterator[_Unit]:
    """Yield units for spans, halving those over budget until they fit."""
    while spans:
        tokens = count_tokens([" " + text[start:end] for start, end in spans])
        pieces = count_pieces([text[start:end] for start, end in spans])
        costs = list(zip(spans, tokens, pieces, strict=True))
        if all(token <= MAX_TOKENS and piece <= max_pieces for _, token, piece in costs):
            for (start, end), token, piece in costs:
                opens = any(mark in text[last_end:start] for mark in _BREAKS)
                yield _Unit(start, end, token + opens, piece, opens)
                last_end = end
            return
        spans = []
        for (start, end), token, piece in costs:
            fits = (token <= MAX_TOKENS and piece <= max_pieces) or end - start == 1
            spans.extend([(start, end)] if fits else _cut(text, start, end, (end - start + 1) // 2))


def _cut(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield slices of at most `most` characters, cut after a clause if one ends in their second half, else a word."""
    while end - start > most:
        low, high = start + most // 2, start + most
        bounds = [match.end() for match in _CLAUSE.finditer(text, low, high)]
        bounds = bounds or [match.end() for match in _SPACE.finditer(text, low, high)]
        left = right = bounds[-1] if bounds else high
        while left > start and text[left - 1].isspace():
            left -= 1
        if left > start:
            yield start, left
        start = right
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _pack(units: list[_Unit], max_tokens: int, max_pieces: int) -> list[list[_Unit]]:
    """Group units into passages at the least cost: few, evenly filled, cut between paragraphs.

    Shortest path over the cuts; each step looks back only as far as one passage reaches.
    """
    best = [0.0] + [float("inf")] * len(units)
    came_from = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        inside = INSIDE_PARAGRAPH if end < len(units) and not units[end].opens else 0.0
        tokens = pieces = 0
        for start in range(end - 1, -1, -1):
            tokens += units[start].tokens
            pieces += units[start].pieces
            if start < end - 1 and (tokens > max_tokens or pieces > max_pieces):
                break
            slack = max(0.0, 1 - tokens / max_tokens)
            cost = best[start] + 1 + SLACK * slack * slack + inside
            if cost < best[end]:
                best[end], came_from[end] = cost, start
    groups = []
    end = len(units)
    while end:
        groups.append(units[came_from[end] : end])
        end = came_from[end]
    return groups
