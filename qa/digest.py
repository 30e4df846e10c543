"""Questions that are not look-ups: dated sentences of different articles that cover a topic and its period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from embeddings.sentences import sentence_spans
from embeddings.types import Hit
from qa.alone import leans
from qa.compare import alike
from qa.relevance import relevance
from qa.terms import content_stems
from qa.types import Question, Reading

SURVEYED = 100  # hits that a digest is chosen from; 30 are of a dozen articles only
MAX_DIGEST = 8
FEW = 2  # articles of which two sentences are told each
SAME_NEWS = 0.8  # share of words in common, beyond the topic's, from which two articles' sentences are one
WEIGHED = 24  # articles that a reader judges, the best found; of the rest few tell of the topic
# Relevance from which an article is told of, and, where those are fewer than a digest holds, from which others fill it
# up: of passages above, 0.97 and 0.91 tell of the topic or touch it (0067).
WORTH, SPARE = 0.6, 0.1
CAPTION = 9  # words; most captions have no more, most sentences of news do
LONG = 45
# A sentence that tells a thing: neither a question nor the caption of a video.
_TELLS = re.compile(r"(?:\S+\s+){5}.*(?<!\.\.)[.!][”\"’')]*$", re.DOTALL)
# What stands among an article's sentences and is none of its own: who took a picture, what else there is to read.
_BESIDE = re.compile(
    r"Hide Caption|\bPhotos?:|/(?:Reuters|AP|AFP|Getty)|\bGetty Images|\bvia AP\b|"
    r"^(?:RELATED|MORE|READ MORE|OPINION|GRAPHIC|Related|Read more|Correction|Editor[’']s [Nn]ote|Sign up)\b"
)


def topical(question: Question, hits: Sequence[Hit]) -> list[Reading]:
    """Return of the best WEIGHED articles that tell a thing the sentence of their best passage that tells most of the
    topic, in the order of the hits; `others` of each is the next best, where it has a word of the topic.
    """
    wanted = set(content_stems(question.topic))
    found: dict[str, Reading] = {}
    for hit in hits:
        text = hit.passage.text
        spans = [span for span in sentence_spans(text) if _TELLS.match(text[slice(*span)])]
        if spans and hit.article.id not in found and len(found) < WEIGHED:
            titled = set(content_stems(hit.article.title)) - wanted
            first, *more = sorted(spans, key=lambda span: -_told(wanted, titled, text[slice(*span)]))
            more = [span for span in more[:1] if _told(wanted, titled, text[slice(*span)]) >= 1]
            found[hit.article.id] = replace(_sentence(hit, first), others=tuple(_sentence(hit, span) for span in more))
    return list(found.values())


def _sentence(hit: Hit, place: tuple[int, int]) -> Reading:
    return Reading(hit, *place, *place, score=hit.score, answerable=0.0)


def _told(wanted: set[str], titled: set[str], sentence: str) -> float:
    """How much a sentence tells of a topic, in words of it; those of its article's title count a quarter.

    The deductions are for what does not stand well alone; chosen on examples/questions/surveys-2022.jsonl.
    """
    said = set(content_stems(sentence))
    words = len(sentence.split())
    least = 2.0 * bool(_BESIDE.search(sentence)) + 0.6 * leans(sentence)
    least += 0.6 * sentence.startswith(("“", '"', "‘", "'")) + 0.3 * (words <= CAPTION or words > LONG)
    return len(wanted & said) + 0.25 * len(titled & said) - least


def survey(question: Question, readings: Sequence[Reading]) -> list[Reading]:
    """Return at most MAX_DIGEST of the readings, of different articles on the topic and no two alike.

    The time from the first article to the last is cut into as many parts as are wanted, and the most relevant of each
    part is taken before the second of any; where the latest is asked for, the newest. Where none is worth telling, it
    is the most relevant alone, by which the answer is seen to be unsure. Of few articles two sentences are told each.
    """
    valued = sorted(((relevance(question, reading), reading) for reading in readings), key=lambda each: -each[0])
    worth = sum(value >= WORTH for value, _ in valued)
    spare = sum(value >= SPARE for value, _ in valued[:MAX_DIGEST])
    found = [reading for _, reading in valued[: max(worth, spare, 1)]]
    topic = frozenset(content_stems(question.topic))
    parts = [by_day(found, newest_first=True)] if question.current else _parts(found)
    chosen: list[Reading] = []
    for each in chain(*zip_longest(*parts)):
        if each is not None and not any(alike(each.sentence, o.sentence, SAME_NEWS, topic) for o in chosen):
            chosen.append(each)
    if len(chosen) <= FEW:
        return [part for each in chosen for part in sorted((each, *each.others), key=lambda part: part.start)]
    return chosen[:MAX_DIGEST]


def by_day(readings: Iterable[Reading], *, newest_first: bool) -> list[Reading]:
    """Order by day of publication; those without one come last."""
    ordered = sorted(readings, key=lambda r: str(r.hit.article.published or ""), reverse=newest_first)
    return sorted(ordered, key=lambda r: r.hit.article.published is None)


def _parts(readings: list[Reading]) -> list[list[Reading]]:
    """Cut by equal stretches of time, each part in the order given; what has no date is a part of its own."""
    days = [reading.hit.article.published.toordinal() for reading in readings if reading.hit.article.published]
    first, length = min(days, default=0), max(days, default=0) - min(days, default=0) + 1
    parts: list[list[Reading]] = [[] for _ in range(MAX_DIGEST + 1)]
    for reading in readings:
        day = reading.hit.article.published
        parts[(day.toordinal() - first) * MAX_DIGEST // length if day else MAX_DIGEST].append(reading)
    return parts
