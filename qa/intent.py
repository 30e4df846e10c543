"""What kind of answer a question wants, from its words: one fact, a list, a digest, or a timeline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.sources import hide
from qa.surveys import find_survey
from qa.types import Intent

_LIST = re.compile(
    r"^(?:(?:(?:can|could|would|will) you )?(?:please )?(?:list|name|give me a list)\b|"
    r"(?:what|who|which) (?:are|were) (?:the|some|all)\b[^?]*?s\b|what (?:are|were) \w+s\b)",
    re.IGNORECASE,
)
# "Which video services got into trouble", "Which firms and banks paid": a compound before a verb of the plural. Words
# in -s before it would be verbs themselves ("Which company says users have").
_COMPOUND = re.compile(
    r"^(?:which|what)\s+"
    r"(?:(?!of\b|news\b)(?:[\w’'-]*[^\Ws]|[\w-]+s\s+and)\s+){0,4}?(?!news\b|series\b)[a-z-]{2,}[^\Wsui]s\s+"
    r"(?:have|are|were|do|did|had|got|made|won|lost|took|left|went|came|sent|fell|rose|said|gave|told|held|ran|put|paid|"
    r"met|sold|bought|led|hit|appear|[a-z]{2,}ed)\b",
    re.IGNORECASE,
)
_SINGULAR = frozenset("is was has does its news series species this his tennis".split())
_MODIFIER = re.compile(
    r"^(?:two|three|four|five|six|seven|eight|nine|ten|\d+|other|different|major|main|big|large|small|new|more|"
    r"(?:kinds?|types?|sorts?) of|[A-Z][\w-]*|[a-z]+(?:al|ese|ish|ern|ive|ous))$"
)


def find_intent(text: str, known_sources: Sequence[str] = ()) -> tuple[Intent, str]:
    """Return what a question wants and, of a digest or a timeline, what it is about.

    `text` is the question without its time. "lookup" is what is left when its words ask for nothing else. What
    someone said is a digest only of the press and of `known_sources`: of a person it is one fact.
    """
    bare = " ".join(text.split())
    found = find_survey(bare, hide(bare, known_sources))
    if found:
        return found
    return ("list" if _LIST.search(bare) or _asks_plural(bare) or _COMPOUND.search(bare) else "lookup"), ""


def _asks_plural(text: str) -> bool:
    """Does "which" or "what" ask for a plural noun ("which two Chinese airlines")?"""
    match = re.match(r"^(?:(?:in|to|from|for|by|with|on) )?(?:which|what)\s+(.*)", text, re.IGNORECASE)
    for word in re.findall(r"(?:kind|type|sort)s? of|[\w-]+", match[1])[:4] if match else ():
        if re.fullmatch(r"[a-z-]{3,}s", word) and not word.endswith(("ss", "us", "is")) and word not in _SINGULAR:
            return True
        if not _MODIFIER.match(word):
            return False
    return False
