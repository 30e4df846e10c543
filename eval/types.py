"""The nouns of measuring: a question with its gold, what was answered to it, and a run of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from qa.types import Turn


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A question, what is accepted as its answer, and the ids of the articles that hold it.

    `answers` are strings, any of which is right; `gold` are article ids. An unanswerable question has neither.
    `parts` is for a question that needs several articles: of each part some string must be said. `kind` groups
    questions in the report.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    answerable: bool = True
    as_of: date | None = None
    published_from: date | None = None
    published_to: date | None = None
    sources: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    kind: str = ""
    parts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions of one file, in its order. `name` is the file's."""

    name: str
    questions: tuple[EvalQuestion, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one method found for one question: articles by their best passage, and which passages hold an answer.

    `articles` are ids, best first, at most MAX_RANKED; `held` tells of each passage, best first, whether an accepted
    answer stands in it. `milliseconds` is what finding them took (for Askive, the whole answer).
    """

    articles: tuple[str, ...]
    held: tuple[bool, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation held against the archive. `resolves` when the quote is the article's slice.

    `late` when the article was published after the day asked from, or has no day; `supports` when the quote alone
    carries the sentence it is cited for, `needed` when it does, or when the sentence's other citations do not.
    """

    article: str
    title: str
    source: str | None
    published: str | None
    quote: str
    start: int
    end: int
    resolves: bool
    late: bool
    supports: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer. `verbatim` when it stands in what it cites, `grounded` when that carries it."""

    text: str
    verbatim: bool
    grounded: bool
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """A gold article and its first sentence that holds an accepted answer, for a reader of the report."""

    article: str
    title: str
    source: str | None
    published: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to one question, with the threshold left out: `confidence` decides that afterwards.

    `said` are the answer's sentences, `first` the place of the one that holds the best reading, `spans` the marked
    answers, its first. `scores` are the values of this question alone, by measure; `rankings` what each method found.
    `late` counts articles shown from after the day asked from, or without a day.
    """

    id: str
    kind: str
    word: str
    question: str
    asked_as: str
    answerable: bool
    as_of: str | None
    gold: tuple[str, ...]
    answers: tuple[str, ...]
    said: tuple[Said, ...]
    first: int
    spans: tuple[str, ...]
    confidence: float
    rankings: Mapping[str, Ranking]
    late: int
    places: tuple[GoldPlace, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def cited(self) -> tuple[Cited, ...]:
        """Every citation of the answer, sentence by sentence."""
        return tuple(cited for said in self.said for cited in said.cited)

    @property
    def text(self) -> str:
        return " ".join(said.text for said in self.said)


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: outcomes, measures with their intervals, and what it was made with.

    `measures` is {group: {name: value}}; a value with an interval has `name low` and `name high` beside it.
    """

    name: str
    threshold: float
    outcomes: tuple[Outcome, ...]
    measures: Mapping[str, Mapping[str, float]]
    configuration: Mapping[str, Any]
