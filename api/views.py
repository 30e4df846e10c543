"""Answers, hits and articles as JSON: the shapes that callers of the command line and of HTTP see."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from archive.types import Article
from embeddings.types import Hit
from qa.types import Answer, Citation, Sentence

SNIPPET = 300  # characters
NEAREST = 10  # hits shown with an answer
AROUND = 180  # characters of an article shown on each side of a quote
_WORD = re.compile(r"\w+")


def answer_view(answer: Answer) -> dict[str, Any]:
    question = answer.question
    texts = {hit.article.id: hit.article.text for hit in answer.hits}
    return {
        "status": answer.status,
        "text": answer.text,
        "sentences": [sentence_view(sentence) for sentence in answer.sentences],
        "citations": [citation_view(cited, texts.get(cited.article_id, "")) for cited in answer.citations],
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "question": {
            "text": question.text,
            "standalone": question.standalone,
            "as_of": _day(question.as_of),
            "from": _day(question.published_from),
            "to": _day(question.published_to),
            "sources": list(question.sources),
            "tags": list(question.tags),
            "intent": question.intent,
        },
        "hits": [hit_view(hit, question.standalone) for hit in answer.hits[:NEAREST]],
        "timings_ms": {stage: round(spent, 2) for stage, spent in answer.timings_ms.items()},
        "conversation_id": answer.conversation_id,
        "answer_id": answer.answer_id,
    }


def sentence_view(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "marks": [list(mark) for mark in sentence.marks],
    }


def citation_view(citation: Citation, text: str) -> dict[str, Any]:
    """A citation; `before` and `after` are its surroundings in `text`, its article's (empty where unknown).

    `hash` is that of its quote: a link with it tells whether the article still says that.
    """
    before, after = surroundings(text, citation.start, citation.end)
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "title": citation.title,
        "url": citation.url,
        "source": citation.source,
        "published": _day(citation.published),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "hash": text_hash(citation.quote),
        "before": before,
        "after": after,
        "link": citation.link,
        "span": list(citation.span) if citation.span else None,
        "also": list(citation.also),
    }


def surroundings(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after text[start:end], up to AROUND characters each, cut between words."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = "…" + before[_cut(before.find(" "), 0) :]
    if end + AROUND < len(text):
        after = after[: _cut(after.rfind(" "), len(after))] + "…"
    return before, after


def _cut(found: int, otherwise: int) -> int:
    return found if found >= 0 else otherwise


def hit_view(hit: Hit, asked: str) -> dict[str, Any]:
    """A hit as a snippet; `highlights` are (start, end) of the question's words in it, `hash` is of its whole text."""
    snippet = hit.passage.text[:SNIPPET]
    words = {word.casefold() for word in _WORD.findall(asked) if len(word) > 2}
    return {
        "article_id": hit.article.id,
        "title": hit.article.title,
        "url": hit.article.url,
        "source": hit.article.source,
        "published": _day(hit.article.published),
        "snippet": snippet,
        "highlights": [[m.start(), m.end()] for m in _WORD.finditer(snippet) if m.group().casefold() in words],
        "start": hit.passage.start,
        "end": hit.passage.end,
        "hash": text_hash(hit.passage.text),
        "score": round(hit.score, 6),
        "ranks": dict(hit.ranks),
    }


def text_hash(text: str) -> str:
    """Return 8 hex digits that tell whether a place of an article still says this."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def article_view(article: Article, *, text: bool = True) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published": _day(article.published),
        "source": article.source,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "language": article.language,
    }
    return {**view, "text": article.text} if text else view


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
