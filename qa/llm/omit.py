"""What may be left out of a quote without changing what it says: a closed list of forms, everything else stays.

The other way about, a list of what may not be dropped, has no end ("is set to", "threatened to", "Smith believes").
Each form here is one that the rest of the sentence says without, by where it stands and not by what it means. Where an
adjunct bounds a claim ("no trains ran on Friday", "the longest bridge in Norway") it is one of those that stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.llm.shapes import (
    AUXILIARY,
    DETERMINERS,
    PLACING,
    ROLES,
    SMALL,
    adjunct_end,
    bounded,
    calendar_end,
    is_past,
    is_verb,
    named_subject_end,
    names_end,
    subject_end,
    word_at,
)

Span = tuple[int, int]  # [start, end) of a quote's words

# Things that happen once, at a place and a time: "was built in Denholm" tells "was built". "Was banned in Norway" does
# not tell "was banned", so a verb of rules or states is none of these; nor does one die only in Denholm, but in Hamlet.
_HAPPENED = frozenset("built founded launched opened".split())
_CONNECTIVES = frozenset("Additionally However Meanwhile Moreover Separately Still".split())
_PRONOUNS = frozenset("he she it they we you i".split())
_ADDS_ON = frozenset("who whose killing injuring causing forcing damaging destroying including".split())
_JOINTS = frozenset(', ; : ( ) — . " ?'.split())


def omissible(words: Sequence[str]) -> list[Span]:
    """Spans of the words of a quote (`qa.llm.agree.words`) each of which may be left out, alone or with others."""
    return [span for form in _FORMS for span in form(words)]


def _opening(words: Sequence[str]) -> Iterator[Span]:
    """ "But Hale won", and "On Friday, the yard said": when it was said, or happened, if no figure hangs on it."""
    if word_at(words, 0) in ("And", "But") and word_at(words, 1) != "for":
        yield 0, 1
    if word_at(words, 0) in _CONNECTIVES and word_at(words, 1) == ",":
        yield 0, 2
    end = calendar_end(words, 0)
    end += word_at(words, end) == ","
    verb = subject_end(words, end) if end > 1 else 0
    if not verb or bounded(words[end:verb]):
        return
    unbounded = not bounded(words[verb:]) and not any(word[0].isdigit() for word in words[verb:])
    if word_at(words, verb) == "said" or (is_past(word_at(words, verb)) and unbounded):
        yield 0, end


def _also(words: Sequence[str]) -> Iterator[Span]:
    """ "Hale also won"; not "did not also win"."""
    yield from ((at, at + 1) for at, word in enumerate(words) if word == "also" and not bounded(words[:at]))


def _saying(words: Sequence[str]) -> Iterator[Span]:
    """ "said on Sunday that the yard": when it was said, and "that"."""
    verb = subject_end(words, 0)
    if not verb or word_at(words, verb) != "said" or bounded(words[:verb]):
        return
    end = calendar_end(words, verb + 1)
    that = end or verb + 1
    if word_at(words, that) != "that":
        return
    if end:
        yield verb + 1, end
    after = word_at(words, that + 1)
    # "Said on Sunday the yard" would leave open what was on Sunday, "said that will" has it for a subject.
    if after in DETERMINERS or after in _PRONOUNS or after in ("all", "no") or names_end(words, that + 1):
        yield verb + 1, that + 1


def _all(words: Sequence[str]) -> Iterator[Span]:
    """ "All homes were", "said that all homes were": that it was all of them."""
    verb = subject_end(words, 0)
    starts = [0]
    if verb and word_at(words, verb) == "said":
        starts += [at for at in range(verb + 1, len(words)) if words[at - 1] in ("said", "that")][:2]
    for at in starts:
        all_of_them = word_at(words, at).lower() == "all" and word_at(words, at + 1).endswith("s")
        if all_of_them and word_at(words, at + 2) in AUXILIARY and not bounded([*words[:at], *words[at + 1 :]]):
            yield at, at + 1


def _roles(words: Sequence[str]) -> Iterator[Span]:
    """ "the ferry Ardent": what Ardent is; not "told the club Hale lied"."""
    for at, word in enumerate(words):
        end = names_end(words, at + 2)
        if word in ("the", "The") and end and words[at + 1] in ROLES:
            after = word_at(words, end)
            if (at == 0 and after in AUXILIARY) or (at > 0 and (not after or after in _JOINTS or after in PLACING)):
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
        if (relative or apposition) and is_verb(words, end + 1):
            yield start, end + 1


def _initials(words: Sequence[str]) -> Iterator[Span]:
    """ "World Health Organization (WHO)": what it is called for short."""
    for at, word in enumerate(words):
        short = word_at(words, at + 1)
        if word == "(" and word_at(words, at + 2) == ")" and short.isalpha() and short.isupper() and len(short) > 1:
            yield at, at + 3


def _is_apposition(inside: Sequence[str]) -> bool:
    """An age, "the mayor", or "the mayor of Denholm": too short to hold a subject with its verb."""
    if len(inside) == 1:
        return inside[0].isdigit()
    if inside[0] not in DETERMINERS or not inside[1].islower():
        return False
    return len(inside) == 2 or (inside[2] == "of" and names_end(inside, 3) == len(inside))


def _named(words: Sequence[str]) -> Iterator[Span]:
    """ "The new electric boat, named Ardent, was": all but the name, where nothing else can bear it."""
    if end := named_subject_end(words):
        yield 0, words.index(",") + 2
        yield end - 1, end


def _adjuncts(words: Sequence[str]) -> Iterator[Span]:
    """ "was built by Marrow Yards in Denholm in 1951": each of them, where they are all that follows."""
    at = named_subject_end(words) or subject_end(words, 0)
    if not at or bounded(words):
        return
    at += word_at(words, at) in ("was", "were")
    if word_at(words, at) not in _HAPPENED:
        return
    at += 1
    spans = []
    while at < len(words) and (end := adjunct_end(words, at)):
        spans.append((at, end))
        at = end
    if at == len(words):
        yield from spans


def _ending(words: Sequence[str]) -> Iterator[Span]:
    """ ", whose brother sails" or ", killing four people", to the end; not ", Smith said", nor ", if it rains"."""
    comma = max((at for at, word in enumerate(words) if word in _JOINTS), default=0)
    if not comma or words[comma] != "," or bounded(words):
        return
    opens = word_at(words, comma + 1)
    if opens in _ADDS_ON or (opens == "where" and words[comma - 1][0].isupper()):  # not "where possible"
        yield comma, len(words)


def _second_verb(words: Sequence[str]) -> Iterator[Span]:
    """ "Hopp will appeal and will refund riders": the second of two, when too short to bear on the first."""
    at = len(words) - 4
    verb = subject_end(words, 0)
    if not 0 < verb < at or words[verb] not in AUXILIARY or words[at : at + 2] != ["and", words[verb]]:
        return
    if not bounded(words[at:]) and not any(w in SMALL or w.endswith("ly") for w in words[at + 1 :]):
        yield at, len(words)


_FORMS = (_opening, _also, _saying, _all, _roles, _asides, _initials, _named, _adjuncts, _ending, _second_verb)
