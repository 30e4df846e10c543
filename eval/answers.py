"""Is what was answered right? By accepted strings, as in SQuAD."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_LEADING = re.compile(r"^\W*(?:a|an|the)(?:\s+|$)", re.IGNORECASE)  # not that of "A-ha"
_INITIALS = re.compile(r"\b[a-z]\.(?:\s?[a-z]\.)+|\b[a-z](?:\.[a-z])+\b")  # "U.S." is "US", "J. K." is "J.K."
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PUNCTUATION = re.compile(r"(?!(?<=\d)\.(?=\d))[^\w\s]|_")  # all but the point of a decimal


def normalise(text: str) -> str:
    """Words in lower case, without punctuation, articles and accents, single spaces (SQuAD's; Rajpurkar et al. 2016).

    Other than there, a decimal keeps its point, and what stood on both sides of a hyphen is two words.
    """
    return " ".join(_ARTICLES.sub(" ", _words(text)).split())


def exact_match(said: str, answers: Iterable[str]) -> float:
    """Return 1 if the span is an accepted answer after `normalise`, else 0."""
    return float(any(normalise(said) == normalise(answer) for answer in answers))


def token_f1(said: str, answers: Iterable[str]) -> float:
    """Return the best harmonic mean of token precision and recall against an accepted answer (SQuAD)."""
    return max((_f1(normalise(said).split(), normalise(answer).split()) for answer in answers), default=0.0)


def contains(text: str, answers: Iterable[str]) -> bool:
    """Does an accepted answer, without the article that it begins with, stand in the text as the same whole words?"""
    held = f" {_words(text)} "
    wanted = (_words(_LEADING.sub("", answer)) for answer in answers)
    return any(f" {words} " in held for words in wanted if words)


def _words(text: str) -> str:
    """The words of a text, as `normalise` has them, but with the articles: "Hepatitis A" is not "Hepatitis B"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    joined = _INITIALS.sub(lambda match: re.sub(r"[.\s]", "", match[0]), _THOUSANDS.sub("", bare))
    return " ".join(_PUNCTUATION.sub(" ", joined).split())


def _f1(said: list[str], wanted: list[str]) -> float:
    common = sum((Counter(said) & Counter(wanted)).values())
    if not common:
        return 0.0
    precision, recall = common / len(said), common / len(wanted)
    return 2 * precision * recall / (precision + recall)
