"""What a reader overlooks, read from the words: is what the question names near the answer, and is the answer its kind?

A small reader takes the first number it sees for "how many users in India"; that India stands in another sentence is
plain from the words. These features go into the order of readings (qa/rerank.py) and into the confidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import lru_cache

from archive.types import Article
from embeddings.sentences import sentence_spans
from embeddings.words import STOPWORDS
from qa.calibration import sigmoid
from qa.kinds import asking_stems, kind_of, yes_or_no
from qa.names import GROUP_WORD, Name, find_names
from qa.sources import names_of
from qa.terms import content_stems, question_stems, stem, tokens
from qa.types import Question, Reading

_DEMONYM_STEM = 4  # letters: "China" and "Chinese", "India" and "Indian", "Italy" and "Italian" share them
_DEMONYM_ENDINGS = ("an", "ese", "ish", "i")
_PLACES = 3  # of retrieval, from the first to the last passage read by default
SHALLOW = 500  # characters: what an article says first


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of one reading, in [0, 1] but for `missing` and `depth`.

    `missing`: named things of the question, at most 2, that neither passage, title, date nor source mentions.
    `named`: share of the question's names in the answer's sentence, the one before it, or the title.
    `here`: share of the question's other content stems, but for those that say what kind it asks for, in the answer's
    sentence; `near`: with the sentence before and the title; `passage`: in passage and title. `kind`: 1 if the span is
    of the kind asked for (an amount, a time, a name), 0 if it is not, 0.5 where the question does not tell.
    `depth`: how deep in the article the answer stands, log(1 + characters before it / 500).
    """

    missing: float
    named: float
    here: float
    near: float
    passage: float
    kind: float
    depth: float


@dataclass(frozen=True, slots=True)
class Belief:
    """Weights of the log-odds that the reading answers; fitted by `python -m qa.fit` (docs/reader.md says on what)."""

    bias: float = -2.135
    odds: float = 1.166
    retrieval: float = 1.124
    product: float = -0.395
    place: float = -1.2
    missing: float = -0.372
    named: float = 0.018
    here: float = 0.659
    near: float = 0.276
    passage: float = -0.09
    kind: float = 0.432
    depth: float = -0.211
    yes_or_no: float = -0.582


def evidence(question: Question, reading: Reading) -> Evidence:
    """Return the features of a reading; the words alone decide them."""
    article, around = reading.hit.article, _around(reading)
    names = _names(question.standalone)
    known = {w for name in names for w in content_stems(name.text)} | asking_stems(question.standalone)
    wanted = [s for s in question_stems(question.core) if s not in known]
    absent = _missing(question, article, around)
    return Evidence(
        missing=float(min(2, len(missing_names(question, reading)))),
        named=1 - len(absent) / len(names) if names else 1.0,
        here=share(wanted, reading.sentence),
        near=share(wanted, around),
        passage=share(wanted, reading.hit.titled),
        kind=kind_of(question.standalone, reading.span, reading.sentence),
        depth=math.log1p((reading.hit.passage.start + reading.start) / SHALLOW),
    )


def _around(reading: Reading) -> str:
    """The title, the sentence before the answer's, and that one."""
    text = reading.hit.passage.text
    before = [text[a:b] for a, b in _cuts(text) if b <= reading.sentence_start][-1:]
    return " ".join([reading.hit.article.title, *before, reading.sentence])


def confidence(question: Question, reading: Reading, belief: Belief = Belief()) -> float:
    """The probability in [0, 1] that the reading answers: the reader's odds, weighed with the evidence of the words."""
    return sigmoid(float(sum(w * x for w, x in zip(astuple(belief), told(question, reading), strict=True))))


def told(question: Question, reading: Reading) -> tuple[float, ...]:
    """Return what `Belief` weighs: 1 for the bias, the reader's odds of the span, the score and the place of
    retrieval, with the product of odds and score, the evidence of the words, and 1 where it is asked for yes or no,
    which words near the answer settle less often. A span's odds are its passage's log-odds, less what it is behind the
    best there, cut at 12 to either side.
    """
    odds = max(-12.0, min(12.0, reading.score - reading.behind))
    place = min(1.0, reading.hit.place / _PLACES)
    score = reading.hit.score
    words = astuple(evidence(question, reading))
    return 1.0, odds, score, odds * score, place, *words, float(yes_or_no(question.standalone))


def missing_names(question: Question, reading: Reading) -> list[str]:
    """Return the names and years of the question that neither passage, title, date nor source mentions."""
    article = reading.hit.article
    whole = f"{reading.hit.titled} {article.source or ''} {article.published or ''}"
    return _missing(question, article, whole)


def too_early(question: Question, reading: Reading) -> bool:
    """Was the article published before the time that is asked of, and its sentence has no word of that time?

    What stood in July does not tell how it was in October; "will open in October" tells when it opens.
    """
    asked, published = question.told_from, reading.hit.article.published
    if asked is None or published is None or published >= asked - timedelta(days=1):
        return False
    return not re.search(rf"\b(?:{asked:%B}|{asked:%b}|{asked.year})\b", _around(reading))


def unnamed(asked: str, text: str) -> list[str]:
    """Return the names in `asked` that a text does not hold: of a person the surname, of a group what is its own.

    Stricter than `missing_names`: "Storm Quinn" is not in what tells of Storm Petra, nor the Bank of Ireland in what
    tells of another bank.
    """
    known, starts = _tokens(text), _starts(text)
    absent = []
    for name in _names(asked):
        words = [word for word in tokens(GROUP_WORD.sub(" ", name.text)) if word not in STOPWORDS] or tokens(name.text)
        words = words[-1:] if name.kind == "person" else words
        told = (w in known or (len(w) >= _DEMONYM_STEM and stem(w)[:_DEMONYM_STEM] in starts) for w in words)
        if name.kind != "year" and not all(told if name.kind == "place" else (w in known for w in words)):
            absent.append(name.text)
    return absent


def _missing(question: Question, article: Article, text: str) -> list[str]:
    known = _tokens(text)
    absent = []
    for name in _names(question.standalone):
        if name.kind == "year" and question.published_from and str(question.published_from.year) == name.text:
            continue  # the year bounds the search; it need not be repeated in the text
        if article.source in question.sources and name.text.casefold() in names_of(article.source):
            continue  # so does the source
        words = tokens(name.text)
        starts = _starts(text)
        alike = [w in known or (len(w) >= _DEMONYM_STEM and stem(w)[:_DEMONYM_STEM] in starts) for w in words]
        demonym = len(words) == 1 and words[0].endswith(_DEMONYM_ENDINGS)
        found = all(alike) if name.kind == "place" or demonym else any(w in known for w in words)
        if not found:
            absent.append(name.text)
    return absent


def share(wanted: Collection[str], text: str) -> float:
    """Return the share of some stems that a text holds; all of them where none is wanted."""
    return len(held(wanted, text)) / len(wanted) if wanted else 1.0


def held(wanted: Collection[str], text: str) -> list[str]:
    """Return those of some stems that a text holds, in their order."""
    stems = _stems(text)
    return [word for word in wanted if word in stems]


# One question looks at the same few passages and sentences again and again, about fifty of them. What is kept is for
# as many questions as are answered at once, not for the next: a passage's words are 15 KB.
_KEPT = 512


@lru_cache(maxsize=_KEPT)
def _cuts(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentence_spans(text))


@lru_cache(maxsize=_KEPT)
def _tokens(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


@lru_cache(maxsize=_KEPT)
def _starts(text: str) -> frozenset[str]:
    return frozenset(stem(word)[:_DEMONYM_STEM] for word in _tokens(text))


@lru_cache(maxsize=_KEPT)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


@lru_cache(maxsize=256)
def _names(text: str) -> tuple[Name, ...]:
    return tuple(find_names(text))
