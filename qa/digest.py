"""Questions that are not look-ups: dated sentences of different articles that cover a topic and its period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from embeddings.sentences import sentence_spans
from embeddings.types import Hit
from qa.compare import alike
from qa.evidence import share, unnamed
from qa.terms import content_stems
from qa.types import Question, Reading

SURVEYED = 100  # hits that a digest is chosen from; 30 are of a dozen articles only
MAX_DIGEST = 8
WEIGHED = 24  # articles on the topic that it is chosen from, the best found; of the rest few tell of it
COVERED, COVERED_ASKED = 2 / 3, 1 / 2  # share of the topic's words that must be met; of what a reader judges, half
CAPTION = 9  # words; most captions have no more, most sentences of news do
READ = 12  # hits of which a reader tells what they say to the question
WHOLE = re.compile(r"[.!?][”\"’')]*$")  # of a sentence; a heading or a caption ends without
_ASKS = re.compile(r"\W*(?:what|how)\b", re.IGNORECASE)
# A sentence that tells a thing: neither a question nor the caption of a video.
_TELLS = re.compile(r"(?:\S+\s+){5}.*(?<!\.\.)[.!][”\"’')]*$", re.DOTALL)


def asks(question: Question) -> bool:
    """Is something asked ("What did the BBC report ..."), so that a reader can find it? To "summarise" it cannot."""
    return bool(_ASKS.match(question.standalone))


def topical(question: Question, hits: Sequence[Hit]) -> list[Reading]:
    """Return for each hit that tells a thing the sentence that says most of the topic, the first whole one of such."""
    wanted = set(content_stems(question.topic))
    readings = []
    for hit in hits:
        text = hit.passage.text
        spans = [span for span in sentence_spans(text) if _TELLS.match(text[slice(*span)])]
        if spans:
            start, end = max(spans, key=lambda span: _told(wanted, text[slice(*span)]))
            readings.append(Reading(hit, start, end, start, end, score=hit.score, answerable=0.0))
    return readings


def _told(wanted: set[str], sentence: str) -> tuple[int, bool]:
    """How much of the topic a sentence says, and is it too long for the caption of a picture?"""
    return len(wanted & set(content_stems(sentence))), len(sentence.split()) > CAPTION


def survey(question: Question, readings: Sequence[Reading]) -> list[Reading]:
    """Return at most MAX_DIGEST of the readings (best first), of different articles on the topic and no two alike.

    The time from the first article to the last is cut into as many parts as are wanted, and the best of each part is
    taken before the second best of any; where the latest is asked for, the newest.
    """
    best: dict[str, Reading] = {}
    for reading in readings:
        if len(best) < WEIGHED and reading.hit.article.id not in best and covered(question, reading):
            best[reading.hit.article.id] = reading
    found = list(best.values())
    parts = [by_day(found, newest_first=True)] if question.current else _parts(found)
    chosen: list[Reading] = []
    for each in chain(*zip_longest(*parts)):
        if each is not None and all(not alike(each.sentence, other.sentence) for other in chosen):
            chosen.append(each)
    return chosen[:MAX_DIGEST]


def covered(question: Question, reading: Reading) -> float:
    """Return the share of the topic's words in title and passage; 0 where it is too low, or a name is missing."""
    whole = f"{reading.hit.article.title} {reading.hit.passage.text}"
    met = share(set(content_stems(question.topic)), whole)
    least = COVERED_ASKED if asks(question) else COVERED
    return met if met >= least and not unnamed(question.topic, whole) else 0.0


def by_day(readings: Iterable[Reading], *, newest_first: bool) -> list[Reading]:
    """Order by day of publication; those without one come last."""
    ordered = sorted(readings, key=lambda r: str(r.hit.article.published or ""), reverse=newest_first)
    return sorted(ordered, key=lambda r: r.hit.article.published is None)


def _parts(readings: list[Reading]) -> list[list[Reading]]:
    """Cut by equal stretches of time, each part in the order of retrieval; what has no date is a part of its own."""
    days = [reading.hit.article.published.toordinal() for reading in readings if reading.hit.article.published]
    first, length = min(days, default=0), max(days, default=0) - min(days, default=0) + 1
    parts: list[list[Reading]] = [[] for _ in range(MAX_DIGEST + 1)]
    for reading in readings:
        day = reading.hit.article.published
        parts[(day.toordinal() - first) * MAX_DIGEST // length if day else MAX_DIGEST].append(reading)
    return parts
