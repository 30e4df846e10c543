"""What is known of a reading: right, said elsewhere, or not judged; and whose passages are left out of the archive."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import HashedEncoder

from archive.ids import article_id
from archive.store import ArticleStore
from archive.types import Article
from embeddings.index import Index
from embeddings.refresh import refresh_index
from embeddings.search import Searcher
from embeddings.types import Hit
from qa.fitting import Case
from qa.fitting_cases import archive_of_passages, from_public, from_written, left_out, passage_url
from qa.reader.examples import Example, split_of
from qa.retrieve import HybridRetriever
from qa.types import Reading

SAID = "The ferry Ardent carries 60 passengers."
TEXT = f"{SAID} It was built in Denholm."
Asked = Callable[[dict[str, str]], HybridRetriever]
ELSEWHERE = "Last year the ferry Ardent was sold. Ardent carries 60 passengers across the bay."


class First:
    """Reads the first "60", else the first word, of every passage."""

    def read(self, _question: str, hits: Sequence[Hit]) -> list[Reading]:
        found = []
        for hit in hits:
            text = hit.passage.text
            at = max(0, text.find("60"))
            end = text.find(".", at) + 1
            found.append(Reading(hit, at, at + 2, text.rfind(". ", 0, at) + 2 if at else 0, end, 1.0, 0.7))
        return found


def example(question: str, text: str, answers: tuple[str, ...], source: str, key: str) -> Example:
    spans = tuple((text.find(answer), text.find(answer) + len(answer)) for answer in answers)
    return Example(question, "Ardent", "", text, spans, answers, source, "gold" if spans else "unanswerable", key)


def keys(source: str, wanted: Callable[[Example], bool]) -> str:
    return next(
        key
        for key in (f"https://news.example/{number}" for number in itertools.count())
        if wanted(example("How many passengers does the Ardent carry?", TEXT, ("60",), source, key))
    )


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    def make(texts: dict[str, str]) -> HybridRetriever:
        store = ArticleStore(tmp_path / "articles.sqlite")
        named = {article_id(url, None, "", None): (url, text) for url, text in texts.items()}
        articles = [Article(name, url, "Ardent", text, None, None) for name, (url, text) in named.items()]
        refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None, articles=articles)
        return HybridRetriever(Searcher(Index.open(tmp_path / "index", HashedEncoder()), store))

    return make


def by_article(case: Case, column: Sequence[bool]) -> dict[str, bool]:
    return dict(zip(case.articles, map(bool, column), strict=True))


def test_an_answer_in_another_article_is_said_and_not_right(asked: Asked) -> None:
    own = keys("written", lambda each: split_of(each) == "test")
    retriever = asked({own: TEXT, "https://news.example/other": ELSEWHERE})
    written = example("How many passengers does the Ardent carry?", TEXT, ("60",), "written", own)
    (case,) = from_written([written], "test", retriever, First(), [])
    gold, other = article_id(own, None, "", None), article_id("https://news.example/other", None, "", None)
    assert by_article(case, case.right) == {gold: True, other: False}
    assert by_article(case, case.said) == {gold: True, other: True}
    assert case.judged.all()


def test_of_a_near_miss_only_its_own_passage_is_judged(asked: Asked) -> None:
    own = keys("written", lambda each: split_of(each) == "test")
    retriever = asked({own: TEXT, "https://news.example/other": ELSEWHERE})
    miss = example("How many passengers does the Ardent carry at night?", TEXT, (), "written", own)
    (case,) = from_written([miss], "test", retriever, First(), [])
    gold, other = article_id(own, None, "", None), article_id("https://news.example/other", None, "", None)
    assert by_article(case, case.judged) == {gold: True, other: False}
    assert not case.said.any()


def test_a_third_of_the_held_out_passages_is_left_out() -> None:
    many = [example("Who?", TEXT, ("60",), "nq", str(n)) for n in range(3000)]
    held = [each for each in many if split_of(each) != "train"]
    assert sum(map(left_out, held)) / len(held) == pytest.approx(1 / 3, abs=0.08)
    assert not any(left_out(each) for each in many if split_of(each) == "train")
    assert not any(left_out(example("Who?", TEXT, ("60",), "clapnq", str(n))) for n in range(200))


def test_a_question_whose_passage_is_left_out_cannot_be_answered(tmp_path: Path) -> None:
    def told(absent: bool) -> str:
        return keys("nq", lambda e: split_of(e) == "test" and left_out(e) is absent)

    kept = example("How many passengers does the Ardent carry?", TEXT, ("60",), "nq", told(False))
    gone = example("How many sailors serve on the Ardent?", "Twelve sailors serve.", ("Twelve",), "nq", told(True))
    archive_of_passages([kept, gone], tmp_path, HashedEncoder())
    store = ArticleStore(tmp_path / "articles.sqlite")
    assert {article.url for article in store.iterate()} == {passage_url(TEXT)}
    retriever = HybridRetriever(Searcher(Index.open(tmp_path / "index", HashedEncoder()), store))
    cases = from_public([kept, gone], "test", retriever, First())
    assert [case.answerable for case in cases] == [True, False]
    assert [bool(case.said.any()) for case in cases] == [True, False]
    assert cases[1].judged.all()
    store.close()
