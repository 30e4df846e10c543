"""A follow-up made standalone from the conversation, without a language model.

Three things make a question lean on what came before: an ellipsis ("And in Italy?"), a pronoun ("Why was he
detained?") and a subject left unsaid ("How much did it cost?", "Regional differences"). An ellipsis is answered by
putting the new piece in the old question's place; a pronoun by the name it stands for; the rest by naming the
earlier question's subject in brackets. The result is shown to the reader as the question understood, so it stays
readable. Tuned on 40 of the conversations in shared/data/conversations and our own dev turns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.dates import find_window
from qa.mentions import BRACKETS, COURTESY, mentions, person, place, subject, thing, year
from qa.names import YEAR, Kind, Name, find_names
from qa.types import Turn

MAX_TURNS = 6  # older turns say less about what "it" is than they cost in wrong guesses
MAX_CHARS = 1000  # of an earlier question or answer; what is spoken of is named early
# What an ellipsis begins with. Possessive: with white space to try in many ways, a long one would take hours.
_OPENING = re.compile(
    r"(?:(?:no|and|but|or|so|then)\b)?+[\s,]*+"
    r"(?:(?:what|how)\s++about\b|what\s++of\b|what\s++if\b|i\s++meant?\b|and\b)?+[\s,]*+",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^(?:no, i meant?|and|but|so|then|what about|how about|what of|i meant?)\b", re.IGNORECASE)
_JOINED = re.compile(r"^(?:(?:and|but|so|then)\b[\s,]*)?(?:(?:what|how) about\b\s*)?(?=\w)", re.IGNORECASE)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|(?-i:may)|might|must|get|give|tell|"
    r"say|said|says|want|need|know|mean|happen(?:ed)?|make|made|take|took)\b",
    re.IGNORECASE,
)
# "Who built", "Which bank bought": a question with its own verb, if not one of those.
_OWN_VERB = re.compile(
    r"\bwho(?:m)?\s+(?!else\b|in\b|of\b|at\b|for\b|from\b|on\b|with\b|among\b|by\b)[a-z]+|"
    r"\b(?:[a-z]{3,}ed|bought|won|sold|led|ran|sank|lost|built|found|fought|caught|brought|paid|held|met|left|kept|hit|"
    r"set|put|cut|beat|began|broke|chose|drew|drove|fell|flew|gave|grew|knew|owns|leads|runs|sells|costs|wrote)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"^(?:in|on|at|for|from|by|with|to|of|after|before|since|during|under)\b", re.IGNORECASE)
_HE = re.compile(r"\b(?P<p>he|she|him|his|her|hers)\b", re.IGNORECASE)
_LEANING = re.compile(r"\b(?:he|she|him|his|her|it|its|they|them|their)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?P<p>it|its)\b", re.IGNORECASE)
_FIRM = re.compile(r"\b(?P<p>the (?:company|firm|group|bank|agency|party|app|team|project))\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?P<p>they|them|their)\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(?P<p>the (?:country|city|state|town|nation))\b", re.IGNORECASE)
# "it costs", "is it possible": a pronoun that stands for nothing.
_DUMMY_IT = re.compile(
    r"\bit (?:cost|take|rain|seem)s?\b|\bit to\b|\b(?:is|was|be) it \w+ (?:to|that)\b|"
    r"\bit (?:is|was) (?:not )?\w+ (?:to|that)\b",
    re.I,
)
_THAT_YEAR = re.compile(r"\b(?:(?:in|during) )?(?:that|the same) year\b", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)  # that a time is read from, where only its words are wanted
_PRONOUN_REACH = 6  # words: a pronoun further on usually stands for something said in the same question
_FRAGMENT = 5  # words: "Which banks in India?" still leaves its subject open
_EVENT = re.compile(r"\b(?:this|that|these|those|there|then|one|ones|both|first part|same)\b", re.IGNORECASE)
_POSSESSIVE = frozenset({"his", "its", "their", "hers"})


def standalone(text: str, history: Sequence[Turn]) -> str:
    """Return `text` with what it leaves to the conversation said aloud; unchanged when it leans on nothing."""
    turns = [Turn(turn.question[:MAX_CHARS], turn.answer[:MAX_CHARS]) for turn in history[-MAX_TURNS:]]
    question = COURTESY.sub("", text.strip()) or text.strip()
    if not turns:
        return text.strip()
    last = turns[-1]
    spliced = _splice(question, BRACKETS.sub("", last.question))
    if spliced:
        return spliced
    question = _JOINED.sub("", question)
    if then := year(turns):
        question = _THAT_YEAR.sub(f"in {then}", question)
    resolved = _resolve_pronouns(question, turns)
    if resolved != question and not _EVENT.search(resolved):
        return resolved
    unsaid = _unsaid_subject(resolved, turns)
    return f"{resolved.rstrip(' ?')} ({unsaid})?" if unsaid else resolved


def _splice(question: str, previous: str) -> str | None:
    """Put the piece of an elliptical follow-up in the place of its like in the previous question."""
    piece = _piece(question)
    if piece is None:
        return None
    if (timed := _retimed(piece, previous)) is not None:
        return timed
    if _VERB.search(piece) or _QUESTION_WORD.search(piece) or _LEANING.search(piece) or len(piece.split()) > 8:
        return None
    bare = re.sub(_PREPOSITION, "", piece).strip()
    new = find_names(bare)
    old = find_names(previous)
    whole = bool(new) and len(new[0].text) >= len(bare) / 2  # "investing with Prosper" is more than its name
    target = _counterpart(new[0], old) if whole else None
    if target is None and _PREPOSITION.match(piece):
        return f"{previous.rstrip(' ?')} {piece}?"
    if target is None:
        return f"{previous.rstrip(' ?')} ({piece})?" if old or new else None
    start = target.start
    article = re.search(r"\bthe $", previous[:start])
    if article and (
        target.kind == "place" or bare.startswith("the ")
    ):  # "to the US" -> "to Italy": the new piece brings its own article
        start = article.start()
    return previous[:start] + bare + previous[target.end :]


def _piece(question: str) -> str | None:
    """What an elliptical follow-up puts in place of something; None where a question is none."""
    rest = question.rstrip().rstrip("?.!").rstrip()
    opening = _OPENING.match(rest)
    end = opening.end() if opening else 0
    if not end or "?" in rest or rest[end - 1] not in " ,\t\n" or not rest[end:]:
        return None
    return rest[end:] if _LEADS.match(question) else None


def _retimed(piece: str, previous: str) -> str | None:
    """The previous question of the time that the piece is, where both name one; a month is of the year spoken of."""
    new, old = (find_window(text, _ANY_DAY) for text in (piece, previous))
    if new is None or old is None or piece[: new.place[0]].strip() or piece[new.place[1] :].strip(" ,"):
        return None
    before, said, after = previous[: old.place[0]], previous[slice(*old.place)], previous[old.place[1] :]
    spoken_of = YEAR.search(said)
    if new.grain in ("month", "day") and spoken_of and not YEAR.search(piece):
        piece = f"{piece} {spoken_of[0]}"
    return f"{before}{piece}{after}"


def _counterpart(new: Name, old: Sequence[Name]) -> Name | None:
    """What of the old names the new one stands for: of "CEO of TikTok" the company, unless a role is named anew."""
    if " of " in new.text:
        return _like(new.kind, old)
    return _like(new.kind, [_tail(name) for name in old]) or _like(new.kind, old)


def _tail(name: Name) -> Name:
    _, of, tail = name.text.rpartition(" of ")
    return replace(find_names(tail)[0], start=name.end - len(tail), end=name.end) if of and find_names(tail) else name


def _like(kind: Kind, names: Sequence[Name]) -> Name | None:
    """The last name of the same kind; a name of unknown kind may stand for any group, person or name."""
    same = [name for name in names if name.kind == kind]
    if not same and kind != "year":
        open_kinds = {"name", "group"} if kind in ("name", "group", "person") else set()
        same = [name for name in names if name.kind in open_kinds]
    return same[-1] if same else None


def _resolve_pronouns(question: str, turns: Sequence[Turn]) -> str:
    own = {name.kind for name in find_names(question)}
    if "person" not in own:
        question = _replace(question, _HE, person(turns))
    if not own & {"group", "name", "place"}:
        question = _replace(question, _IT, thing(turns))
        question = _replace(question, _THEY, thing(turns))
        question = _replace(question, _FIRM, thing(turns, named=True))
        question = _replace(question, _PLACE, place(turns))
    return question


def _replace(question: str, pattern: re.Pattern[str], name: str | None) -> str:
    match = pattern.search(question)
    if not match or name is None or _DUMMY_IT.search(question):
        return question
    before = question[: match.start()]
    if len(before.split()) > _PRONOUN_REACH or re.search(r"[.!?]", before):
        return question
    pronoun = match["p"].lower()
    following = question[match.end() :].lstrip()
    possessive = pronoun in _POSSESSIVE or (pronoun == "her" and re.match(r"[a-z]", following) is not None)
    return before + name + ("’s" if possessive else "") + question[match.end() :]


def _unsaid_subject(question: str, turns: Sequence[Turn]) -> str | None:
    """What the conversation was about, if this question does not name it and leaves its own subject open."""
    asks = _QUESTION_WORD.match(question) is not None
    whole = _VERB.search(question) or (asks and (len(question.split()) > _FRAGMENT or _OWN_VERB.search(question)))
    named = any(name.kind != "year" for name in mentions(question))
    if named and whole and not _EVENT.search(question):
        return None
    return subject(question, turns)
