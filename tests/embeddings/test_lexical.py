"""BM25 by tantivy against the formula, written out here independently."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from archive.types import Article
from embeddings.lexical import TITLE_BOOST, LexicalIndex
from embeddings.types import Filters, Passage

K1, B = 1.2, 0.75  # tantivy's
TEXTS = [
    "red ferry",
    "red red harbour stone wind",
    "blue ferry ferry mask",
    "wind wind wind",
    "stone harbour blue mask cold dark long road",
]
TITLES = ["ferry", "stone road", "ferry mask", "wind", "blue"]


def build(folder: Path) -> LexicalIndex:
    index = LexicalIndex(folder)
    articles = [
        Article(str(n), None, title, text, None, None)
        for n, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True))
    ]
    with index.changing() as change:
        for number, each in enumerate(articles):
            change.add(each, [Passage(number, each.id, each.text, 0, len(each.text))])
    return index


def bm25(words: list[str], documents: list[str], number: int) -> float:
    """Robertson's BM25 with Lucene's idf, over one field."""
    tokens = [document.split() for document in documents]
    mean = sum(map(len, tokens)) / len(tokens)
    score = 0.0
    for word in words:
        holding = sum(word in each for each in tokens)
        count = tokens[number].count(word)
        idf = math.log(1 + (len(tokens) - holding + 0.5) / (holding + 0.5))
        score += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * len(tokens[number]) / mean))
    return score


@pytest.mark.parametrize("query", ["ferry", "red wind", "stone ferry mask", "road"])
def test_scores_are_bm25_of_body_and_boosted_title(tmp_path: Path, query: str) -> None:
    words = query.split()
    expected = {n: bm25(words, TEXTS, n) + TITLE_BOOST * bm25(words, TITLES, n) for n in range(len(TEXTS))}
    found = build(tmp_path).search(query, 10, Filters())
    assert dict(found) == pytest.approx({n: score for n, score in expected.items() if score > 0}, rel=1e-4)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_a_stop_word_of_most_passages_is_left_out_and_a_rare_one_counts(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    texts = ["the ferry", "the mill", "the ferry the mask", "after ferry wind"]  # "the" in three of four: above COMMON
    with index.changing() as change:
        for number, text in enumerate(texts):
            article = Article(str(number), None, "", text, None, None)
            change.add(article, [Passage(number, article.id, text, 0, len(text))])

    def found(query: str) -> dict[int, float]:
        return dict(index.search(query, 10, Filters()))

    assert found("the ferry") == found("ferry")
    assert set(found("the")) == {0, 1, 2}  # nothing else is asked
    scores = {number: bm25(["after", "ferry"], texts, number) for number in (0, 2, 3)}
    assert found("after ferry") == pytest.approx(scores, rel=1e-4)


def test_a_pair_of_words_adds_the_bm25_of_its_phrase(tmp_path: Path) -> None:
    """A phrase's idf is the sum of its words' and its count that of the phrase (Lucene's way, and tantivy's)."""
    index = build(tmp_path)
    plain, paired = (dict(index.search("the ferry mask", 10, Filters(), pair_boost=boost)) for boost in (0.0, 0.5))
    lengths = [len(text.split()) for text in TEXTS]
    idf = sum(math.log(1 + (5 - n + 0.5) / (n + 0.5)) for n in (2, 2))  # two texts hold "ferry", two "mask"
    phrase = idf * (K1 + 1) / (1 + K1 * (1 - B + B * lengths[2] / (sum(lengths) / 5)))
    assert {n: paired[n] - plain[n] for n in plain} == pytest.approx(
        {n: 0.5 * phrase if n == 2 else 0.0 for n in plain}, abs=1e-4
    )


def test_a_pair_with_a_word_of_no_meaning_is_no_phrase(tmp_path: Path) -> None:
    index = build(tmp_path)
    assert index.search("mask of ferry", 10, Filters(), pair_boost=9.0) == index.search("mask of ferry", 10, Filters())


def test_words_are_stemmed_and_caseless(tmp_path: Path) -> None:
    index = build(tmp_path)
    assert index.search("FERRIES", 10, Filters()) == index.search("ferry", 10, Filters())


def test_a_changed_article_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    index = build(tmp_path)
    new = Article("0", None, "kite", "green kite", None, None)
    with index.changing() as change:
        change.remove(["0"])
        change.add(new, [Passage(9, "0", new.text, 0, 10)])
    assert [passage for passage, _ in index.search("green kite", 10, Filters())] == [9]
    assert 0 not in [passage for passage, _ in index.search("red ferry", 10, Filters())]
