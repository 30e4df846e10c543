"""Questions made by rule from plain sentences: much, rough material that a reader learns first to point with.

A sentence is cut into subject, verb and rest by its first finite verb; a name, number, date, place, role or quote in it
becomes the answer and its question word takes its place ("900 people were laid off" -> "How many people were laid
off?"). Half of the sentences that begin with a pronoun get the name it most likely stands for. After Lewis et al. 2019
(Unsupervised Question Answering by Cloze Translation), with rules in the place of their translation model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.names import find_names
from qa.reader.examples import Example, pieces
from qa.reader.verbs import Verb, find_verb

MIN_CHARS, MAX_CHARS = 40, 260  # of a sentence that questions are made from
MAX_REST_WORDS = 12
_NUMBER = (
    r"(?:[$£€]\s?\d[\d,.]*\d*(?:\s?(?:m|bn|million|billion|trillion))?|\d[\d,.]*(?:\s(?:million|billion|thousand))?"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds|thousands)"
)
_COUNTED = re.compile(
    rf"\b(?P<n>(?:(?:about|nearly|more than|around)\s)?(?P<v>{_NUMBER}))\s"
    r"(?P<noun>(?:(?!of\b|and\b|in\b|to\b|or\b|the\b)[a-z-]+\s)?"
    r"(?!times\b|years\b)[a-z]{3,}s|people|women|men|children)\b"
)
_SHARE = re.compile(r"(?<![\w.])(?P<n>\d[\d.]*\s?(?:%|per cent|percent))")
_MONEY = re.compile(r"(?P<n>(?:US|A|C)?[$£€]\s?\d[\d,.]*\d?(?:\s?(?:m|bn|million|billion|trillion)\b)?)")
_MONTHS = r"January|February|March|April|May|June|July|August|September|October|November|December"
_WHEN = re.compile(
    r"\b(?:on|in|since|by)\s(?P<n>(?:(?:early|late|mid-?)\s)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:,? (?:"
    + _MONTHS
    + r")\s\d{1,2})?|(?:\d{1,2}\s)?(?:"
    + _MONTHS
    + r")(?:\s\d{1,2})?(?:,?\s\d{4})?|(?:19|20)\d\d))\b"
)
_WHERE = re.compile(
    rf"\b(?:in|near)\s(?P<n>(?!(?:{_MONTHS})\b)[A-Z][a-z]+(?:,? [A-Z][a-z]+)*)(?=[.,;]| (?:on|and|to|after|for)\b|$)"
)
_APPOSED = re.compile(
    r"(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){1,2}),\s(?:the|a|an|its|who is)?\s?"
    r"(?P<role>(?:former |chief |head |senior |lead |vice )?[a-z]+(?:\s[a-z]+)?\s"
    r"(?:of|at|for|in)\s(?:the\s)?[A-Z][\w’'&-]+(?:\s[A-Z][\w’'&-]+)*)(?=[,.])"
)
_TITLED = re.compile(
    r"\b(?P<role>(?:[A-Z][\w’'&]+(?:’s|'s)?\s)?(?:President|Prime Minister|CEO|chief executive|Chief Executive|"
    r"director|Governor|Mayor|coach|spokesman|spokeswoman|spokesperson|minister|Senator|Secretary|founder|chairman|"
    r"analyst|professor))\s(?P<name>[A-Z][a-z’'-]+\s[A-Z][\w’'-]+)"
)
_AGED = re.compile(r"(?P<name>[A-Z][\w’'-]+\s[A-Z][\w’'-]+),\s(?P<age>\d{1,2}),")
_SAID = re.compile(
    r"[“\"](?P<q>[^”\"]{25,160})[,.]?[”\"],?\s(?:said|says|added|wrote)\s(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+)"
)
_BECAUSE = re.compile(r"\b(?P<n>(?:because|due to|in order to)\s[^,.;]{12,90})")
_PRONOUN = re.compile(r"^(?P<p>He|She|It|They|The company|The firm)\s")
_SAME = {
    "buy": "acquire", "acquire": "buy", "start": "begin", "begin": "start", "show": "reveal", "reveal": "show",
    "build": "construct", "get": "receive", "receive": "get", "earn": "make", "kill": "slay", "tell": "inform",
    "purchase": "buy", "launch": "start", "found": "set up", "establish": "found", "create": "make", "hire": "employ",
    "help": "assist", "stop": "halt", "halt": "stop", "end": "finish", "sell": "sell off", "lead": "head",
    "head": "lead", "own": "have", "need": "require", "require": "need", "choose": "pick", "pick": "choose",
    "announce": "make public", "reject": "turn down", "shut": "close", "close": "shut", "raise": "increase",
    "cut": "reduce", "reduce": "cut", "allow": "let", "leave": "quit", "arrest": "detain", "detain": "arrest",
}  # fmt: skip


_MAY_OPEN = frozenset("The A An This These Its His Her Their He She It They Some Many Most About Nearly More".split())
_NEVER_FIRST = frozenset(
    """In On At After Before When While As If But And So Or Then Though Although Because Since During By With For From
    To Of About Later Earlier Meanwhile However Instead There Here What Who Why How Where Which That I We You Not Now
    Additionally Two Just Only Even Also According Video Photo Image Read""".split()
)
_NEVER_IN = re.compile(r"\b(?:that|which|who|when|as|to|if|than|I|we|you|says?|said)\b|[“”\":()]|…|\.\.\.")


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence as subject, verb and rest; offsets are characters of the sentence."""

    text: str
    subject: str
    verb: Verb
    rest_at: int

    @property
    def rest(self) -> str:
        return self.text[self.rest_at :].rstrip('.!? ”"')


def synthesise(passages: Iterable[Example], rng: random.Random, per_passage: int = 4) -> list[Example]:
    """Return up to `per_passage` answerable examples for each passage, with source and key "synthetic"."""
    found: list[Example] = []
    for passage in passages:
        made = list(_of_passage(passage, rng))
        rng.shuffle(made)
        seen: set[tuple[int, int]] = set()
        for example in made:
            if example.spans[0] not in seen and len(seen) < per_passage:
                seen.add(example.spans[0])
                found.append(example)
    return found


def _of_passage(passage: Example, rng: random.Random) -> Iterator[Example]:
    text = passage.text
    for start, end in pieces(text):
        sentence = text[start:end]
        if not MIN_CHARS <= len(sentence) <= MAX_CHARS or sentence.isupper():
            continue
        for question, (a, b) in _of_sentence(sentence, text[:start], rng):
            question = " ".join(question.split()).replace(" ,", ",")
            if 4 <= len(question.split()) <= 30 and b > a:
                asked = question if rng.random() < 0.85 else question.rstrip("?").lower()
                answer = sentence[a:b]
                yield Example(
                    asked, passage.title, passage.date, text, ((start + a, start + b),), (answer,), "synthetic",
                    "gold", passage.text,
                )  # fmt: skip


def _of_sentence(sentence: str, before: str, rng: random.Random) -> Iterator[tuple[str, tuple[int, int]]]:
    yield from _of_people(sentence, rng)
    clause = _clause(sentence)
    if clause is None:
        return
    named = _stand_for(clause, before, rng)
    if named is None:
        return
    yield from _of_subject(clause)
    for pattern, word in ((_COUNTED, "many"), (_SHARE, "What share"), (_MONEY, "How much"), (_WHEN, "When"),
                          (_WHERE, "Where"), (_BECAUSE, "Why")):  # fmt: skip
        for match in pattern.finditer(sentence, clause.rest_at):
            whole = match.span() if word != "What share" else match.span("n")
            lead = f"How many {match['noun']}" if word == "many" else word
            yield _asked(lead, named, clause, whole, rng), match.span("n")
    for name in find_names(sentence[clause.rest_at :])[:2]:
        at = clause.rest_at + name.start
        after = sentence[at + len(name.text) :][:2]
        near = sentence[clause.rest_at : at].strip() in ("", "the", "by", "to", "with", "against")
        if name.kind != "year" and near and not after.startswith(("’", "'", ",")):
            lead = "Who" if name.kind == "person" else "What" if rng.random() < 0.5 else "Which organisation"
            yield _asked(lead, named, clause, (at, at + len(name.text)), rng), (at, at + len(name.text))


def _asked(lead: str, subject: str, clause: Clause, gone: tuple[int, int], rng: random.Random) -> str:
    """Question word, auxiliary, subject, bare verb, and the rest without the answer."""
    before = clause.text[clause.rest_at : gone[0]]
    after = clause.text[gone[1] :].rstrip('.!? ”"')
    after = re.split(r"[,;:—–]", after)[0] if rng.random() < 0.7 else after
    before = re.sub(r"\b(?:about|nearly|more than|around|some|the|a|an|with)\s*$", "", before)
    words = (before + " " + after).split()[:MAX_REST_WORDS]
    bare = clause.verb.bare
    if rng.random() < 0.35:
        bare = _SAME.get(bare, bare)
    return f"{lead} {clause.verb.auxiliary} {subject} {bare} {' '.join(words)}".strip(" ,") + "?"


def _of_subject(clause: Clause) -> Iterator[tuple[str, tuple[int, int]]]:
    counted = re.match(
        rf"(?P<n>(?:About |Nearly |More than )?{_NUMBER})\s(?P<noun>[a-z].*)$", clause.subject, re.IGNORECASE
    )
    rest = " ".join(re.split(r"[,;—–]", clause.rest)[0].split()[:MAX_REST_WORDS])
    if counted:
        yield f"How many {counted['noun']} {clause.verb.text} {rest}?", counted.span("n")
        return
    names = find_names(clause.subject)
    if len(names) == 1 and names[0].kind != "year" and len(clause.subject) - len(names[0].text) < 5:
        name = names[0]
        word = {"person": "Who", "place": "Which place", "group": "Which organisation"}.get(name.kind, "Who")
        yield f"{word} {clause.verb.text} {rest}?", (name.start, name.end)


def _of_people(sentence: str, rng: random.Random) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _APPOSED.finditer(sentence):
        yield f"Who is {match['role'] if match['role'][0].isupper() else 'the ' + match['role']}?", match.span("name")
        yield f"What is {match['name']}’s {rng.choice(['role', 'job', 'position'])}?", match.span("role")
    for match in _TITLED.finditer(sentence):
        if "’s" in match["role"] or "'s" in match["role"]:
            yield f"Who is {match['role']}?", match.span("name")
        yield f"What is {match['name']}’s {rng.choice(['role', 'job', 'title'])}?", match.span("role")
    for match in _AGED.finditer(sentence):
        yield f"How old is {match['name']}?", match.span("age")
    for match in _SAID.finditer(sentence):
        some = " ".join(match["q"].split()[: rng.randint(6, 12)]).strip(" ,.").lower()
        yield f"Who said that {some}?", match.span("name")
        yield f"What did {match['name']} say?", match.span("q")


def _clause(sentence: str) -> Clause | None:
    verb = find_verb(sentence)
    if verb is None:
        return None
    subject = sentence[: verb.start].strip(" ,")
    subject = re.sub(r",[^,]*,?$", "", subject) if subject.count(",") in (1, 2) else subject
    words = subject.split()
    if not words or "," in subject or len(words) > 7 or subject[0].islower() or words[0] in _NEVER_FIRST:
        return None
    if _NEVER_IN.search(subject) or not (words[0] in _MAY_OPEN or find_names(subject)):
        return None
    return Clause(sentence, subject, verb, verb.end)


def _stand_for(clause: Clause, before: str, rng: random.Random) -> str | None:
    """The subject as a question names it: a pronoun becomes the last fitting name before it, or the sentence goes."""
    match = _PRONOUN.match(clause.subject + " ")
    if match is None:
        subject = clause.subject
        lower = subject.split()[0] in _MAY_OPEN
        return subject[0].lower() + subject[1:] if lower else subject
    kinds = ("person",) if match["p"] in ("He", "She") else ("group", "name")
    names = [name.text for name in find_names(before) if name.kind in kinds]
    if not names:
        return None
    return names[-1] if rng.random() < 0.8 else names[-1].split()[-1]
