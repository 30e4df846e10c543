"""What the reader is trained on: a question, a passage, and where in it the answer is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Split = Literal["train", "calibration", "test"]

# Percent of keys (questions; for xquad passages) kept from training: (test, calibration). Small sets keep more back,
# so that a figure on them rests on more than a handful of questions.
HELD_OUT = {
    "nq": (8, 5),
    "xquad": (20, 0),
    "clapnq": (15, 10),
    "news": (12, 8),
    "archive": (0, 10),
    "written": (10, 8),
    "synthetic": (0, 0),
}

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Example:
    """One (question, passage) pair. `spans` are (start, end) characters of `text`; empty means it does not answer.

    `answers` are the strings known to answer the question (of an unanswerable pair too, so that others can check
    that they are absent). `kind` says how the pair was made; `key` decides its split.
    """

    question: str
    title: str
    date: str
    text: str
    spans: tuple[tuple[int, int], ...]
    answers: tuple[str, ...]
    source: str
    kind: str
    key: str


def split_of(example: Example) -> Split:
    """Return the split that the example's key falls in; the same key always falls in the same one."""
    test, calibration = HELD_OUT[example.source]
    bucket = int(hashlib.sha256(example.key.encode()).hexdigest()[:8], 16) % 100
    if bucket < test:
        return "test"
    return "calibration" if bucket < test + calibration else "train"


def normal(text: str) -> str:
    """Lower-case, straight quotes, single spaces: how answers and names are compared."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return " ".join(text.split())


def occurrences(text: str, answer: str) -> list[tuple[int, int]]:
    """Return where `answer` stands in `text` as whole words, case and curly quotes ignored; offsets are of `text`."""
    answer = answer.strip().strip("“”\"'").strip()
    if not answer:
        return []
    return [match.span() for match in _whole(_straight(answer)).finditer(_straight(text))]


@lru_cache(maxsize=65536)  # the same closed lists of words are looked for again and again
def _whole(words: str) -> re.Pattern[str]:
    pattern = re.escape(words).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


def contains_any(text: str, answers: tuple[str, ...]) -> bool:
    """Return whether any of the answers stands in the text."""
    return any(occurrences(text, answer) for answer in answers)


def pieces(text: str) -> list[tuple[int, int]]:
    """Cut text at sentence ends and line breaks: (start, end) slices, none empty, in order."""
    cuts, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        cuts.append((start, match.start()))
        start = match.end()
    cuts.append((start, len(text)))
    return [(a, b) for a, b in cuts if b > a]


def window(text: str, spans: list[tuple[int, int]], limit: int, lead: int = 0) -> tuple[str, list[tuple[int, int]]]:
    """Cut at most `limit` characters around the first span, at sentence starts where that fits.

    `lead` is how many sentences before the answer's to begin with, at most (fewer where they do not fit). Returns
    the slice and the spans that lie inside it, relative to it; with no spans, the slice is the beginning.
    """
    if len(text) <= limit:
        return text, list(spans)
    parts = pieces(text)
    first, last = spans[0] if spans else (0, 0)
    at = max((i for i, (a, _) in enumerate(parts) if a <= first), default=0)
    begin = max(0, at - lead)
    while begin < at and last - parts[begin][0] > limit:
        begin += 1
    start = parts[begin][0]
    if last - start > limit:  # one endless sentence: centre on the answer instead
        start = max(0, (first + last - limit) // 2)
    end = min(len(text), start + limit)
    whole = [b for _, b in parts if last <= b <= end]
    end = max(whole, default=end)
    return text[start:end], [(a - start, b - start) for a, b in spans if a >= start and b <= end]


def _straight(text: str) -> str:
    return text.translate(_QUOTES)


_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})
