"""The nouns of answering, and the one-method Protocols of its stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from embeddings.types import Filters, Hit

Status = Literal["answered", "abstained"]
Intent = Literal["lookup", "list", "digest", "timeline"]
SURVEYS: tuple[Intent, ...] = ("digest", "timeline")  # what many articles answer together, and no one place


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation: what was asked (as understood) and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood. `text` is what was asked; `standalone` what is searched and shown as understood.

    `as_of` is the day the question is asked from; nothing published after it is used. `published_*`, `sources`
    and `tags` restrict what may be cited; they come from the caller or from the question's own words.
    `current` says that the question speaks of now ("this week", a present tense of news); `intent` what it wants.
    `widen` is set when `published_*` or `sources` come from the question's own words and are only a preference: it
    is what the caller allowed, to search as well. `recency` in [0, 1] is how strongly the words point to the weeks
    before `as_of`; `topic` is what a digest or a timeline is about, without its time and its asking words;
    `instead` is the same request taken for a digest, where it names a thing and asks nothing of it;
    `unsourced` is `standalone` without whose report it wants, where a look-up says so, and `publisher` that source;
    `told_from` is the first day of a time that the question's words name outright, if it has one.
    """

    text: str
    standalone: str
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    published_from: date | None = None
    published_to: date | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    current: bool = False
    intent: Intent = "lookup"
    widen: Filters | None = None
    recency: float = 0.0
    topic: str = ""
    unsourced: str = ""
    publisher: str = ""
    instead: Question | None = None
    told_from: date | None = None

    @property
    def core(self) -> str:
        """What passages are held against: the question, without whose report it wants."""
        return self.unsourced or self.standalone


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw in one hit. Offsets are characters into `hit.passage.text`.

    `start:end` is the answer span, `sentence_start:sentence_end` the sentence around it. `score` orders readings
    of one question; `answerable` is the reader's probability in [0, 1] that this passage answers. `others` are what
    it saw in other sentences of the same passage, best first; `behind` is how far, in logits, such a span is behind
    the passage's best. A ranker tells what all readings say together (qa/agreement.py): `agreed` is log(1 + the
    probabilities of the answer in other articles), at least 0; `share`, in [0, 1], what readings with that answer have
    of the softmax of the order's scores.
    """

    hit: Hit
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    score: float
    answerable: float
    behind: float = 0.0
    others: tuple[Reading, ...] = ()
    agreed: float = 0.0
    share: float = 1.0

    @property
    def span(self) -> str:
        """The answer span's text."""
        return self.hit.passage.text[self.start : self.end]

    @property
    def sentence(self) -> str:
        """The text of the sentence around it."""
        return self.hit.passage.text[self.sentence_start : self.sentence_end]


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact place: `quote == article.text[start:end]`, always. `number` is 1-based within the answer.

    `span` is the answer inside the quote as (start, end) character offsets into `quote`, if one was read.
    `also` names the other sources of the same wire story. `link` opens the original at the quote.
    """

    number: int
    article_id: str
    title: str
    url: str | None
    source: str | None
    published: date | None
    quote: str
    start: int
    end: int
    link: str | None
    span: tuple[int, int] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of the citations that support it.

    `marks` are (start, end) character ranges of `text` to show in bold: the answer spans. `best` says that it is the
    best reading's, which of two articles that differ may be the second told.
    """

    text: str
    citations: tuple[int, ...]
    marks: tuple[tuple[int, int], ...] = ()
    best: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes before it is verified. Empty `sentences` means nothing was found to say."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    confidence: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. `confidence` is the probability in [0, 1] that the archive answers and this is right.

    An abstention has no sentences, and carries a reason and the nearest articles as `hits`.
    """

    status: Status
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    confidence: float
    reason: str | None
    question: Question
    hits: tuple[Hit, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    conversation_id: str | None = None
    answer_id: str | None = None


class Retriever(Protocol):
    def retrieve(self, question: Question, k: int) -> list[Hit]:
        """Return at most k hits, best first, none outside the question's dates, sources and tags."""
        ...


class Reader(Protocol):
    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Return one reading a hit, in the order of `hits`."""
        ...


class Ranker(Protocol):
    def rank(self, question: Question, readings: Sequence[Reading]) -> list[Reading]:
        """Return the same readings, best first, each with what all of them say of its answer."""
        ...

    def arrange(self, question: Question, readings: Sequence[Reading]) -> list[Hit]:
        """Return the hits that were read, best first: what is shown, which need not begin with what is answered."""
        ...


class Writer(Protocol):
    def write(self, question: Question, readings: Sequence[Reading]) -> Draft:
        """Turn readings (best first) into cited sentences."""
        ...


class Composer(Protocol):
    def compose(self, question: Question, readings: Sequence[Reading], draft: Draft) -> Iterator[Sentence | Draft]:
        """Say a verified draft anew: sentences that may be shown at once, then the Draft that begins with them."""
        ...


class Verifier(Protocol):
    def verify(self, question: Question, draft: Draft) -> Draft:
        """Return the draft without the sentences its citations do not support."""
        ...
