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

from qa.mentions import BRACKETS, COURTESY, mentions, person, place, subject, thing, year
from qa.names import Kind, Name, find_names
from qa.types import Turn

MAX_TURNS = 6  # older turns say less about what "it" is than they cost in wrong guesses
MAX_CHARS = 1000  # of an earlier question or answer; what is spoken of is named early
_ELLIPSIS = re.compile(
    r"^(?:(?:no|and|but|or|so|then)\b)?[\s,]*(?:(?:what|how)\s+about|what\s+of|what\s+if|i\s+meant?|and)?[\s,]+"
    r"(?P<piece>[^?]+?)\s*[?.!]*$",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^(?:no, i meant?|and|but|so|then|what about|how about|what of|i meant?)\b", re.IGNORECASE)
_JOINED = re.compile(r"^(?:(?:and|but|so|then)\b[\s,]*)?(?:(?:what|how) about\b\s*)?(?=\w)", re.IGNORECASE)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must|get|give|tell|"
    r"say|said|says|want|need|know|mean|happen(?:ed)?|make|made|take|took)\b",
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
    match = _ELLIPSIS.match(question)
    if not match or not (_LEADS.match(question) or _PREPOSITION.match(question)):
        return None
    piece = match["piece"].strip()
    if _VERB.search(piece) or _QUESTION_WORD.search(piece) or _LEANING.search(piece) or len(piece.split()) > 8:
        return None
    bare = re.sub(_PREPOSITION, "", piece).strip()
    new = find_names(bare)
    old = find_names(previous)
    whole = bool(new) and len(new[0].text) >= len(bare) / 2  # "investing with Prosper" is more than its name
    target = _like(new[0].kind, old) if whole else None
    if target is None and _PREPOSITION.match(piece):
        return f"{previous.rstrip(' ?')} {piece}?"
    if target is None:
        return f"{previous.rstrip(' ?')} ({piece})?" if old or new else None
    start = target.start
    article = re.search(r"\bthe $", previous[:start])
    if article and target.kind == "place":  # "to the US" -> "to Italy": the new piece brings its own article
        start = article.start()
    return previous[:start] + bare + previous[target.end :]


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
    whole = _VERB.search(question) or (_QUESTION_WORD.match(question) and len(question.split()) > _FRAGMENT)
    named = any(name.kind != "year" for name in mentions(question))
    if named and whole and not _EVENT.search(question):
        return None
    return subject(question, turns)
