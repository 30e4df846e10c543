"""Is a span of the kind that a question asks for? An amount, a time, a name, or what the question itself calls it."""

from __future__ import annotations

import re
from functools import lru_cache

from embeddings.sentences import sentence_spans
from qa.names import find_names
from qa.terms import content_stems, numbers, stem, tokens

_ASKED = re.compile(
    r"\b(?-i:(?!WHO\b))(?:"  # the World Health Organization asks nothing
    r"(?P<amount>how (?:many|much|old|far|tall|big|large|long|often|fast|high|heavy)|"
    r"what (?:share|percentage|proportion|number|amount|age|price))|"
    r"(?P<time>when|(?:what|which) (?:year|month|day|date|time|week|season|century))|"
    r"(?P<name>who|whom|whose|where|(?:what|which) (?:country|city|town|state|place|region|village))|"
    r"(?P<thing>what|which)|how|why)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = r"(?:who|whom|whose|where|when|what|which|how|why)\b"
_AUXILIARY = r"(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|may|might)"
# "When a bridge fell, who was killed?": what stands before the comma only says of when or of what it is asked.
_SETTING = re.compile(
    r"^\W*(?:when|where|if|as|while|after|before|since|of|in|on|at|by|for|from|among|during)\s"
    rf"(?!{_AUXILIARY}\b)"
    rf"(?!{_QUESTION_WORD})[^?]*?,\s(?=(?:\w+\s)?{_QUESTION_WORD})",
    re.IGNORECASE,
)
_TOLD = r"(?:know|known|say|said|tell|told|explain|explained|clear|reveal|revealed|mention|mentioned)"
_YES_OR_NO = re.compile(
    r"^\W*(?:(?:so|and|but|or|hey|hi|ok|okay|please|well|wait|sorry|now)\W+)*"
    rf"(?:(?:do|can|could|would) (?:you|we) {_TOLD}(?: me)? (?:if|whether)|"
    rf"(?!(?:do|can|could|will|would) (?:you|we) )(?![^?]*\b{_TOLD} (?:me )?(?:about )?{_QUESTION_WORD})"
    rf"(?:{_AUXILIARY}|must)(?:n[’']t)?)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|spring|summer|autumn|winter|today|yesterday|tomorrow|noon|midnight|"
    r"week|month|year|decade|century|morning|evening|night|Christmas|Easter)s?\b"
)
_COUNTED = re.compile(r"\d|\b(?:dozens?|hundreds?|thousands?|millions?|half|quarter|third|twice|once|none|no)\b", re.I)
_EACH = re.compile(
    r"\b(?:each|every|apiece|per|an? (?:head|person|piece|day|week|month|year|hour|share|ticket|time)|"
    r"(?:dai|week|month|year|annual)ly|annual)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w’'-]+")
_HEAD_WORDS = 3  # "which trail site", "what new electric ferry": no noun is further from "which"
_AFTER = frozenset(
    """did does do is are was were has have had can could will would should may might must of in on at for from to by
    with about that which who when where if how why as 's ’s""".split()
)
_NAMED = frozenset(
    stem(word)
    for word in """company firm airline brand retailer supermarket bank charity university school college hospital
    newspaper paper magazine agency club team party group band court organisation organization minister president leader
    politician actor singer player footballer driver author writer director investor film movie book song album show
    programme series app website site platform river island county""".split()
)


def kind_of(question: str, span: str, sentence: str) -> float:
    """Return 1 if a span is of the kind that the question asks for, 0 if not, 0.5 where the question does not tell."""
    kind, head, _ = _asked(question)
    if kind == "amount":
        if _EACH.search(question) and not _EACH.search(sentence):
            return 0.0  # the whole for a part: "refunds of 7 million" where it is asked what each rider gets
        return float(bool(_COUNTED.search(span) or numbers(span)))
    if kind == "time":
        return float(bool(_DATED.search(span)))
    if kind == "name":
        return float(_names_one(span) or span == sentence)
    if not head.isdisjoint(content_stems(span)):
        return 1.0  # "which airline": "China Eastern Airlines"
    return float(_names_one(span)) if head & _NAMED else 0.5


def yes_or_no(question: str) -> bool:
    """Is a question answered by yes, by no, or by one of the things it names? "Did it sink?", "Is it new or used?"

    Not what only takes that form: "Do you know who built it?", "Can you list the ferries?".
    """
    return any(_YES_OR_NO.match(question[start:end]) for start, end in sentence_spans(question)[-1:])


def asking_stems(question: str) -> frozenset[str]:
    """Return the stems by which a question says what kind of answer it asks for: "country" of "which country".

    An answer does not repeat them: it is of the kind.
    """
    return _asked(question)[2]


@lru_cache(maxsize=256)
def _asked(question: str) -> tuple[str | None, frozenset[str], frozenset[str]]:
    """What the first question word of the last sentence with one asks for, of "which" and "what" the head, and the
    stems of the words that say the kind.
    """
    for start, end in reversed(sentence_spans(question)):
        asking = _SETTING.sub("", question[start:end])
        if asked := _ASKED.search(asking):
            kind = asked.lastgroup
            head = _head(asking[asked.end() :]) if kind == "thing" else frozenset()
            return kind, head, frozenset(content_stems(asked.group()))
    return None, frozenset(), frozenset()


def _head(rest: str) -> frozenset[str]:
    """The stems of what follows "which" or "what" up to a verb or preposition: "which trail site was sold"."""
    words: list[str] = []
    for word in _WORD.findall(rest)[:_HEAD_WORDS]:
        if word.lower() in _AFTER:
            break
        words.append(word)
    return frozenset(stem(token) for token in tokens(" ".join(words)))


def _names_one(span: str) -> bool:
    return bool(find_names(f"x {span}"))  # a word in front: the first of a text is a capital whatever it is
