"""Do two texts say the same? By their words and numbers."""

from __future__ import annotations

from qa.terms import content_stems, signed_numbers

SAME = 0.6  # share of content stems in common above which two sentences say the same


def alike(a: str, b: str, same: float = SAME, beyond: frozenset[str] = frozenset()) -> bool:
    """Do two sentences share most of their words, and every number? A toll of 12 is not one of 31.

    `same` is the share of the shorter one's words that the other must have; those in `beyond`, as of the topic that
    both are about, do not count.
    """
    left, right = frozenset(content_stems(a)), frozenset(content_stems(b))
    if left - beyond and right - beyond:
        return _most(left - beyond, right - beyond, same) and signed_numbers(a) == signed_numbers(b)
    return bool(left) and left == right and signed_numbers(a) == signed_numbers(b)


def same_words(a: str, b: str) -> bool:
    """Does the shorter of two sentences have most of its words in the other?"""
    return _most(frozenset(content_stems(a)), frozenset(content_stems(b)))


def _most(left: frozenset[str], right: frozenset[str], same: float = SAME) -> bool:
    return len(left & right) >= same * min(len(left), len(right))
