"""What may be left out of a quote without changing what it says: a closed list of forms, everything else stays.

The other way about, a list of what may not be dropped, has no end ("is set to", "threatened to", "Smith believes").
Each form here is one that the rest of the sentence says without, by where it stands and not by what it means. Where an
adjunct bounds a claim ("no trains ran on Friday", "the longest bridge in Norway") it is one of those that stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

Span = tuple[int, int]  # [start, end) of a quote's words

_DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_MONTHS = frozenset(
    "January February March April May June July August September October November December".split(),
)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_ROLES = frozenset(
    """airline airport band bank boat charity city club company ferry firm magazine newspaper ship town vessel village
    yacht""".split()
)
# Things that happen once, at a place and a time: "was built in Denholm" tells "was built". "Was banned in Norway" does
# not tell "was banned", so a verb of rules or states is none of these.
_HAPPENED = frozenset("arrested born built buried died founded killed launched opened".split())
_PASTS = frozenset(
    """became began bought came fell gave held led left lost made met paid ran rose said sank sold took told went
    won""".split()
)
_CONNECTIVES = frozenset("Additionally However Meanwhile Moreover Separately Still".split())
_PRONOUNS = frozenset("he she it they we you i".split())
_AUXILIARY = frozenset("is are was were has have had will would".split())
_DETERMINERS = frozenset("a an the his her its their".split())
# What makes a claim hang on its adjuncts: negations, quantities, comparisons, ranks, conditions.
_BOUNDED = frozenset(
    """not no never none nobody nothing neither nor without all every each any only just most least few fewer less more
    than half first last almost nearly hardly barely if unless until when whenever always usually often except but
    denied denies deny doubts doubted disputed disputes rejected rejects refuted failed refused avoided prevented
    stopped false untrue""".split()
)
_ADDS_ON = frozenset("who whose killing injuring causing forcing damaging destroying including".split())
_JOINTS = frozenset(', ; : ( ) — . " ?'.split())
_SMALL = frozenset("of in on at by for with to from and or who which that said says a an the".split())
_PLACING = frozenset("in on at by for with to from".split())
_MONEY = frozenset("£ $ € pounds dollars euros".split())
_SCALES = frozenset("thousand million billion trillion m bn".split())


def omissible(words: Sequence[str]) -> list[Span]:
    """Spans of the words of a quote (`qa.llm.agree.words`) each of which may be left out, alone or with others."""
    return [span for form in _FORMS for span in form(words)]


def _opening(words: Sequence[str]) -> Iterator[Span]:
    """ "But Hale won", and "On Friday, the yard said": when it was said, or happened, if no figure hangs on it."""
    if _at(words, 0) in ("And", "But") and _at(words, 1) != "for":
        yield 0, 1
    if _at(words, 0) in _CONNECTIVES and _at(words, 1) == ",":
        yield 0, 2
    end = _calendar(words, 0)
    end += _at(words, end) == ","
    verb = _subject(words, end) if end > 1 else 0
    if not verb or _bounded(words[end:verb]):
        return
    unbounded = not _bounded(words[verb:]) and not any(word[0].isdigit() for word in words[verb:])
    if _at(words, verb) == "said" or (_past(_at(words, verb)) and unbounded):
        yield 0, end


def _also(words: Sequence[str]) -> Iterator[Span]:
    """ "Hale also won"; not "did not also win"."""
    yield from ((at, at + 1) for at, word in enumerate(words) if word == "also" and not _bounded(words[:at]))


def _saying(words: Sequence[str]) -> Iterator[Span]:
    """ "said on Sunday that the yard": when it was said, and "that"."""
    verb = _subject(words, 0)
    if not verb or _at(words, verb) != "said" or _bounded(words[:verb]):
        return
    end = _calendar(words, verb + 1)
    that = end or verb + 1
    if _at(words, that) != "that":
        return
    if end:
        yield verb + 1, end
    after = _at(words, that + 1)
    # "Said on Sunday the yard" would leave open what was on Sunday, "said that will" has it for a subject.
    if after in _DETERMINERS or after in _PRONOUNS or after in ("all", "no") or _names(words, that + 1):
        yield verb + 1, that + 1


def _all(words: Sequence[str]) -> Iterator[Span]:
    """ "All homes were", "said that all homes were": that it was all of them."""
    verb = _subject(words, 0)
    starts = [0]
    if verb and _at(words, verb) == "said":
        starts += [at for at in range(verb + 1, len(words)) if words[at - 1] in ("said", "that")][:2]
    for at in starts:
        all_of_them = _at(words, at).lower() == "all" and _at(words, at + 1).endswith("s")
        if all_of_them and _at(words, at + 2) in _AUXILIARY and not _bounded([*words[:at], *words[at + 1 :]]):
            yield at, at + 1


def _roles(words: Sequence[str]) -> Iterator[Span]:
    """ "the ferry Ardent": what Ardent is; not "told the club Hale lied"."""
    for at, word in enumerate(words):
        end = _names(words, at + 2)
        if word in ("the", "The") and end and words[at + 1] in _ROLES:
            after = _at(words, end)
            if (at == 0 and after in _AUXILIARY) or (at > 0 and (not after or after in _JOINTS or after in _PLACING)):
                yield at, at + 2


def _asides(words: Sequence[str]) -> Iterator[Span]:
    """ "Denholm, which beat Ardent, won", "Tom Hale, 42, was", "Anna Hale, the mayor of Denholm, will"; not "he said".

    Its head stays and a verb follows, so that it is no item of a list and holds none.
    """
    commas = [at for at, word in enumerate(words) if word == ","]
    for start, end in pairwise(commas):
        inside = words[start + 1 : end]
        if start == 0 or not inside or _JOINTS.intersection(inside):
            continue
        relative = inside[0] in ("which", "who", "whose", "where") and len(inside) > 2
        apposition = words[start - 1][0].isupper() and _is_apposition(inside)
        if (relative or apposition) and _verb(words, end + 1):
            yield start, end + 1


def _verb(words: Sequence[str], at: int) -> bool:
    """Does a verb stand there? "Used" does in "used the", not in "used cars"; "said Jones" ends another's words."""
    word, after = _at(words, at), _at(words, at + 1)
    if word in _AUXILIARY:
        return True
    if word in _PASTS:
        return word != "said" or not _names(words, at + 1)
    return word.islower() and word.endswith("ed") and (after in _PLACING or after in _DETERMINERS)


def _initials(words: Sequence[str]) -> Iterator[Span]:
    """ "World Health Organization (WHO)": what it is called for short."""
    for at, word in enumerate(words):
        short = _at(words, at + 1)
        if word == "(" and _at(words, at + 2) == ")" and short.isalpha() and short.isupper() and len(short) > 1:
            yield at, at + 3


def _is_apposition(inside: Sequence[str]) -> bool:
    """An age, "the mayor", or "the mayor of Denholm": too short to hold a subject with its verb."""
    if len(inside) == 1:
        return inside[0].isdigit()
    if inside[0] not in _DETERMINERS or not inside[1].islower():
        return False
    return len(inside) == 2 or (inside[2] == "of" and _names(inside, 3) == len(inside))


def _named(words: Sequence[str]) -> Iterator[Span]:
    """ "The new electric boat, named Ardent, was": all but the name, where nothing else can bear it."""
    if end := _subject_named(words):
        yield 0, words.index(",") + 2
        yield end - 1, end


def _adjuncts(words: Sequence[str]) -> Iterator[Span]:
    """ "was built by Marrow Yards in Denholm in 1951": each of them, where they are all that follows."""
    at = _subject_named(words) or _subject(words, 0)
    if not at or _bounded(words):
        return
    at += _at(words, at) in ("was", "were")
    if _at(words, at) not in _HAPPENED:
        return
    at += 1
    spans = []
    while at < len(words) and (end := _adjunct(words, at)):
        spans.append((at, end))
        at = end
    if at == len(words):
        yield from spans


def _adjunct(words: Sequence[str], at: int) -> int:
    """The end of one that begins here: by or at a name, at a time, for an amount of money; 0 if none does."""
    if end := _calendar(words, at):
        return end
    if words[at] in ("by", "in", "at", "near"):
        return _names(words, at + 1)
    if words[at] != "for":
        return 0
    end = _run(words, at + 1, lambda word: word in _MONEY or word in _SCALES or word[0].isdigit())
    return end if _MONEY.intersection(words[at + 1 : end]) else 0


def _ending(words: Sequence[str]) -> Iterator[Span]:
    """ ", whose brother sails" or ", killing four people", to the end; not ", Smith said", nor ", if it rains"."""
    comma = max((at for at, word in enumerate(words) if word in _JOINTS), default=0)
    if not comma or words[comma] != "," or _bounded(words):
        return
    opens = _at(words, comma + 1)
    if opens in _ADDS_ON or (opens == "where" and words[comma - 1][0].isupper()):  # not "where possible"
        yield comma, len(words)


def _second_verb(words: Sequence[str]) -> Iterator[Span]:
    """ "Hopp will appeal and will refund riders": the second of two, when too short to bear on the first."""
    at = len(words) - 4
    verb = _subject(words, 0)
    if not 0 < verb < at or words[verb] not in _AUXILIARY or words[at : at + 2] != ["and", words[verb]]:
        return
    if not _bounded(words[at:]) and not any(w in _SMALL or w.endswith("ly") for w in words[at + 1 :]):
        yield at, len(words)


def _subject(words: Sequence[str], start: int) -> int:
    """The end of a subject too short to hold a verb: "Marrow Yards", "The ferry Ardent", "The yard"; 0 if none."""
    at = start
    bare = True
    if _at(words, at).lower() in _DETERMINERS:
        at, bare = at + 1, False
    if _at(words, at + 1) in _ROLES and (end := _names(words, at + 2)):  # "Ride firm Hopp"
        return end
    if _at(words, at) in _ROLES and (end := _names(words, at + 1)):
        return end
    if bare:
        return _names(words, at)
    return at + 1 if _at(words, at).islower() and _at(words, at) not in _SMALL else 0


def _subject_named(words: Sequence[str]) -> int:
    """The same of "The new electric boat, named Ardent,"."""
    if _at(words, 0) not in ("A", "An", "The"):
        return 0
    comma = _run(words, 1, lambda word: word.islower() and word not in _SMALL)
    if not 1 < comma <= 5 or _at(words, comma) != "," or _at(words, comma + 1) not in ("named", "called"):
        return 0
    end = _names(words, comma + 2)
    return end + 1 if end and _at(words, end) == "," and _at(words, end + 1) in _AUXILIARY else 0


def _calendar(words: Sequence[str], at: int) -> int:
    """The end of "on Friday", "in May 2019", "on 5 May", "last Friday"; 0 if none begins here."""
    if _at(words, at).lower() not in ("on", "in", "last"):
        return 0
    end = _run(words, at + 1, lambda word: _is_date(word) or (word.isdigit() and int(word) <= 31))
    return end if any(_is_date(word) for word in words[at + 1 : end]) else 0


def _is_date(word: str) -> bool:
    return word in _DAYS or word in _MONTHS or _YEAR.fullmatch(word) is not None


def _names(words: Sequence[str], at: int) -> int:
    """The end of the capitalised words that begin here, none of which is a date; 0 if none does."""
    end = _run(words, at, lambda word: word[0].isupper() and not _is_date(word) and word.lower() not in _SMALL)
    return end if end > at else 0


def _run(words: Sequence[str], at: int, fits: Callable[[str], bool]) -> int:
    while at < len(words) and fits(words[at]):
        at += 1
    return at


def _past(word: str) -> bool:
    return word in ("was", "were", "had", "will", "would") or (word.islower() and word.endswith("ed"))


def _bounded(words: Sequence[str]) -> bool:
    """Does a claim in these words hang on what stands beside it?"""
    return any(w.lower() in _BOUNDED or w == "%" or (w.islower() and w.endswith("est")) for w in words)


def _at(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


_FORMS = (_opening, _also, _saying, _all, _roles, _asides, _initials, _named, _adjuncts, _ending, _second_verb)
