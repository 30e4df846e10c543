"""Near misses: a question or passage changed in one name, number, date, place or relation, so that it is unanswered."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from qa.names import find_names
from qa.reader.examples import Example, contains_any, normal, occurrences, pieces
from qa.reader.words import ANTONYMS, COUNTRIES, MONTHS, ORDINALS, PEOPLES, RELATIONS, STATES

_IN_NAME = r"(?:[\w'’&-]|\.(?=\w))*"  # a full stop only inside a word: "U.S", not "Tilla. Omar"
_NAME = re.compile(rf"\b[A-Z]{_IN_NAME}(?: (?:(?:of|the|de|von|van|and|for) )?[A-Z0-9]{_IN_NAME})*")
_YEAR = re.compile(r"\b(1[5-9]\d\d|20[0-4]\d)\b")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w%])(?!,\d)")
_ASKS_AMOUNT = re.compile(r"\b(how many|how much|what percentage|what share|what number|how often)\b", re.IGNORECASE)
_PLACE_OR_TIME = re.compile(r"\b(in|at|during|by|on|since|of) \w+\??$", re.IGNORECASE)
_LISTS = (COUNTRIES, PEOPLES, STATES, MONTHS, ORDINALS)


class Swapper:
    """Makes unanswerable near misses of answerable examples; names to swap in come from the other examples."""

    def __init__(self, examples: Iterable[Example]) -> None:
        """Collect the names that questions ask about, by the words before them (their role) and their length."""
        self._pool: dict[object, set[str]] = defaultdict(set)
        for example in examples:
            for start, end in question_names(example):
                name = example.question[start:end]
                for role in _roles(example.question, start, name):
                    self._pool[role].add(name)
        self._sorted: dict[object, list[str]] = {role: sorted(names) for role, names in self._pool.items()}

    def question_swap(self, example: Example, rng: random.Random) -> Example | None:
        """Return the example with its question changed so that the passage no longer answers, or None."""
        makers = [self._swap_name, swap_listed, swap_number, swap_relation]
        for maker in rng.sample(makers, len(makers)):
            question = maker(example, rng)
            if question and normal(question) != normal(example.question):
                return replace(example, question=question, spans=(), kind="swap")
        return None

    def passage_swap(self, example: Example, rng: random.Random) -> Example | None:
        """Return the example with the asked-about name replaced in passage and title: they tell of another."""
        for start, end in _shuffled(question_names(example), rng):
            name = example.question[start:end]
            other = self._another(example, start, name, rng)
            if other is None or len(name) < 4:
                continue
            other = other if other != other.lower() else other.title()
            text, title = _exchange(example.text, name, other), _exchange(example.title, name, other)
            if text != example.text and not any(occurrences(text + " " + title, w) for w in _long_words(name)):
                return replace(example, text=text, title=title, spans=(), kind="passage-swap")
        return None

    def _swap_name(self, example: Example, rng: random.Random) -> str | None:
        for start, end in _shuffled(question_names(example), rng):
            other = self._another(example, start, example.question[start:end], rng)
            if other:
                return example.question[:start] + other + example.question[end:]
        return None

    def _another(self, example: Example, start: int, name: str, rng: random.Random) -> str | None:
        seen = normal(f"{example.title} {example.text} {example.question}")
        for role in _roles(example.question, start, name):
            names = self._sorted.get(role, [])
            for _ in range(min(12, len(names))):
                other = rng.choice(names)
                words = _long_words(other)
                if words and not any(word.lower() in seen for word in words):
                    return other
        return None


def question_names(example: Example) -> list[tuple[int, int]]:
    """Return where the question names something that the passage or its title names too, (start, end), no overlaps.

    Questions of Natural Questions are in lower case, so names are looked up from the passage, longest first.
    """
    named = {m.group().rstrip(".'’") for m in _NAME.finditer(f"{example.title}\n{example.text}")}
    named |= {example.title.split(" (")[0]}
    taken: list[tuple[int, int]] = []
    for name in sorted(named, key=lambda n: (-len(n), n)):
        words = name.split()
        if len(name) < 4 or len(words) > 8 or (len(words) == 1 and name.lower() in _COMMON):
            continue
        for start, end in occurrences(example.question, name):
            if start > 0 and all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
    return sorted(taken)


def swap_listed(example: Example, rng: random.Random) -> str | None:
    """Return the question with a country, people, state, month or ordinal replaced by one the passage lacks."""
    passage = f"{example.title} {example.text}"
    for words in _LISTS:
        for word in words:
            for start, end in occurrences(example.question, word):
                others = [o for o in words if o != word and not occurrences(passage, o)]
                others = [o for o in others if not occurrences(example.question, o)]
                if word.lower() == "may" and not example.question[start:end][0].isupper():
                    continue
                if others:
                    other = rng.choice(others)
                    other = other.lower() if example.question[start:end].islower() else other
                    return example.question[:start] + other + example.question[end:]
    return None


def swap_number(example: Example, rng: random.Random) -> str | None:
    """Return the question with a year or number replaced by a near one that the passage lacks."""
    year = _YEAR.search(example.question)
    found = year or _NUMBER.search(example.question)
    if not found:
        return None
    value = found.group().replace(",", "")
    if year:
        others = [str(int(value) + d) for d in (-30, -12, -7, -4, -2, -1, 1, 2, 3, 5, 8, 20)]
    else:
        others = [f"{float(value) * f:g}" for f in (0.5, 2, 3, 10)] + [f"{float(value) + 1:g}"]
    passage = f"{example.title} {example.date} {example.text}"
    free = [o for o in others if not occurrences(passage, o) and o != value]
    if not free or (not year and len(value) < 2):
        return None
    return example.question[: found.start()] + rng.choice(free) + example.question[found.end() :]


def swap_relation(example: Example, rng: random.Random) -> str | None:
    """Return the question with its relation changed (founded -> acquired) to one the passage has no word of."""
    passage = normal(f"{example.title} {example.text}")
    options = []
    for word, others in (*RELATIONS.items(), *ANTONYMS.items()):
        for start, end in occurrences(example.question, word):
            for other, cues in others:
                if not any(re.search(rf"\b{cue}", passage) for cue in cues):
                    options.append(example.question[:start] + other + example.question[end:])
    return rng.choice(options) if options else None


def restrict(example: Example, rng: random.Random) -> Example | None:
    """Return the amount asked for of one country or year that the passage does not speak of ("users in Brazil")."""
    question = example.question.rstrip("? ")
    if not _ASKS_AMOUNT.search(question) or _PLACE_OR_TIME.search(question):
        return None
    passage = f"{example.title} {example.date} {example.text}"
    pairs = zip(COUNTRIES, PEOPLES, strict=True)
    free = [c for c, p in pairs if not occurrences(passage, c) and not occurrences(passage, p)]
    years = [str(y) for y in range(1995, 2024) if str(y) not in passage]
    place = rng.choice(free if rng.random() < 0.7 else years)
    return replace(example, question=f"{question} in {place}?", spans=(), kind="restrict")


def affirm(example: Example, rng: random.Random) -> Example:
    """Return the example asked with the country or year that its answer's own sentence names, where there is one.

    The counterpart of `restrict`: without it, a model learns that a place at a question's end means no answer.
    """
    question = example.question.rstrip("? ")
    if not example.spans or _PLACE_OR_TIME.search(question) or not _ASKS_AMOUNT.search(question):
        return example
    at = example.spans[0][0]
    sentence = next((example.text[a:b] for a, b in pieces(example.text) if a <= at < b), "")
    said = re.findall(r"\bin (\w+)\b", sentence)
    fit = [w for w in said if w in COUNTRIES or w in STATES or _YEAR.fullmatch(w)]
    fit = [w for w in fit if not occurrences(question, w) and w not in example.answers]
    return replace(example, question=f"{question} in {rng.choice(fit)}?", kind="affirm") if fit else example


def inner_swap(example: Example, rng: random.Random) -> Example | None:
    """Return the question asked of another one of the same kind whom the passage names, but not where it answers."""
    said = {name.text: name.kind for name in find_names(example.text)}
    near = [example.text[a:b] for a, b in pieces(example.text) if any(s < b and e > a for s, e in example.spans)]
    told = normal(" ".join([example.question, example.title, *near, *example.answers]))
    for start, end in _shuffled(question_names(example), rng):
        kind = next((k for text, k in said.items() if normal(text) == normal(example.question[start:end])), None)
        others = [text for text, k in said.items() if k == kind and not any(w.lower() in told for w in text.split())]
        if kind and others:
            other = rng.choice(others)
            question = example.question[:start] + other + example.question[end:]
            return replace(example, question=question, spans=(), kind="inner")
    return None


def drop_answer(example: Example) -> Example | None:
    """Return the passage without every sentence that says the answer: still on the topic, no longer an answer."""
    kept = [(a, b) for a, b in pieces(example.text) if not any(s < b and e > a for s, e in example.spans)]
    text = " ".join(example.text[a:b] for a, b in kept)
    if len(text) < 120 or len(text) > 0.97 * len(example.text) or contains_any(text, example.answers):
        return None
    title = "" if contains_any(example.title, example.answers) else example.title
    return replace(example, text=text, title=title, spans=(), kind="drop")


def _roles(question: str, start: int, name: str) -> list[object]:
    before = normal(question[:start]).split()
    size = min(3, len(name.split()))
    return [(before[-2:][0], before[-1], size) if len(before) > 1 else size, (before[-1] if before else "", size), size]


def _exchange(text: str, name: str, other: str) -> str:
    whole = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, text, flags=re.IGNORECASE)
    words, others = name.split(), other.split()
    for word in _long_words(name):
        stand_in = others[-1] if word == words[-1] else others[0]
        whole = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", partial(_always, stand_in), whole, flags=re.IGNORECASE)
    return whole


def _always(text: str, _match: re.Match[str]) -> str:
    return text


def _long_words(name: str) -> list[str]:
    return [w for w in name.split() if len(w) > 3 and w.lower() not in _COMMON] or ([name] if len(name) > 3 else [])


def _shuffled(items: list[tuple[int, int]], rng: random.Random) -> list[tuple[int, int]]:
    return rng.sample(items, len(items))


_COMMON = frozenset(
    "the this that these those there then they their what when where which while who whom whose why how with from "
    "after before during under over into about first second last most many much some other another each both only "
    "also have been were will would could should does made make used name year years season series song film movie "
    "show book city state country world war people team game time part president king queen new york north south "
    "east west united states university company government house high great best long play played".split()
)
