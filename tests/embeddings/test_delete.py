"""Delete: gone from the store, the files and every search when it returns; a kill in between hides nothing kept."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import HashedEncoder

from archive.store import ArticleStore
from archive.types import Article
from embeddings.delete import delete_articles
from embeddings.errors import IndexLockedError
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.lock import writer_lock
from embeddings.refresh import refresh_index
from embeddings.search import Searcher

ENCODER = HashedEncoder()


@pytest.fixture
def home(tmp_path: Path, news: list[Article]) -> Path:
    store = ArticleStore(tmp_path / "articles.sqlite")
    store.upsert(news)
    refresh_index(tmp_path, store, ENCODER, lambda *_: None)
    store.close()
    return tmp_path


def found(home: Path, text: str) -> set[str]:
    store = ArticleStore(home / "articles.sqlite")
    hits = Searcher(Index.open(home / "index", ENCODER), store).search(text, 20)
    store.close()
    return {hit.article.id for hit in hits}


def test_deleted_articles_are_in_no_search_and_in_no_file_of_the_store(home: Path) -> None:
    assert found(home, "masks ferry") == set("abcde")
    assert delete_articles(["a", "d", "nobody"], home, encoder=ENCODER) == ("a", "d")
    assert found(home, "masks ferry") == set("bce")
    assert set(Index.open(home / "index", ENCODER).articles()) == set("bce")
    stored = b"".join(path.read_bytes() for path in home.glob("articles.sqlite*"))
    assert b"reached Rome" in stored
    assert b"China Eastern" not in stored


def test_deleting_again_changes_nothing(home: Path) -> None:
    delete_articles(["a"], home, encoder=ENCODER)
    generation = Index.open(home / "index", ENCODER).generation
    assert delete_articles(["a"], home, encoder=ENCODER) == ()
    assert Index.open(home / "index", ENCODER).generation == generation


def test_an_article_deleted_before_the_index_knows_is_not_found_and_leaves_at_the_next_change(home: Path) -> None:
    store = ArticleStore(home / "articles.sqlite")
    store.delete(["a"])
    store.close()
    assert found(home, "masks ferry") == set("bcde")
    assert ingest([], home, encoder=ENCODER).removed == 1


def test_a_second_writer_waits_or_is_told_who_is_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/askive", "delete", "a"])
    begun, done = threading.Event(), threading.Event()

    def first() -> None:
        with writer_lock(home):
            begun.set()
            done.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(10)
    with pytest.raises(IndexLockedError, match=rf"process {os.getpid()} \(askive delete, since 20.*try again"):
        delete_articles(["a"], home, encoder=ENCODER)
    threading.Timer(0.2, done.set).start()
    assert delete_articles(["a"], home, encoder=ENCODER, wait=10) == ("a",)
    thread.join()


def test_what_a_killed_writer_left_in_the_lock_keeps_nobody_out(home: Path) -> None:
    (home / "writer.lock").write_text('{"pid": 1, "command": "askive ingest", "since": "2020-01-01"}' + " " * 99)
    with writer_lock(home):
        assert str(os.getpid()) in (home / "writer.lock").read_text()


def test_a_reader_of_the_index_before_an_update_sees_the_article_as_it_was(home: Path, news: list[Article]) -> None:
    store = ArticleStore(home / "articles.sqlite")
    old = Searcher(Index.open(home / "index", ENCODER), store)
    newer = replace(news[0], text="Nobody flew anywhere with masks.")
    store.upsert([newer])
    refresh_index(home, store, ENCODER, lambda *_: None)
    new = Searcher(Index.open(home / "index", ENCODER), store)
    for searcher, article in ((old, news[0]), (new, newer)):
        hit = next(hit for hit in searcher.search("masks", 5) if hit.article.id == "a")
        assert (hit.article, searcher.article("a"), hit.passage.text) == (article, article, article.text)
    store.upsert([replace(news[1], text="Rome has masks again.")])
    refresh_index(home, store, ENCODER, lambda *_: None)  # two changes on, what the first replaced is dropped
    assert old.article("a") is None
    assert new.article("b") == news[1]
    store.close()
