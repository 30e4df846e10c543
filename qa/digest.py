"""Questions that are not look-ups: dated sentences of different articles that cover a topic and its period.

No reader is asked: it looks for the one place that answers, and here every article tells a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from embeddings.sentences import sentence_spans
from embeddings.types import Hit
from qa.compare import alike
from qa.evidence import unnamed
from qa.terms import content_stems
from qa.types import Question, Reading

SURVEYED = 100  # hits that a digest is chosen from; 30 are of a dozen articles only
MAX_DIGEST = 8
WEIGHED = 24  # articles on the topic that it is chosen from, the best found; of the rest few tell of it
COVERED = 2 / 3  # share of the topic's words that title and passage must hold
WHOLE = re.compile(r"[.!?][”\"’')]*$")  # of a sentence; a heading or a caption ends without
_TELLS = re.compile(
    r"(?:\S+\s+){5}.*(?<!\.\.)[.!][”\"’')]*$", re.DOTALL
)  # neither a question nor the caption of a video


def survey(question: Question, hits: Sequence[Hit]) -> list[Reading]:
    """Return at most MAX_DIGEST readings of different articles on the topic, no two alike, from all of its period.

    The time from the first article to the last is cut into as many parts as are wanted, and the best of each part is
    taken before the second best of any; where the latest is asked for, the newest. `answerable` is the share of the
    topic's words that title and passage hold.
    """
    best: dict[str, Reading] = {}
    for hit in hits:
        if len(best) < WEIGHED and hit.article.id not in best and (reading := _reading(question, hit)):
            best[hit.article.id] = reading
    found = list(best.values())
    parts = [by_day(found, newest_first=True)] if question.current else _parts(found)
    chosen: list[Reading] = []
    for reading in chain(*zip_longest(*parts)):
        if reading is not None and all(not alike(_said(reading), _said(other)) for other in chosen):
            chosen.append(reading)
    return chosen[:MAX_DIGEST]


def by_day(readings: Iterable[Reading], *, newest_first: bool) -> list[Reading]:
    """Order by day of publication; those without one come last."""
    ordered = sorted(readings, key=lambda r: str(r.hit.article.published or ""), reverse=newest_first)
    return sorted(ordered, key=lambda r: r.hit.article.published is None)


def _reading(question: Question, hit: Hit) -> Reading | None:
    """Return the sentence of a hit that says most of the topic, the first of such; None where it is off the topic."""
    text = hit.passage.text
    whole = f"{hit.article.title} {text}"
    wanted = set(content_stems(question.topic or question.standalone))
    covered = len(wanted & set(content_stems(whole))) / len(wanted) if wanted else 1.0
    spans = [span for span in sentence_spans(text) if _TELLS.match(text[slice(*span)])]
    if covered < COVERED or unnamed(question.topic, whole) or not spans:
        return None
    start, end = max(spans, key=lambda span: len(wanted & set(content_stems(text[slice(*span)]))))
    return Reading(hit, start, end, start, end, score=hit.score, answerable=covered)


def _parts(readings: list[Reading]) -> list[list[Reading]]:
    """Cut by equal stretches of time, each part in the order of retrieval; what has no date is a part of its own."""
    days = [reading.hit.article.published.toordinal() for reading in readings if reading.hit.article.published]
    first, length = min(days, default=0), max(days, default=0) - min(days, default=0) + 1
    parts: list[list[Reading]] = [[] for _ in range(MAX_DIGEST + 1)]
    for reading in readings:
        day = reading.hit.article.published
        parts[(day.toordinal() - first) * MAX_DIGEST // length if day else MAX_DIGEST].append(reading)
    return parts


def _said(reading: Reading) -> str:
    return reading.hit.passage.text[reading.sentence_start : reading.sentence_end]
