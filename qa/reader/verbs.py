"""The first finite verb of an English sentence, by form alone; the extra `train` brings the dictionary of forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[A-Za-z][\w’'-]*")
_BE = {"is", "are", "was", "were"}
_MODAL = {"will", "would", "can", "could", "may", "might", "must", "should"}
_HAVE = {"has", "have", "had"}
_NOT_VERBS = frozenset(
    """as its his this thus less news series species united used based said-to-be whose yes plus across perhaps always
    press business process class loss access address interest units needed related advanced limited mixed red""".split()
)
_DETERMINERS = frozenset(
    "the a an its his her their this that these those our my your of in at by for with on to".split()
)


@dataclass(frozen=True, slots=True)
class Verb:
    """Where the verb stands in its sentence, its text, and how a question turns it: "did" + "buy", "was" + "" ..."""

    start: int
    end: int
    text: str
    auxiliary: str
    bare: str


def find_verb(sentence: str) -> Verb | None:
    """Return the first finite verb after at least one word; None where none is found among the first twelve words."""
    words = list(_WORD.finditer(sentence))[:12]
    for number, match in enumerate(words[1:], 1):
        word, previous = match.group(), words[number - 1].group().lower()
        if word in _BE | _MODAL | _HAVE:
            return _auxiliary(match, words[number + 1].group() if number + 1 < len(words) else "")
        if word != word.lower() or word in _NOT_VERBS or previous in _DETERMINERS:
            continue
        form = finite(word)
        if form is not None:
            return Verb(match.start(), match.end(), word, *form)
    return None


def _auxiliary(match: re.Match[str], following: str) -> Verb:
    word = match.group()
    have_noun = word in _HAVE and not (following.endswith(("ed", "en", "n")) or _participle(following))
    if have_noun:
        return Verb(match.start(), match.end(), word, {"has": "does", "have": "do", "had": "did"}[word], "have")
    return Verb(match.start(), match.end(), word, word, "")


@lru_cache(maxsize=65536)
def finite(word: str) -> tuple[str, str] | None:
    """Return ("did", bare form) of a past tense, ("does", bare form) of a third person; None for anything else."""
    import lemminflect

    lemmas = lemminflect.getAllLemmas(word)
    if "VERB" not in lemmas:
        return None
    bare = lemmas["VERB"][0]
    if bare == word and word not in ("put", "set", "cut", "hit", "let", "shut", "quit"):
        return None
    if word in lemminflect.getInflection(bare, "VBD"):
        return "did", str(bare)
    if word in lemminflect.getInflection(bare, "VBZ") and "NOUN" not in lemmas:
        return "does", str(bare)
    return None


@lru_cache(maxsize=65536)
def _participle(word: str) -> bool:
    import lemminflect

    lemmas = lemminflect.getAllLemmas(word.lower())
    return "VERB" in lemmas and word.lower() in lemminflect.getInflection(lemmas["VERB"][0], "VBN")
