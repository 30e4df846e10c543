"""The only place that knows the order of the stages: retrieve, read, write, verify."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from embeddings.types import Hit
from qa.calibration import UNSCALED, Scaling
from qa.digest import SURVEYED, survey, topical
from qa.names import find_names
from qa.relevance import asked_of
from qa.terms import content_words
from qa.types import (
    SURVEYS,
    Answer,
    Composer,
    Draft,
    Question,
    Ranker,
    Reader,
    Reading,
    Retriever,
    Sentence,
    Verifier,
    Writer,
)

NEAREST = 10  # articles that an abstention offers
TOP_K = 4  # passages read for a question (docs/decisions/0054-four-passages-read.md)
RETRIEVED = 30  # hits that an answer comes with; the best `top_k` of them are read


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a streamed answer: `status` (a stage's name), `hits`, `token` (a Sentence), `answer`, `done`."""

    kind: Literal["status", "hits", "token", "answer", "done", "error"]
    data: Any


class Pipeline:
    """A question in, an Answer out: cited, or an abstention with its reason and the nearest articles."""

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader,
        writer: Writer,
        verifier: Verifier,
        *,
        ranker: Ranker,
        threshold: float,
        top_k: int = TOP_K,
        composer: Composer | None = None,
        scaling: Scaling = UNSCALED,
    ) -> None:
        self._retriever = retriever
        self._reader = reader
        self._writer = writer
        self._verifier = verifier
        self._ranker = ranker
        self.threshold = threshold
        self._sure = threshold  # also while a run of questions is asked at a threshold of 0
        self._top_k = top_k
        self._composer = composer
        self.scaling = scaling

    def ask(self, question: Question) -> Answer:
        """Answer a question that is already understood."""
        answer: Answer = next(event.data for event in self.stream(question) if event.kind == "answer")
        return answer

    def stream(self, question: Question) -> Iterator[Event]:
        """Yield the events of one answer in order; sentences only once they are verified."""
        timings: dict[str, float] = {}
        yield Event("status", "retrieving")
        surveyed = question.intent in SURVEYS
        with _timed(timings, "retrieve"):
            hits = self._retriever.retrieve(question, SURVEYED if surveyed else max(RETRIEVED, self._top_k))
        yield Event("hits", hits[: self._top_k])
        yield Event("status", "reading")
        with _timed(timings, "read"):
            readings = (
                self._survey(question, hits) if surveyed else read_hits(self._reader, question, hits[: self._top_k])
            )
        if not surveyed:
            with _timed(timings, "rank"):
                hits = [*self._ranker.arrange(question, readings), *hits[self._top_k :]]
                readings = self._ranker.rank(question, readings)
        draft = self._drafted(question, readings, timings)
        if question.instead is not None and draft.confidence < self._sure:
            with _timed(timings, "survey"):
                found = self._retriever.retrieve(question.instead, SURVEYED)
                told = self._survey(question.instead, found)
            digest = self._drafted(question.instead, told, timings)
            if digest.sentences and digest.confidence >= self._sure:
                question, hits, readings, draft = question.instead, found, told, digest
        hits = hits[:RETRIEVED]
        shown = 0
        if self._composer is not None and self._answers(draft):
            yield Event("status", "writing")
            with _timed(timings, "compose"):
                for piece in self._composer.compose(question, readings, draft):
                    if isinstance(piece, Sentence):
                        shown += 1
                        yield Event("token", piece)
                    else:
                        draft = self._verifier.verify(question, piece)
        answer = self._answer(question, draft, hits, timings)
        for sentence in answer.sentences[shown:]:
            yield Event("token", sentence)
        yield Event("answer", answer)
        yield Event("done", {})

    def _drafted(self, question: Question, readings: Sequence[Reading], timings: dict[str, float]) -> Draft:
        """What the writer makes of the readings, with its confidence on the archive's own scale, verified."""
        with _timed(timings, "write"):
            draft = self._writer.write(question, readings)
            draft = replace(draft, confidence=self.scaling.apply(draft.confidence))
        with _timed(timings, "verify"):
            return self._verifier.verify(question, draft)

    def _survey(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        """Choose what a digest tells of the hits, by what the reader finds in them on its topic."""
        readings = topical(question, hits)
        if question.topic and readings:
            judged = self._reader.read(asked_of(question.topic), [reading.hit for reading in readings])
            readings = [replace(r, answerable=j.answerable) for r, j in zip(readings, judged, strict=True)]
        return survey(question, readings)

    def _answers(self, draft: Draft) -> bool:
        return bool(draft.sentences) and draft.confidence >= self.threshold

    def _answer(self, question: Question, draft: Draft, hits: Sequence[Hit], timings: dict[str, float]) -> Answer:
        if not self._answers(draft):
            reason = abstention(question, hits)
            return Answer("abstained", "", (), (), draft.confidence, reason, question, _nearest(hits), timings)
        text = " ".join(sentence.text for sentence in draft.sentences)
        return Answer(
            "answered",
            text,
            draft.sentences,
            draft.citations,
            draft.confidence,
            draft.reason,
            question,
            tuple(hits),
            timings,
        )


def read_hits(reader: Reader, question: Question, hits: Sequence[Hit]) -> list[Reading]:
    """Return one reading a hit, in the order of `hits`.

    Of an article by the source whose report it wants it is asked without the name, which stands beside the text.
    """
    if not question.unsourced:
        return reader.read(question.standalone, hits)
    by = [hit.article.source == question.publisher for hit in hits]
    found: dict[int, Reading] = {}
    for asked, named in ((question.unsourced, True), (question.standalone, False)):
        part = [hit for hit, own in zip(hits, by, strict=True) if own is named]
        if part:
            found |= {hit.passage.id: reading for hit, reading in zip(part, reader.read(asked, part), strict=True)}
    return [found[hit.passage.id] for hit in hits]


def abstention(question: Question, hits: Sequence[Hit]) -> str:
    """Say what was looked for and not found, and where: a bound is told from what was only looked at first."""
    names = [name.text for name in find_names(question.standalone)] or content_words(question.standalone)
    sought = f" It was searched for {', '.join(dict.fromkeys(names))}." if names else ""
    within = ""
    if question.published_from or question.published_to:
        within = f" between {question.published_from or 'the beginning'} and {question.published_to or 'now'}"
    if question.sources:
        within += f" in {', '.join(question.sources)}"
    if within and question.widen is not None:
        sought, within = f"{sought} What was published{within} was looked at first.", ""
    if not hits:
        return f"The archive holds no article{within} to answer from.{sought}"
    return f"The archive does not say{within}.{sought} The nearest articles are listed."


def _nearest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best passage of each of the nearest articles."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    return tuple(best.values())[:NEAREST]


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[stage] = timings.get(stage, 0.0) + (time.perf_counter() - began) * 1000
