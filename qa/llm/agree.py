"""May a sentence of a model's be shown beside a quote? Only if it is the quote, less what `qa.llm.omit` lists.

A small model recombines: every word of "Denholm was built by the Ardent" stands in its source. And what is left out
changes as much as what is put in ("is set to", "Smith believes", "the wife of"). So words and signs are compared one by
one, in order, as they are written. Nor is everything that stands in an article its statement: what stands there in
markup or code is no quote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from qa.llm.omit import omissible
from qa.terms import content_stems, numbers

MAX_CHARS = 400  # the longest sentence of the example and news archives that answers has under 350
_FORBIDDEN = ("<", ">", "](", "http:", "https:", "www.", "javascript:", "{", "}", "\\", "|", "~~~")
# Two ways of writing the same. A hyphen that joins words goes; that of "-5" and "2-1" stays.
_SAME = [
    (re.compile(pattern), put)
    for pattern, put in (
        ("’", "'"),
        ("[“”„«»]", '"'),
        ("−|–(?=\\d)", "-"),
        (" [-–] |[–—―]", " — "),
        (r"(?<=[^\W\d_])-(?=[^\W\d_])|(?<=\d)-(?=[^\W\d_])", " "),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"\b([ap])\.m\.(?=\s+[a-z])|\b([ap])\.m\b", r"\1\2m"),
        (r"\b(Mr|Mrs|Ms|Dr|St)\.", r"\1"),
        (r"\b([A-Z])\.(?=[A-Z]\b)|(?<=\b[A-Z]\.[A-Z])\.(?=\s+[a-z])", r"\1"),
        (r"\bper ?cent\b", "%"),
        (r"\b[Cc]annot\b|\bcan't\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
    )
]
_WORD = re.compile(r"\d[\d.]*\d|\d|[^\W\d_]+|'s\b|\S")
_LEANING = frozenset("he she it they his her its their this that these those".split())

Supports = Callable[[str, str], bool]


def agrees(sentence: str, quote: str, supports: Supports) -> bool:
    """May `sentence` stand beside `quote`: plain, and word by word what it says, with nothing gone that bears on it?"""
    if not plain(sentence) or _marked(quote) or not supports(sentence, quote):
        return False
    return _reads(words(sentence), words(quote))


def plain(sentence: str) -> bool:
    """Is it a sentence to show: of bounded length, no markup, no link, nothing invisible?"""
    if len(sentence) > MAX_CHARS or _marked(sentence):
        return False
    return all(unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs") for letter in sentence)


def shares_matter(sentence: str, question: str) -> bool:
    """Do they have a content word in common? What an attacker hides in a true article speaks of something else."""
    return not set(content_stems(sentence)).isdisjoint(content_stems(question))


def leans(sentence: str) -> bool:
    """Does it open with a pronoun? Beside another sentence than its own "He died" is told of another."""
    return next((word.lower() for word in words(sentence) if word != '"'), "") in _LEANING


def words(text: str) -> list[str]:
    """Every word, number and sign of a text in order, as written, but for what means nothing: see below.

    The last stop goes, "the" before a name ("the Ardent"; not "the few"), and the way a number, an abbreviation or a
    "not" is written. Case stays: "US" is not "us", nor "May" "may".
    """
    for pattern, put in _SAME:
        text = pattern.sub(put, text)
    found = [_number(word) for word in _WORD.findall(text)]
    if found and found[-1] in (".", "!"):
        found.pop()
    after = [*found[1:], ""]
    return [w for w, beside in zip(found, after, strict=False) if w.lower() != "the" or not beside[:1].isupper()]


def _number(word: str) -> str:
    """ "five" as "5"; other words as they are."""
    said = numbers(word) if word.isalpha() else ()
    return f"{next(iter(said)):.0f}" if said else word


def _reads(said: Sequence[str], quote: Sequence[str]) -> bool:
    """Is `said` the words of the quote without some of those that may be left out?"""
    spans = omissible(quote)
    places = _past_omitted({0}, spans)
    for at, word in enumerate(said):
        places = {p + 1 for p in places if p < len(quote) and _same(word, quote[p], opens=at == 0)}
        places = _past_omitted(places, spans)
    return len(quote) in places


def _past_omitted(places: set[int], spans: Sequence[tuple[int, int]]) -> set[int]:
    """The places, and those after what may be left out there."""
    reached = set(places)
    for start, end in sorted(spans):
        if start in reached:
            reached.add(end)
    return reached


def _same(word: str, other: str, *, opens: bool) -> bool:
    """Are they one word? The one that opens a sentence may have got its capital there."""
    return word == other or (opens and word == other[:1].upper() + other[1:])


def _marked(text: str) -> bool:
    """Is there markup, code or a link in it?"""
    return any(sign in text.casefold() for sign in _FORBIDDEN)
