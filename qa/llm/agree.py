"""May a sentence of a model's be shown beside a quote? Stricter than for the archive's own words: nothing may be new.

A small model recombines: every word of "Denholm was built by the Ardent" stands in its source. So beside the words,
numbers, names and negation that `supports` compares, nothing may be added, the order must be the quote's, and what
turns a statement round or takes it half back ("dropped", "may", "denied") must be kept. Nor is everything that stands
in an article its statement: what stands there in markup or code is no quote.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from qa.terms import content_stems, stem, tokens

MAX_CHARS = 400  # the longest sentence of the example and news archives that answers has under 350
IN_ORDER = 0.8  # share of the sentence's content words that must stand in the quote's order; set on swaps of our own
_FORBIDDEN = ("<", ">", "](", "http:", "https:", "www.", "javascript:", "{", "}", "\\", "|", "~~~")
# Small words that a statement hangs on; they are stop words to retrieval.
_BEARING = frozenset(
    """over under up down out off more most less least only all any some each every both other before after again than
    same until since without against between if unless""".split()
)
# Words that take a statement back, put it in doubt, in the future or in somebody's mouth; dropping one makes a claim.
_HEDGES = frozenset(
    stem(word)
    for word in """may might could would should will can plan plans planned drop dropped denied deny refuse refused
    reject rejected fail failed cancel cancelled expect expected alleged allegedly reportedly claim claimed accuse
    accused hope hoped propose proposed consider considered if unless almost nearly hardly barely false wrong rumour
    rumor intend intended want wanted try tried instead former stop stopped ended withdrew withdrawn postponed delayed
    corrected apparently possibly perhaps probably likely unlikely
    said says told according""".split()
)

Supports = Callable[[str, str], bool]


def agrees(sentence: str, quote: str, supports: Supports) -> bool:
    """May `sentence` stand beside `quote`: plain, said by it in its order, and with every "may" and "dropped" kept?"""
    if not plain(sentence) or _marked(quote) or not supports(sentence, quote):
        return False
    said, source = content_stems(sentence), content_stems(quote)
    if not set(said) <= set(source):
        return False
    words, known = set(tokens(sentence)), set(tokens(quote))
    if not (words & _BEARING) <= known or not _hedges(known) <= _hedges(words):
        return False
    return _common_order(said, source) >= IN_ORDER * len(said)


def plain(sentence: str) -> bool:
    """Is it a sentence to show: of bounded length, no markup, no link, nothing invisible?"""
    if len(sentence) > MAX_CHARS or _marked(sentence):
        return False
    return all(unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs") for letter in sentence)


def shares_matter(sentence: str, question: str) -> bool:
    """Do they have a content word in common? What an attacker hides in a true article speaks of something else."""
    return not set(content_stems(sentence)).isdisjoint(content_stems(question))


def _marked(text: str) -> bool:
    """Is there markup, code or a link in it?"""
    return any(sign in text.casefold() for sign in _FORBIDDEN)


def _hedges(words: set[str]) -> set[str]:
    return {stem(word) for word in words} & _HEDGES


def _common_order(said: Sequence[str], source: Sequence[str]) -> int:
    """Length of the longest common subsequence (Wagner and Fischer 1974)."""
    row = [0] * (len(source) + 1)
    for word in said:
        before = 0
        for place, other in enumerate(source, 1):
            before, row[place] = row[place], before + 1 if word == other else max(row[place], row[place - 1])
    return row[-1]
