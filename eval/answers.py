"""Is what was answered right? By accepted strings, as in SQuAD."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "–": "-", "—": "-"})


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces (SQuAD's own; Rajpurkar et al. 2016), straight quotes."""
    text = text.translate(_QUOTES).lower()
    text = "".join(" " if c in string.punctuation else c for c in text)
    return " ".join(_ARTICLES.sub(" ", text).split())


def exact_match(said: str, answers: Iterable[str]) -> float:
    """Return 1 if the span is an accepted answer after `normalise`, else 0."""
    return float(any(normalise(said) == normalise(answer) for answer in answers))


def token_f1(said: str, answers: Iterable[str]) -> float:
    """Return the best harmonic mean of token precision and recall against an accepted answer (SQuAD)."""
    return max((_f1(normalise(said).split(), normalise(answer).split()) for answer in answers), default=0.0)


def contains(text: str, answers: Iterable[str]) -> bool:
    """Does an accepted answer stand in the text, as whole words after `normalise`?"""
    held = f" {normalise(text)} "
    return any(f" {normalise(answer)} " in held for answer in answers if normalise(answer))


def _f1(said: list[str], wanted: list[str]) -> float:
    common = sum((Counter(said) & Counter(wanted)).values())
    if not common:
        return 0.0
    precision, recall = common / len(said), common / len(wanted)
    return 2 * precision * recall / (precision + recall)
