"""The extractive writer: the sentences that answer, quoted exactly, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from embeddings.sentences import sentence_spans
from qa.cite import cite
from qa.differ import difference, differing
from qa.evidence import confidence, missing_names
from qa.names import find_names
from qa.terms import content_stems
from qa.types import Citation, Draft, Question, Reading, Sentence

MAX_SENTENCES = 4
MAX_DIGEST = 8
ITEM_FLOOR = 0.5  # probability; a further item of a list must be more likely right than not
SAME = 0.6  # share of content stems in common above which two sentences say the same
_LEANS = re.compile(
    r"^[“\"‘']?(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|however|also|meanwhile|in addition)\b",
    re.IGNORECASE,
)

# The sources of the other copies of an article's story, by article id.
Copies = Callable[[str], tuple[str, ...]]


class ExtractiveWriter:
    """Quotes what was read. What it says is always the archive's own words."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies

    def write(self, question: Question, readings: Sequence[Reading]) -> Draft:
        """Turn readings (best first) into at most four cited sentences, or a digest of up to eight."""
        usable = [reading for reading in readings if reading.end > reading.start]
        if not usable:
            return Draft((), (), 0.0)
        if question.intent in ("digest", "timeline"):
            return self._digest(question, usable)
        best = usable[0]
        sure = confidence(question, best)
        chosen = [best]
        if question.intent == "list":
            for reading in usable[1:]:
                new = all(not _alike(_sentence(reading), _sentence(other)) for other in chosen)
                if confidence(question, reading) >= ITEM_FLOOR and new and len(chosen) < MAX_SENTENCES:
                    chosen.append(reading)
        reason = None
        if question.intent == "lookup" and (other := differing(question, best, usable[1:])) is not None:
            chosen = sorted([best, other], key=lambda r: str(r.hit.article.published or ""), reverse=True)
            reason = difference(*chosen)
        sentences: list[Sentence] = []
        citations: list[Citation] = []
        for reading in chosen:
            self._say(reading, sentences, citations, spare=MAX_SENTENCES - len(sentences))
        return Draft(tuple(sentences), tuple(citations), sure, reason)

    def _say(self, reading: Reading, sentences: list[Sentence], citations: list[Citation], spare: int) -> None:
        """Quote the reading's sentence; one that leans on the sentence before brings it along."""
        text = reading.hit.passage.text
        start, end = reading.sentence_start, reading.sentence_end
        if spare > 1 and _LEANS.match(text[start:end]):
            before = [span for span in sentence_spans(text) if span[1] <= start]
            if before:
                self._quote(reading, before[-1], None, sentences, citations)
        self._quote(reading, (start, end), (reading.start, reading.end), sentences, citations)

    def _quote(
        self,
        reading: Reading,
        place: tuple[int, int],
        span: tuple[int, int] | None,
        sentences: list[Sentence],
        citations: list[Citation],
    ) -> None:
        citation = cite(len(citations) + 1, reading.hit, *place, span)
        citation = replace(citation, also=self._copies(citation.article_id))
        citations.append(citation)
        marks = (citation.span,) if citation.span else ()
        sentences.append(Sentence(citation.quote, (citation.number,), marks))

    def _digest(self, question: Question, readings: Sequence[Reading]) -> Draft:
        """Dated sentences of different articles, no two alike; oldest first for a timeline, else newest first."""
        chosen: list[Reading] = []
        for reading in readings:
            fresh = reading.hit.article.id not in {other.hit.article.id for other in chosen}
            if fresh and all(not _alike(_sentence(reading), _sentence(other)) for other in chosen):
                chosen.append(reading)
        chosen = [r for r in chosen[:MAX_DIGEST] if _on_topic(question, r)]
        chosen.sort(
            key=lambda r: (r.hit.article.published is None, str(r.hit.article.published or "")),
            reverse=question.intent == "digest",
        )
        sentences: list[Sentence] = []
        citations: list[Citation] = []
        for reading in chosen:
            place = (reading.sentence_start, reading.sentence_end)
            self._quote(reading, place, None, sentences, citations)
        return Draft(tuple(sentences), tuple(citations), 1.0 if chosen else 0.0)


def _on_topic(question: Question, reading: Reading) -> bool:
    """Does the passage hold half of the topic's words, and one of the names it is about, if it is about any?"""
    names = [name.text for name in find_names(question.topic) if name.kind != "year"]
    if names and set(names) <= set(missing_names(question, reading)):
        return False
    wanted = set(content_stems(question.topic or question.standalone))
    article = reading.hit.article
    said = set(content_stems(f"{article.title} {reading.hit.passage.text}"))
    return not wanted or len(wanted & said) >= 0.5 * len(wanted)


def _sentence(reading: Reading) -> str:
    return reading.hit.passage.text[reading.sentence_start : reading.sentence_end]


def _alike(a: str, b: str) -> bool:
    left, right = set(content_stems(a)), set(content_stems(b))
    return bool(left and right) and len(left & right) >= SAME * min(len(left), len(right))
