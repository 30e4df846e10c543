"""The index in Milvus, by a real Milvus Lite: brute force, filters inside, changes seen whole, and Milvus gone."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import HashedEncoder

from api.check import check_home
from api.service import Asked, Service
from api.settings import IndexSettings, Settings
from archive.store import ArticleStore
from archive.types import Article
from embeddings.chunk import embedded_text, split
from embeddings.errors import IndexMismatchError, IndexMissingError, IndexUnavailableError
from embeddings.index import Match
from embeddings.ingest import ingest
from embeddings.milvus import update
from embeddings.milvus.collection import Collection, connect
from embeddings.milvus.index import MilvusIndex
from embeddings.milvus.ledger import Ledger
from embeddings.placement import Milvus, Placement, open_index, serving
from embeddings.rebuild import rebuild
from embeddings.search import Searcher
from embeddings.types import Filters, Vectors
from embeddings.update import update_index
from qa.baseline import BaselineReader
from tests.faults.worlds import name, source

pytest.importorskip("pymilvus", reason="the extra milvus is not installed")
pytest.importorskip("milvus_lite", reason="the extra milvus is not installed")

ENCODER = HashedEncoder()
CASES = [
    (Filters(), set("abcde")),
    (Filters(published_from=date(2020, 3, 20)), set("bce")),
    (Filters(published_to=date(2020, 3, 20)), set("ab")),
    (Filters(published_from=date(2020, 3, 17), published_to=date(2021, 1, 5)), set("bc")),
    (Filters(sources=("BBC",)), set("ad")),
    (Filters(tags=("italy", "trade")), set("bce")),
    (Filters(sources=("Reuters",), tags=("aid",)), set("b")),
    (Filters(sources=("Nobody", 'a"] or id > 0 or source in ["b', "\\", "a\nb")), set()),
]


class Place:
    """A Milvus Lite file and a store beside it."""

    def __init__(self, folder: Path) -> None:
        self.milvus = Milvus(str(folder / "milvus.db"))
        self.store = ArticleStore(folder / "articles.sqlite")

    def index(self, encoder: HashedEncoder = ENCODER, anew: bool = False) -> MilvusIndex:
        index, _ = update.refresh(self.milvus, self.store, encoder, lambda *_: None, anew=anew)
        assert index is not None
        return index

    def held(self) -> dict[str, set[str]]:
        """Return what lies in Milvus, whatever the ledger says: by collection the versions, "hash:article"."""
        client = connect(self.milvus.uri, "")
        asked = {"filter": "id >= 0", "output_fields": ["version"], "limit": 16_000}
        return {c: {row["version"] for row in client.query(c, **asked)} for c in client.list_collections()}

    def stored(self) -> set[str]:
        return {f"{digest}:{article}" for article, digest in self.store.hashes().items()}


class Counting(HashedEncoder):
    """Counts the texts it encodes; killed when it is to encode batch number `killed`."""

    def __init__(self, dimension: int = 256, killed: int = 0) -> None:
        super().__init__(dimension)
        self.texts = self.batches = 0
        self._killed = killed

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.batches += 1
        if self.batches == self._killed:
            raise KeyboardInterrupt
        self.texts += len(texts)
        return super().encode(texts)


def kill(patch: pytest.MonkeyPatch, step: str, done: bool) -> None:
    """Kill a writer at a step of its collection, before or after Milvus has done it."""
    do = getattr(Collection, step)

    def killed(*args: object) -> None:
        if done:
            do(*args)
        raise KeyboardInterrupt

    patch.setattr(Collection, step, killed)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.store.close()


def articles_of(matches: list[Match]) -> set[str]:
    return {match.article_id for match in matches}


def long_archive(make: object, count: int) -> list[Article]:
    words = "ferry mask flight rome market harbour fine airline doctor school river bank".split()
    random = np.random.default_rng(3)
    texts = [" ".join(random.choice(words, 30)).capitalize() + "." for _ in range(count * 12)]
    return [
        make(f"x{n}", "\n\n".join(texts[n * 12 : n * 12 + 12]), f"Title {n}", date(2022, 1 + n % 12, 1))  # type: ignore[operator]
        for n in range(count)
    ]


def test_dense_is_brute_force_cosine(place: Place, make: object) -> None:
    articles = long_archive(make, 30)
    place.store.upsert(articles)
    index = place.index()
    rows = [(a.id, *span, embedded_text(a, a.text[slice(*span)])) for a in articles for span in split(a)]
    assert (index.passages, index.article_count, index.faults()) == (len(rows), 30, [])
    vectors = ENCODER.encode([row[3] for row in rows])
    for query in ("ferry harbour", "rome flight doctor"):
        cosines = vectors @ ENCODER.encode([query])[0]
        found = index.search(query, 10, mode="dense")
        np.testing.assert_allclose([match.score for match in found], np.sort(cosines)[::-1][:10], atol=1e-5)
        own = {row[:3]: cosine for row, cosine in zip(rows, cosines, strict=True)}
        places = [(match.article_id, match.start, match.end) for match in found]
        np.testing.assert_allclose([own[each] for each in places], [match.score for match in found], atol=1e-5)


def test_filters_hold_in_every_mode_and_are_inside_the_search(
    place: Place, tmp_path: Path, news: list[Article], make: object
) -> None:
    place.store.upsert(news)
    index, files = place.index(), update_index(tmp_path / "index", ENCODER, news, [])
    for query in ("masks to Addis Ababa", "who fined the ferry company", "charter flights"):
        assert index.search(query, 1)[0].article_id == files.search(query, 1)[0].article_id
    for filters, allowed in CASES:
        for mode in ("fused", "rrf", "dense", "lexical"):
            assert articles_of(index.search("masks ferry", 10, filters, mode)) == allowed, (filters, mode)  # type: ignore[arg-type]
    assert articles_of(index.search("carrying mask", 1, mode="lexical")) == {"a"}  # stems, as in files
    for nothing in ("", "?!", "\0"):
        assert index.search(nothing, 5, mode="lexical") == []
    near = [make(f"n{n}", f"Ferry ferry ferry number {n}.", day=date(2022, 1, 1)) for n in range(150)]  # type: ignore[operator]
    place.store.upsert(near)
    index = place.index()
    for mode in ("dense", "lexical", "fused"):
        found = index.search("ferry ferry ferry", 5, Filters(published_to=date(2021, 12, 31)), mode)  # type: ignore[arg-type]
        assert "e" in articles_of(found), mode


def test_what_is_added_replaced_and_deleted_is_seen_at_once_and_whole(place: Place, news: list[Article]) -> None:
    place.store.upsert(news[:4])
    index = place.index()
    assert index.generation == "milvus-000001"
    place.store.upsert([news[4], replace(news[3], text="A balloon rose over the hills.")])
    place.store.delete(["c"])
    opened_before, newer = index, place.index()
    assert (newer.generation, newer.articles()) == ("milvus-000002", place.store.hashes())
    assert newer.faults() == []
    for index in (opened_before, newer):  # a server need not open it anew to see the change
        hits = Searcher(index, place.store).search("balloon hills ferry", 9)
        assert {hit.article.id for hit in hits} == set("abde")
        assert hits[0].passage.text == "A balloon rose over the hills."
    assert place.index().generation == "milvus-000002"  # nothing to do, nothing done


@pytest.mark.parametrize("step", ["switch", "bury"])
def test_a_writer_killed_between_two_steps_hides_and_doubles_nothing(
    place: Place, news: list[Article], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    place.store.upsert(news)
    index = place.index()
    place.store.upsert([replace(news[0], text="A balloon rose over the hills.")])
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            place.index()
    told = "China" if step == "switch" else "balloon"  # until the switch the old version, from then on the new one
    hits = Searcher(index, place.store).search("balloon china eastern masks", 9)
    assert told in next(hit.passage.text for hit in hits if hit.article.id == "a")
    assert len(hits) == 5
    assert place.index().faults() == []
    assert len(Searcher(index, place.store).search("balloon", 9)) == 5


@pytest.mark.parametrize("then", ["delete", "edit", "edit back"])
def test_what_a_writer_killed_after_putting_left_is_taken_out_by_the_next(
    place: Place, news: list[Article], monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    place.store.upsert(news)
    place.index()
    place.store.upsert([replace(news[0], text="A balloon rose over the hills.")])
    with monkeypatch.context() as patch:
        kill(patch, "put", done=True)
        with pytest.raises(KeyboardInterrupt):
            place.index()
    assert len(place.held()["askive_000001"]) == 6  # both versions of a
    if then == "delete":
        place.store.delete(["a"])
    else:
        place.store.upsert([replace(news[0], text="A kite fell into the sea.") if then == "edit" else news[0]])
    index = place.index()
    assert place.held() == {"askive_000001": place.stored()}
    assert (index.faults(), index.articles()) == ([], place.store.hashes())
    assert ("a" in articles_of(index.search("balloon kite china", 9))) == (then != "delete")


@pytest.mark.parametrize("done", [False, True])
def test_the_collection_that_a_rebuild_killed_before_its_end_left_is_dropped_by_the_next_writer(
    place: Place, news: list[Article], monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    place.store.upsert(news)
    place.index()
    with monkeypatch.context() as patch:
        kill(patch, "drop", done)
        with pytest.raises(KeyboardInterrupt):
            place.index(anew=True)
    assert set(place.held()) == {"askive_000002"} | (set() if done else {"askive_000001"})
    index = place.index()
    assert (index.generation, index.faults()) == ("milvus-000002", [])
    assert place.held() == {"askive_000002": place.stored()}
    ledger = Ledger(place.store)
    assert (ledger.counts("askive_000001"), ledger.outgoing("askive"), ledger.filling("askive")) == ((0, 0), None, None)


@pytest.mark.parametrize("anew", [False, True])
def test_a_killed_fill_goes_on_where_it_was_and_ends_as_one_that_was_not_killed(
    place: Place, tmp_path: Path, make: object, monkeypatch: pytest.MonkeyPatch, anew: bool
) -> None:
    monkeypatch.setattr(update, "BATCH", 4)
    articles = sorted(long_archive(make, 18), key=lambda article: article.id)
    (tmp_path / "other").mkdir()
    unbroken = Place(tmp_path / "other")
    for each in (place, unbroken):
        each.store.upsert(articles)
        if anew:
            each.index(HashedEncoder(64))
    killed, after, whole = Counting(killed=3), Counting(), Counting()
    with pytest.raises(KeyboardInterrupt):
        place.index(killed, anew)
    filled = f"askive_{1 + anew:06d}"
    assert {version.partition(":")[2] for version in place.held()[filled]} == {a.id for a in articles[:8]}
    index, oracle = place.index(after, anew), unbroken.index(whole, anew)
    assert killed.texts == sum(len(split(article)) for article in articles[:8])
    assert after.texts == sum(len(split(article)) for article in articles[8:])
    assert killed.texts + after.texts == whole.texts
    assert place.held() == unbroken.held() == {filled: place.stored()}
    assert (index.generation, index.articles(), index.passages) == (
        oracle.generation,
        oracle.articles(),
        oracle.passages,
    )
    assert index.faults() == []
    for query in ("ferry harbour", "rome flight doctor"):
        for mode in ("dense", "lexical", "fused"):
            results = [
                {(m.article_id, m.start, m.end): m.score for m in each.search(query, 10, mode=mode)}  # type: ignore[arg-type]
                for each in (index, oracle)
            ]
            assert results[0] == pytest.approx(results[1], abs=1e-6)
    unbroken.store.close()


def test_of_a_rebuild_that_was_killed_an_ingest_takes_out_what_was_deleted_and_the_next_one_goes_on(
    place: Place, make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "BATCH", 4)
    articles = sorted(long_archive(make, 12), key=lambda article: article.id)
    place.store.upsert(articles)
    place.index()
    with pytest.raises(KeyboardInterrupt):
        place.index(Counting(killed=3), anew=True)
    place.store.delete([articles[0].id])
    edited = replace(articles[1], text="A balloon rose over the hills.")
    place.store.upsert([edited])
    assert place.index().generation == "milvus-000002"
    held = place.held()
    assert held["askive_000001"] == place.stored()
    assert {version.partition(":")[2] for version in held["askive_000002"]} == {a.id for a in articles[1:8]}
    after = Counting()
    index = place.index(after, anew=True)
    assert after.texts == sum(len(split(article)) for article in (edited, *articles[8:]))
    assert (index.generation, index.faults()) == ("milvus-000003", [])
    assert place.held() == {"askive_000002": place.stored()}


@pytest.mark.parametrize("other", ["model", "kind", "passages missing", "collection gone", "not created"])
def test_a_killed_fill_begins_anew_when_there_is_nothing_right_to_go_on_with(
    place: Place, make: object, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setattr(update, "BATCH", 4)
    place.store.upsert(long_archive(make, 12))
    with monkeypatch.context() as patch:
        if other == "not created":
            kill(patch, "create", done=False)
        with pytest.raises(KeyboardInterrupt):
            place.index(Counting(killed=3))
    if other == "kind":
        place.milvus = replace(place.milvus, kind="FLAT")
    elif other == "passages missing":  # as when the database is of another day than Milvus
        version = place.held()["askive_000001"].pop()
        connect(place.milvus.uri, "").delete("askive_000001", filter=f'version == "{version}"')
    elif other == "collection gone":
        Collection(place.milvus.uri, "", "askive_000001").drop()
        place.store.delete([min(place.store.hashes())])  # nor is that to be taken out of what is not there
    after = Counting(64 if other == "model" else 256)
    index = place.index(after)
    assert after.texts == index.passages == sum(len(split(article)) for article in place.store.iterate())
    assert (index.faults(), place.held()) == ([], {"askive_000001": place.stored()})


def test_of_a_first_fill_that_was_killed_nothing_is_kept_when_every_article_was_deleted(
    place: Place, make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "BATCH", 4)
    place.store.upsert(long_archive(make, 12))
    with pytest.raises(KeyboardInterrupt):
        place.index(Counting(killed=3))
    place.store.delete(list(place.store.hashes()))
    assert update.refresh(place.milvus, place.store, ENCODER, lambda *_: None) == (None, 0)
    assert place.held() == {"askive_000001": set()}


def test_an_archive_is_ingested_checked_and_rebuilt(tmp_path: Path) -> None:
    home, placement = tmp_path / "home", Placement(milvus=Milvus(str(tmp_path / "milvus.db")))
    report = ingest(
        [source(tmp_path / "a.jsonl", dict.fromkeys(range(9), 0))], home, encoder=ENCODER, placement=placement
    )
    assert (report.added, report.articles, report.passages) == (9, 9, 9)
    assert sorted(path.name for path in home.iterdir()) == ["articles.sqlite", "writer.lock"]
    store = ArticleStore(home / "articles.sqlite")
    hits = Searcher(open_index(home, store, ENCODER, placement), store).search("word3x", 1)
    assert hits[0].article.id == name(3)
    assert check_home(home, ENCODER, placement) == []
    uri = str(tmp_path / "milvus.db")
    settings = Settings(home=home, index=IndexSettings(backend="milvus", uri=uri))
    service = Service(settings, store, ENCODER, BaselineReader(ENCODER))
    assert (service.ready(), service.state()["passages"], service.pointer()) == (None, 9, "milvus-000001")
    assert service.search(Asked("word3x"), 1)[0].article.id == name(3)
    store.delete([name(3)])
    assert ["deleted" in each.problem for each in check_home(home, ENCODER, placement)] == [True]
    other = HashedEncoder(64)
    with pytest.raises(IndexMismatchError, match=r"hashed-256.*hashed-64.*rebuild"):
        open_index(home, store, other, placement)
    assert rebuild(home, encoder=other, placement=placement).passages == 8
    assert serving(home, store, placement) == "milvus-000002"
    assert check_home(home, other, placement) == []
    store.close()


@contextmanager
def milvus_server(folder: Path, port: int) -> Iterator[None]:
    command = [
        str(Path(sys.executable).with_name("milvus-lite")),
        "server",
        "--data-dir",
        str(folder),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        while server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        try:
            yield
        finally:
            server.kill()


def test_milvus_gone_is_an_error_that_names_it_and_back_it_serves(
    place: Place, news: list[Article], tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place.milvus = Milvus(f"http://127.0.0.1:{port}")
    place.store.upsert(news)
    with pytest.raises(IndexUnavailableError, match=str(port)):
        place.index()
    with milvus_server(tmp_path / "data", port):
        index = place.index()
        assert articles_of(index.search("ferry", 2)) == {"d", "e"}
    with pytest.raises(IndexUnavailableError, match=rf"Milvus at http://127\.0\.0\.1:{port}"):
        index.search("ferry", 2)
    with milvus_server(tmp_path / "data", port):
        until = time.monotonic() + 60  # the connection tries again by itself, less and less often
        while time.monotonic() < until:
            with suppress(IndexUnavailableError):
                assert articles_of(index.search("ferry", 2)) == {"d", "e"}
                return
            time.sleep(0.2)
    pytest.fail("the connection was not made again")


def test_without_pymilvus_the_extra_is_named(
    place: Place, news: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    place.store.upsert(news)
    with pytest.raises(IndexUnavailableError, match=r"askive\[milvus\]"):
        place.index()


def test_before_the_first_ingest_there_is_no_index(place: Place) -> None:
    assert update.refresh(place.milvus, place.store, ENCODER, lambda *_: None) == (None, 0)
    with pytest.raises(IndexMissingError, match="askive ingest"):
        MilvusIndex(place.milvus, place.store, ENCODER)
