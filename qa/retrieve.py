"""Passages for a question: inside its bounds first, and inside the caller's where the rest was a preference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from embeddings.types import Filters, Hit
from qa.types import Question
from qa.when import preferred, recency, until
from qa.whole import coverage, length

PER_ARTICLE = 2  # passages of one article before those of others; news-2022, first half: most answers in the first six
POOL = 100  # hits that are weighed by time before the best are kept; 50 lose one gold article in a hundred (news-2022)
# Added to the fused score, which is in [0, 1.1]; chosen on the first half of news-2022, no command fits them.
RECENCY = 0.4
PREFERRED = 0.05
# Of the whole article: the share of the question's words in it, how long it is, and whether the passage is its
# beginning, where news says what it is about. Chosen on the first half of news-2022 (docs/decisions/0065).
COVERAGE = 0.4
LENGTH = -0.05
LEAD = 0.03


class Search(Protocol):
    def search(self, text: str, k: int, filters: Filters = ...) -> list[Hit]:
        """Return at most k hits for the text, best first, none outside the filters."""
        ...


class HybridRetriever:
    """Searches dense and lexical together; nothing published after `as_of` is ever returned."""

    def __init__(self, searcher: Search) -> None:
        self._searcher = searcher

    def retrieve(self, question: Question, k: int) -> list[Hit]:
        """Return at most k hits, best first, each with the score it was ordered by.

        That is the fused score, more for what the question's words of time prefer, and for articles that say more of
        what it asks.
        """
        text = question.topic or question.core
        depth = max(POOL, k)
        hits = self._searcher.search(text, depth, until(question.as_of, question.widen or _bounds(question)))
        if question.widen is not None:  # what is preferred is searched by itself too: it may be deep in the rest
            known = {hit.passage.id for hit in hits}
            least = min((hit.score for hit in hits), default=0.0)
            inside = self._searcher.search(text, k, until(question.as_of, _bounds(question)))
            hits = [
                *hits,
                *(replace(hit, score=min(hit.score, least)) for hit in inside if hit.passage.id not in known),
            ]
        return placed(_spread(sorted(weighed(question, hits), key=lambda hit: -hit.score))[:k])


def weighed(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in their order, with what time and the whole of their article add to their scores."""
    said = {each.id: coverage(question, each) for each in {hit.article.id: hit.article for hit in hits}.values()}
    found = []
    for hit in hits:
        article = hit.article
        when = RECENCY * recency(question, article) + PREFERRED * preferred(question, article)
        whole = COVERAGE * said[article.id] + LENGTH * length(article) + LEAD * (hit.passage.start == 0)
        found.append(replace(hit, score=hit.score + when + whole))
    return found


def placed(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with their places among them."""
    return [replace(hit, place=place) for place, hit in enumerate(hits)]


def _spread(hits: list[Hit]) -> list[Hit]:
    """The best PER_ARTICLE passages of every article, in order; then the others."""
    seen: Counter[str] = Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        seen[hit.article.id] += 1
        (first if seen[hit.article.id] <= PER_ARTICLE else rest).append(hit)
    return first + rest


def _bounds(question: Question) -> Filters:
    return Filters(question.published_from, question.published_to, question.sources, question.tags)
