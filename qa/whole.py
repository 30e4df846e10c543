"""What the whole of an article says of a question: a passage has only a part of its words, the rest stand around it."""

from __future__ import annotations

import math
import re

from archive.types import Article
from qa.terms import begins, question_stems
from qa.types import Question

TYPICAL = 3000  # characters of a news article; only differences count
LEAST = 200
_SEPARATOR = re.compile(r"(?<=\d),(?=\d)")  # "1,200" is looked for as 1200


def coverage(question: Question, article: Article) -> float:
    """Return the share of the question's content stems that are those of words of the article; 1 without any.

    Of a survey they are those of its topic: "what was reported about" is in no article.
    """
    wanted = question_stems(question.topic or question.core)
    if not wanted:
        return 1.0
    told = _SEPARATOR.sub("", f"{article.title} {article.text}".casefold())
    return sum(begins(stem, told) for stem in wanted) / len(wanted)


def length(article: Article) -> float:
    """Return the logarithm of how long the article is against a typical one: long ones hold more words by chance."""
    return math.log(max(LEAST, len(article.text)) / TYPICAL)
