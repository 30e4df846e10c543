"""What the whole of an article says of a question: a passage has only a part of its words, the rest stand around it."""

from __future__ import annotations

import math
from functools import lru_cache

from archive.types import Article
from qa.terms import begins, content_stems
from qa.types import Question

TYPICAL = 3000  # characters of a news article; only differences count
LEAST = 200


def coverage(question: Question, article: Article) -> float:
    """Return the share of the question's content stems that begin a word of the article or its title; 1 without any.

    Of a survey they are those of its topic: "what was reported about" is in no article.
    """
    return _coverage(question.topic or question.standalone, article.title, article.text)


def length(article: Article) -> float:
    """Return the logarithm of how long the article is against a typical one: long ones hold more words by chance."""
    return math.log(max(LEAST, len(article.text)) / TYPICAL)


@lru_cache(maxsize=512)  # the articles of a few questions that are answered at once
def _coverage(asked: str, title: str, text: str) -> float:
    wanted = dict.fromkeys(content_stems(asked))
    if not wanted:
        return 1.0
    told = f"{title} {text}".casefold()
    return sum(begins(stem, told) for stem in wanted) / len(wanted)
