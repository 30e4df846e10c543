"""A language model as the composer: nothing it says is shown until the quote it cites supports it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.types import Hit
from qa.llm.agree import Supports, agrees, leans, shares_matter
from qa.llm.client import Chat, LLMError, Message
from qa.llm.parse import Said, SentenceStream
from qa.llm.patience import patiently
from qa.llm.prompt import build_messages
from qa.types import Citation, Draft, Question, Reading, Sentence

MAX_SENTENCES = 4
MAX_MISSES = 3  # sentences that may fail before the first that holds; the reader is waiting for quotes we have
MAX_GAP = 2  # characters between two sentences, of one paragraph or of two
PATIENCE = 0.8  # s; with retrieval and reading before it, the first sentence is on the page within 1.5 s
# Cites a stretch of a hit: (number, hit, start, end) with offsets into the passage's text -> Citation.
Cite = Callable[[int, Hit, int, int], Citation]
# Cuts a text into (start, end) sentence slices.
Split = Callable[[str], list[tuple[int, int]]]
# What the reader model answers the question with, read from a text alone: (question, hit, text) -> its span.
ReadAnswer = Callable[[str, Hit, str], str]


@dataclass(frozen=True, slots=True)
class Checks:
    """What a sentence is held to: the archive's own words, their sentences, and the reader model."""

    cite: Cite
    supports: Supports
    split: Split
    read_answer: ReadAnswer


class LLMComposer:
    """Says an extractive draft anew with a chat model, sentence by verified sentence.

    Whether to answer at all is decided before, from the extractive draft, so abstention is never worse than without
    a model. The first sentence shown must give the answer that the reader found: a true sentence that does not answer
    is not an answer; each further one must speak of what was asked. When `patience` (s) has gone by without one, the
    extractive sentences are shown and the model may add to them. What is shown is never taken back; when the server
    fails, the extractive sentences follow it.
    """

    def __init__(
        self,
        chat: Chat,
        checks: Checks,
        count_tokens: Callable[[str], int],
        budget: int = 2500,
        patience: float = PATIENCE,
    ) -> None:
        self._chat = chat
        self._checks = checks
        self._count_tokens = count_tokens
        self._budget = budget
        self._patience = patience

    def compose(self, question: Question, readings: Sequence[Reading], draft: Draft) -> Iterator[Sentence | Draft]:
        """Yield verified sentences as they come, then the Draft, which begins with them; `reason` says what failed."""
        if question.intent != "lookup" or draft.reason is not None:
            yield draft  # a digest, a list or two articles that differ are told whole: a model would leave one out
            return
        messages, sources = build_messages(question, readings, self._count_tokens, self._budget)
        if not sources:
            yield replace(draft, reason="no extract fits llm.prompt_tokens; the archive's own words are shown")
            return
        page = _Page()
        answering = False
        misses = 0
        reason = None
        try:
            with closing(self._said(messages, len(sources))) as replies:
                for said in replies:
                    if said is None:
                        if not page.sentences:  # late: what we have answers, and the model may add to it
                            yield from page.follow(draft)
                            answering = True
                        continue
                    cited = self._verify(said, sources)
                    fits = cited is not None and self._fits(question, said, cited[0], draft, answering=answering)
                    if cited is None or not fits or not (sentence := page.add(said.text, cited[1])):
                        misses += 1
                    else:
                        answering = True
                        yield sentence
                    if len(page.sentences) >= MAX_SENTENCES or misses == MAX_MISSES:
                        break
        except LLMError as error:
            reason = f"{error}; the archive's own words are shown"
        if reason is None and not page.by_model:
            reason = "the language model wrote nothing in time that is supported; the archive's own words are shown"
        if reason is not None:
            page.follow(draft)
        yield Draft(tuple(page.sentences), tuple(page.citations), draft.confidence, reason)

    def _said(self, messages: Sequence[Message], sources: int) -> Generator[Said | None]:
        """What the model says, sentence by sentence; None once, when its time for the first has gone by."""
        reply = SentenceStream()
        with closing(patiently(lambda: self._chat.stream(messages, sources), self._patience)) as pieces:
            for piece in pieces:
                if piece is None:
                    yield None
                else:
                    yield from reply.feed(piece)
        yield from reply.close()

    def _verify(self, said: Said, sources: Sequence[Hit]) -> tuple[Hit, Citation] | None:
        """The narrowest quote of a named source that supports the sentence; None when there is none.

        A number that names no source is an error of the model's and sinks the sentence, as does naming none.
        """
        if not said.sources or any(not 1 <= number <= len(sources) for number in said.sources):
            return None
        for number in said.sources:
            hit = sources[number - 1]
            spans = self._checks.split(hit.passage.text)
            pairs = [(a[0], b[1]) for a, b in pairwise(spans)]
            for start, end in [*spans, *pairs]:
                if agrees(said.text, hit.passage.text[start:end], self._checks.supports):
                    return hit, self._checks.cite(0, hit, start, end)
        return None

    def _fits(self, question: Question, said: Said, hit: Hit, draft: Draft, *, answering: bool) -> bool:
        """Is it to the point: beside an answer a sentence about what was asked, else the answer itself?"""
        if answering and shares_matter(said.text, question.standalone):
            return True
        return self._answers(question, said, hit, draft)

    def _answers(self, question: Question, said: Said, hit: Hit, draft: Draft) -> bool:
        """Does the sentence, read by itself, give one of the answers that the archive's own words gave?"""
        found = [c.quote[slice(*c.span)].casefold() for c in draft.citations if c.span]
        if not any(span in said.text.casefold() for span in found):
            return False
        read = self._checks.read_answer(question.standalone, hit, said.text).casefold()
        return any(read and (read in span or span in read) for span in found)


class _Page:
    """The sentences shown so far, their citations numbered in order, one a place."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []
        self.by_model = 0
        self._quoted: list[Citation] = []  # what the archive's own sentences have said

    def add(self, text: str, cited: Citation) -> Sentence | None:
        """Return a sentence of the model's as shown; None if it, or the quote it is held to, has been said.

        Nor if it opens with a pronoun after another sentence than it has before it in its article.
        """
        if any(text == earlier.text for earlier in self.sentences) or any(_overlap(cited, c) for c in self._quoted):
            return None
        if self.sentences and leans(text) and not _follows(cited, self._last()):
            return None
        self.by_model += 1
        return self._show(text, cited)

    def follow(self, draft: Draft) -> list[Sentence]:
        """Add the draft's sentences whose quotes are not cited yet, and return them as shown."""
        by_number = {c.number: c for c in draft.citations}
        shown = []
        for sentence in draft.sentences:
            cited = by_number[sentence.citations[0]]
            if not any(_place(cited) == _place(c) for c in self.citations):
                shown.append(self._show(sentence.text, cited, sentence.marks))
                self._quoted.append(cited)
        return shown

    def _last(self) -> Citation:
        return self.citations[self.sentences[-1].citations[0] - 1]

    def _show(self, text: str, cited: Citation, marks: tuple[tuple[int, int], ...] = ()) -> Sentence:
        known = next((c.number for c in self.citations if _place(c) == _place(cited)), None)
        if known is None:
            known = len(self.citations) + 1
            self.citations.append(replace(cited, number=known))
        self.sentences.append(Sentence(text, (known,), marks))
        return self.sentences[-1]


def _place(cited: Citation) -> tuple[str, int, int]:
    return cited.article_id, cited.start, cited.end


def _follows(cited: Citation, last: Citation) -> bool:
    """Do they stand in one article with nothing but a gap between them?"""
    return cited.article_id == last.article_id and 0 <= cited.start - last.end <= MAX_GAP


def _overlap(one: Citation, other: Citation) -> bool:
    return one.article_id == other.article_id and one.start < other.end and other.start < one.end
