"""Parts of a sentence told by their shape alone: a short subject, a date, names, an adjunct, a verb among a few.

Words are those of `qa.llm.agree.words`. Each function errs on the side of not knowing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
MONTHS = frozenset(
    "January February March April May June July August September October November December".split(),
)
YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
ROLES = frozenset(
    """airline airport band bank boat charity city club company ferry firm magazine newspaper ship town vessel village
    yacht""".split()
)
PASTS = frozenset(
    """became began bought came fell gave held led left lost made met paid ran rose said sank sold took told went
    won""".split()
)
AUXILIARY = frozenset("is are was were has have had will would".split())
DETERMINERS = frozenset("a an the his her its their".split())
# What makes a claim hang on its adjuncts: negations, quantities, comparisons, ranks, conditions.
BOUNDED = frozenset(
    """not no never none nobody nothing neither nor without all every each any only just most least few fewer less more
    than half first last almost nearly hardly barely if unless until when whenever always usually often except but
    denied denies deny doubts doubted disputed disputes rejected rejects refuted failed refused avoided prevented
    stopped false untrue""".split()
)
SMALL = frozenset("of in on at by for with to from and or who which that said says a an the".split())
PLACING = frozenset("in on at by for with to from".split())
MONEY = frozenset("£ $ € pounds dollars euros".split())
SCALES = frozenset("thousand million billion trillion m bn".split())


def is_verb(words: Sequence[str], at: int) -> bool:
    """Does a verb stand there? "Used" does in "used the", not in "used cars"; "said Jones" ends another's words."""
    word, after = word_at(words, at), word_at(words, at + 1)
    if word in AUXILIARY:
        return True
    if word in PASTS:
        return word != "said" or not names_end(words, at + 1)
    return word.islower() and word.endswith("ed") and (after in PLACING or after in DETERMINERS)


def adjunct_end(words: Sequence[str], at: int) -> int:
    """The end of an adjunct that begins here: by or at a name, at a time, for an amount of money; 0 if none does."""
    if end := calendar_end(words, at):
        return end
    if words[at] in ("by", "in", "at", "near"):
        return names_end(words, at + 1)
    if words[at] != "for":
        return 0
    end = _run(words, at + 1, lambda word: word in MONEY or word in SCALES or word[0].isdigit())
    return end if MONEY.intersection(words[at + 1 : end]) else 0


def subject_end(words: Sequence[str], start: int) -> int:
    """The end of a subject too short to hold a verb: "Marrow Yards", "The ferry Ardent", "The yard"; 0 if none."""
    at = start
    bare = True
    if word_at(words, at).lower() in DETERMINERS:
        at, bare = at + 1, False
    if word_at(words, at + 1) in ROLES and (end := names_end(words, at + 2)):  # "Ride firm Hopp"
        return end
    if word_at(words, at) in ROLES and (end := names_end(words, at + 1)):
        return end
    if bare:
        return names_end(words, at)
    return at + 1 if word_at(words, at).islower() and word_at(words, at) not in SMALL else 0


def named_subject_end(words: Sequence[str]) -> int:
    """The same of "The new electric boat, named Ardent,", its second comma with it."""
    if word_at(words, 0) not in ("A", "An", "The"):
        return 0
    comma = _run(words, 1, lambda word: word.islower() and word not in SMALL)
    if not 1 < comma <= 5 or word_at(words, comma) != "," or word_at(words, comma + 1) not in ("named", "called"):
        return 0
    end = names_end(words, comma + 2)
    return end + 1 if end and word_at(words, end) == "," and word_at(words, end + 1) in AUXILIARY else 0


def calendar_end(words: Sequence[str], at: int) -> int:
    """The end of "on Friday", "in May 2019", "on 5 May", "last Friday"; 0 if none begins here."""
    if word_at(words, at).lower() not in ("on", "in", "last"):
        return 0
    end = _run(words, at + 1, lambda word: _is_date(word) or (word.isdecimal() and int(word) <= 31))
    return end if any(_is_date(word) for word in words[at + 1 : end]) else 0


def _is_date(word: str) -> bool:
    return word in DAYS or word in MONTHS or YEAR.fullmatch(word) is not None


def names_end(words: Sequence[str], at: int) -> int:
    """The end of the capitalised words that begin here, none of which is a date; 0 if none does."""
    end = _run(words, at, lambda word: word[0].isupper() and not _is_date(word) and word.lower() not in SMALL)
    return end if end > at else 0


def _run(words: Sequence[str], at: int, fits: Callable[[str], bool]) -> int:
    while at < len(words) and fits(words[at]):
        at += 1
    return at


def is_past(word: str) -> bool:
    """Is it a verb of the past or the future? A present one may tell a habit ("In May, the pool is closed")."""
    return word in ("was", "were", "had", "will", "would") or (word.islower() and word.endswith("ed"))


def bounded(words: Sequence[str]) -> bool:
    """Does a claim in these words hang on what stands beside it?"""
    return any(w.lower() in BOUNDED or w == "%" or (w.islower() and w.endswith("est")) for w in words)


def word_at(words: Sequence[str], at: int) -> str:
    """The word at a place; empty past either end."""
    return words[at] if 0 <= at < len(words) else ""
