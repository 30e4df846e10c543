"""The extractive writer: the sentences that answer, quoted exactly, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from embeddings.sentences import sentence_spans
from embeddings.types import Hit, Passage
from qa.alone import leans, whole
from qa.calibration import UNSCALED, Scaling
from qa.cite import cite
from qa.compare import alike
from qa.differ import difference, differing
from qa.digest import by_day
from qa.evidence import confidence, too_early
from qa.relevance import sureness
from qa.terms import content_stems
from qa.types import SURVEYS, Citation, Draft, Question, Reading, Sentence

MAX_SENTENCES = 4
NEAR = 2000  # characters before a sentence in which those it leans on are sought
FLOOR = 0.5  # probability; a further item, and what contradicts, must itself be more likely right than not
# Of the best one's share, what a reading must have that differs. Of 17 differences that would be told on the first half
# of news-2022 and the written questions (calibration), none of the nine below is one.
RIVAL = 0.05
_ITEM = re.compile(r"(?:[-*•–·]|\(?\d{1,2}[.)])\s+\S")  # how a line of a list begins

# The sources of the other copies of an article's story, by article id, that were there on a day (or at all).
Copies = Callable[[str, date | None], tuple[str, ...]]


@dataclass(slots=True)
class _Said:
    """What an answer says so far."""

    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def holds(self, hit: Hit, place: tuple[int, int]) -> bool:
        """Is the place of a hit's passage quoted already, by itself or within more?"""
        first, last = (hit.passage.start + at for at in place)
        return any(c.article_id == hit.article.id and c.start <= first and last <= c.end for c in self.citations)


class ExtractiveWriter:
    """Quotes what was read. What it says is always the archive's own words."""

    def __init__(self, copies: Copies, floor: float = FLOOR, scaling: Scaling = UNSCALED) -> None:
        """`floor` is the probability, on an archive's own scale, that more than the best reading must have."""
        self._copies = copies
        self._floor = floor
        self._scaling = scaling

    def write(self, question: Question, readings: Sequence[Reading]) -> Draft:
        """Turn readings (best first) into at most four cited sentences, or a survey into a digest."""
        usable = [each for each in readings if each.end > each.start and not too_early(question, each)]
        if not usable:
            return Draft((), (), 0.0)
        if question.intent in SURVEYS:
            return self._digest(question, usable)
        best, reason = usable[0], None
        chosen = [best]
        likely = [reading for reading in usable[1:] if self._likely(question, reading)]
        if question.intent == "list":
            for reading in likely:
                if not any(_same_item(reading, other) for other in chosen):
                    chosen.append(reading)
        elif (other := differing(question, best, _near(best, likely))) is not None:
            chosen = by_day([best, other], newest_first=True)
            reason = difference(*chosen)
        said = _Said()
        for number, reading in enumerate(chosen):
            kept = len(chosen) - number - 1 if reason else 0  # of two that differ both are told
            self._say(question, reading, said, MAX_SENTENCES - len(said.sentences) - kept)
            if reading is best:
                said.sentences[-1] = replace(said.sentences[-1], best=True)  # after what it leans on
        return Draft(tuple(said.sentences), tuple(said.citations), confidence(question, best), reason)

    def _digest(self, question: Question, readings: Sequence[Reading]) -> Draft:
        """Say what was surveyed, oldest first for a timeline, else newest first.

        It is as sure as the most relevant of it: a topic is told of where one article tells of it.
        """
        said = _Said()
        for reading in by_day(readings, newest_first=question.intent == "digest"):
            self._say(question, reading, said, spare=2)
        return Draft(tuple(said.sentences), tuple(said.citations), sureness(question, readings))

    def _likely(self, question: Question, reading: Reading) -> bool:
        return self._scaling.apply(confidence(question, reading)) >= self._floor

    def _say(self, question: Question, reading: Reading, said: _Said, spare: int) -> None:
        """Quote a reading's sentence in at most `spare` sentences: one that leans brings those before it along."""
        hit, start, end = reading.hit, reading.sentence_start, reading.sentence_end
        span = (reading.start, reading.end) if question.intent not in SURVEYS else None
        if question.intent == "list":
            start, end = _whole_list(hit.passage.text, start, end)
        if spare < 1 or said.holds(hit, (start, end)):
            return
        text, shift = hit.article.text, hit.passage.start
        entire = replace(hit, passage=Passage(hit.passage.id, hit.article.id, text, 0, len(text)))
        for place in _leant_on(text, shift + start, shift + end, spare - 1):
            if not said.holds(entire, place):
                self._quote(question, entire, place, None, said)
        self._quote(question, hit, (start, end), span, said)

    def _quote(
        self, question: Question, hit: Hit, place: tuple[int, int], span: tuple[int, int] | None, said: _Said
    ) -> None:
        citation = cite(len(said.citations) + 1, hit, *place, span)
        citation = replace(citation, also=self._copies(citation.article_id, question.as_of))
        said.citations.append(citation)
        marks = (citation.span,) if citation.span else ()
        said.sentences.append(Sentence(citation.quote, (citation.number,), marks))


def _leant_on(text: str, start: int, end: int, most: int) -> list[tuple[int, int]]:
    """Return the places of at most `most` sentences without which an article's sentence is not clear.

    They are sought in the article: the sentence before may be in the passage before. A heading or a caption, which
    ends without a full stop, is not one.
    """
    far = max(0, start - NEAR)
    found = [(start, end)]
    for a, b in reversed(sentence_spans(text[far:start])):
        if len(found) > most or not whole(text[far + a : far + b]) or not leans(text[slice(*found[0])]):
            break
        found.insert(0, (far + a, far + b))
    return found[:-1]


def _near(best: Reading, readings: Sequence[Reading]) -> list[Reading]:
    return [reading for reading in readings if reading.share >= RIVAL * best.share]


def _same_item(a: Reading, b: Reading) -> bool:
    """Do two readings name the same item? Sentences that differ in it alone are two items of a list."""
    left, right = (set(content_stems(reading.span)) for reading in (a, b))
    if left and right and not left & right:
        return False
    return left == right or alike(a.sentence, b.sentence)


def _whole_list(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the lines of a list around a sentence that is one of them; else the sentence."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    last = len(text) if last < 0 else last
    if not _ITEM.match(text[first:last]):
        return start, end
    while first > 0 and _ITEM.match(text[(above := text.rfind("\n", 0, first - 1) + 1) : first - 1]):
        first = above
    while last < len(text) and _ITEM.match(text[last + 1 :]):
        below = text.find("\n", last + 1)
        last = len(text) if below < 0 else below
    return first, last
