"""Storing and indexing at once: neither waits for the other, and what stops one stops the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from fakes import HashedEncoder

from archive.store import BATCH, ArticleStore
from archive.types import Article
from embeddings import update
from embeddings.changes import Changes, Stopped
from embeddings.errors import IndexMissingError
from embeddings.index import Index
from embeddings.refresh import refresh_index
from embeddings.types import Vectors

WAIT = 60.0  # seconds, for what should come at once


def article(number: int) -> Article:
    return Article(f"{number:016x}", None, f"Story {number}", f"Ferry {number} left.", date(2022, 3, 4), None)


class Signalling(HashedEncoder):
    def __init__(self, failing: bool = False) -> None:
        super().__init__()
        self.begun = threading.Event()
        self._failing = failing

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        if self._failing:
            raise MemoryError("no room")
        return super().encode(texts)


@pytest.fixture(autouse=True)
def _encoded_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "FIRST_WINDOW", BATCH // 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    opened = ArticleStore(tmp_path / "articles.sqlite")
    yield opened
    opened.close()


def test_articles_are_encoded_while_others_are_still_read(tmp_path: Path, store: ArticleStore) -> None:
    encoder = Signalling()
    totals: list[int] = []

    def read() -> Iterator[Article]:
        yield from map(article, range(BATCH))
        assert encoder.begun.wait(WAIT), "nothing is encoded before all is read"
        yield from map(article, range(BATCH, 500))

    done = refresh_index(tmp_path, store, encoder, lambda *step: totals.append(step[2]), articles=read())
    assert (done.added, done.updated, done.unchanged, done.removed) == (500, 0, 0, 0)
    assert done.index is not None
    assert (done.index.article_count, done.index.passages) == (500, 500)
    assert totals[0] == 0  # how many there will be was not known yet
    assert totals[-1] == 500


def test_what_was_stored_before_and_is_stored_again_is_indexed_once(tmp_path: Path, store: ArticleStore) -> None:
    store.upsert([article(1), article(2)])
    changed = Article(article(2).id, None, "Story 2", "A balloon rose.", None, None)
    done = refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None, articles=[article(3), changed, article(1)])
    assert (done.added, done.updated, done.unchanged) == (1, 1, 1)
    assert done.index is not None
    assert isinstance(done.index, Index)
    assert (done.index.passages, done.index.faults()) == (3, [])
    assert done.index.articles() == store.hashes()


def test_what_was_deleted_and_not_yet_left_the_index_is_indexed_when_it_comes_back(
    tmp_path: Path, store: ArticleStore
) -> None:
    refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None, articles=[article(1), article(2)])
    store.delete([article(1).id])  # and killed before the index is brought up to it
    done = refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None, articles=[article(1), article(3)])
    assert (done.added, done.removed) == (2, 0)
    assert isinstance(done.index, Index)
    assert done.index.articles() == store.hashes()
    assert (done.index.passages, done.index.faults()) == (3, [])


def test_reading_that_fails_leaves_the_index_as_it_was(tmp_path: Path, store: ArticleStore) -> None:
    def read() -> Iterator[Article]:
        yield from map(article, range(BATCH + 1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None, articles=read())
    assert store.count() == BATCH
    with pytest.raises(IndexMissingError):
        Index.open(tmp_path / "index", HashedEncoder())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("ahead", "behind"))]
    done = refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None)
    assert done.index is not None
    assert done.index.article_count == BATCH


def test_encoding_that_fails_ends_the_reading(tmp_path: Path, store: ArticleStore) -> None:
    encoder = Signalling(failing=True)
    with pytest.raises(MemoryError, match="no room"):
        refresh_index(tmp_path, store, encoder, lambda *_: None, articles=map(article, count()))


def test_an_interrupt_while_encoding_stops_at_the_next_batch() -> None:
    changes = Changes(["left"])
    changes.add(["new"])
    changes.end()
    told = iter(changes)
    assert (next(told), next(told), changes.total) == (["new"], ["left"], 2)
    changes.stop()
    with pytest.raises(Stopped):
        changes.check()
    with pytest.raises(Stopped):
        next(told)
