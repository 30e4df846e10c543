"""What a conversation has spoken of: the names a pronoun may stand for, and the subject a follow-up leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.names import Kind, Name, find_names
from qa.types import Turn

MAX_TERMS = 6  # of an unsaid subject; more read worse and find no more
COURTESY = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks?(?: you)?(?: very much)?|thank you|got it|i see|i understand|great|nice|wow|sure|well|hi|"
    r"hello|sorry|please|good to know|that(?: is|'s) (?:okay|ok|fine|good|great)|too bad|wait a (?:second|minute)|"
    r"interesting|good|by the way|so|oh|hm+|yes)\b[\s,.!…-]*)+",
    re.IGNORECASE,
)
# A question that asks for a thing: its answer's names are that thing. "How" and "when" ask for something else.
_ASKS_NAME = re.compile(r"^\W*(?:\w+\s)?(?:who|whom|whose|which|what|name)\b", re.IGNORECASE)
_WHO = re.compile(r"^\W*(?:(?:and|so|but)\s)?(?:who|whom|whose|which|what's the name)\b", re.IGNORECASE)
# A name behind one of these is where, when or with whom something was, not what the question is about.
_PLACED = re.compile(r"\b(?:in|at|on|to|from|near|for|with|by)\s(?:the\s)?$", re.IGNORECASE)
_SPOKEN_OF = re.compile(r"\b(the (?:[a-z-]+ )?[a-z-]+(?: (?:in|of|on|at) (?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*))")
# "What is envelope encryption?", "Tell me about Jumbo Frames", and a turn that is nothing but "Jumbo Frames".
_DEFINED = re.compile(
    r"^(?:(?:so|and|but),? )?(?:(?:can|could) you )?"
    r"(?:what(?:['’]s| is| are| was| were| does| do)|who(?:['’]s| is| are)|"
    r"define|explain|describe|(?:please )?tell me (?:more |something |a little bit )?about|what about|how about)?\s*"
    r"(?:(?:an?|some)\s)?(?P<topic>(?!the [a-z])[^?.!,;:]{2,60}?)(?:\s(?:mean|stand for|do))?(?:,? please)?[\s?.!]*$",
    re.IGNORECASE,
)
_TOPIC_WORDS = 5
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|should|may|might|must|who|whom|whose|what|"
    r"which|when|where|why|how|i|you|he|she|it|we|they|this|that|these|those|there|my|your|his|her|its|their|between|if|"
    r"not|no|yes|me|us|about|want|need|know)\b",
    re.IGNORECASE,
)
_STOP = frozenset(
    """a an the of in on at to for from by with and or but is are was were be been do does did has have had can could
    will would should may might i me my we you your it its he she they them their this that these those what
    which who whom whose when where why how much many about there then so please tell give know want need any
    some not no yes if as also more most get say said think just only very than into out up over am hi help
    thank thanks ok good other another us our let like mean meant s t don doesn""".split()
)
BRACKETS = re.compile(r"\s*\([^()]*\)(?=\?*$)")  # what an earlier follow-up left unsaid
_WORD = re.compile(r"\w[\w’'-]*")


def mentions(text: str, elsewhere: str = "") -> list[Name]:
    """Return the names of a text, each once; a word that only opens a sentence is none unless it is named elsewhere."""
    seen: set[str] = set()
    found = []
    for name in find_names(text):
        lowered = name.text.casefold()
        if lowered in seen or (_opens(text, name) and not _named_inside(name.text, f"{text} {elsewhere}")):
            continue
        seen.add(lowered)
        found.append(name)
    return found


def person(turns: Sequence[Turn]) -> str | None:
    """Whom "he" or "she" stands for: the newest person asked about, else the one told of, else a name of no kind."""
    for turn in reversed(turns):
        asked = mentions(turn.question, turn.answer)
        told = [n for n in mentions(turn.answer, turn.question) if n.text not in turn.question]
        people = [n for n in asked if n.kind == "person"]
        if _WHO.match(turn.question):  # who was asked for is the person, not who or what was named in asking
            people = [n for n in told if n.kind == "person"] + people + [n for n in told if n.kind == "name"]
        people += [n for n in told if n.kind == "person"]
        people += [n for n in asked if n.kind == "name" and not _PLACED.search(turn.question[: n.start])]
        people += [n for n in told if n.kind == "name" and not _PLACED.search(turn.answer[: n.start])]
        if people:
            return people[0].text
    return None


def thing(turns: Sequence[Turn], *, named: bool = False) -> str | None:
    """What "it" or "they" stands for: what the newest turn defines, names or speaks of ("the earthquake in Turkey").

    An answer's names stand for it only when a thing was asked for. With `named` only a name will do.
    """
    for back, turn in enumerate(reversed(turns)):
        if back == 0 and not named and (defined := _defined(turns)):
            return defined
        free = [n for n in mentions(turn.question, turn.answer) if not _PLACED.search(turn.question[: n.start])]
        found = _of_kinds(free, ("group", "name"))
        if not found and back == 0 and _ASKS_NAME.match(COURTESY.sub("", turn.question)):
            found = _of_kinds(mentions(turn.answer, turn.question), ("group", "name"))
        if not found and back == 0 and not named and (spoken := _SPOKEN_OF.findall(turn.question)):
            return str(spoken[-1])
        found = found or (None if named else _of_kinds(free, ("place",)))
        if found:
            return found
    return None


def place(turns: Sequence[Turn]) -> str | None:
    """What "the country" or "the city" stands for: the newest place named."""
    for turn in reversed(turns):
        if found := _of_kinds([*find_names(turn.question), *find_names(turn.answer)], ("place",)):
            return found
    return None


def year(turns: Sequence[Turn]) -> str | None:
    """What "that year" stands for: the last year of the newest turn that has one."""
    for turn in reversed(turns):
        if years := [n.text for n in find_names(f"{turn.question} {turn.answer}") if n.kind == "year"]:
            return years[-1]
    return None


def _of_kinds(names: Sequence[Name], kinds: Sequence[Kind]) -> str | None:
    return next((name.text for kind in kinds for name in names if name.kind == kind), None)


def _defined(turns: Sequence[Turn]) -> str | None:
    """What the newest turn that says something is wholly about ("What is Netezza?", "Jumbo Frames"), if it is."""
    for turn in reversed(turns):
        asked = BRACKETS.sub("", COURTESY.sub("", turn.question))
        if not set(_content(asked)):
            continue
        match = _DEFINED.match(asked)
        if match and len(match["topic"].split()) <= _TOPIC_WORDS and not _CLAUSE.search(match["topic"]):
            return match["topic"].strip()
        return None
    return None


def subject(question: str, turns: Sequence[Turn]) -> str | None:
    """What the newest turn that says something was about, less what this question says: names, then other words."""
    said = set(_words(question))
    for turn in reversed(turns):
        asked = COURTESY.sub("", turn.question)
        names = [n.text for n in mentions(asked, turn.answer) if not set(_words(n.text)) & said]
        in_names = {word for name in names for word in _words(name)}
        rest = [w for w in dict.fromkeys(_content(asked)) if w not in said | in_names]
        if names or rest:
            spare = max(0, MAX_TERMS - len(names))
            return ", ".join([*names, " ".join(rest[:spare])]).strip(", ")
        if set(_content(asked)):
            return None  # this question says all of it
    return None


def _content(text: str) -> Iterator[str]:
    return (word for word in _words(text) if word not in _STOP and len(word) > 1)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _opens(text: str, name: Name) -> bool:
    """Is it one plain capitalised word at the beginning of a sentence?"""
    plain = re.fullmatch(r"[A-Z][a-z’']+", name.text) is not None
    return plain and name.kind != "place" and re.search(r"(?:^|[.!?:…\n])[\W_]*$", text[: name.start]) is not None


def _named_inside(word: str, text: str) -> bool:
    """Does the word stand capitalised in the middle of a sentence?"""
    return re.search(rf"[\w,;] {re.escape(word)}\b", text) is not None
