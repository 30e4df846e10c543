"""Backup, restore and check: one moment of a home in use, whole or not at all, and never a way out of the home."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from api.backup import BackupError, backup
from api.check import check_home
from api.restore import restore
from archive.errors import StoreError
from archive.store import ArticleStore
from embeddings.errors import IndexLockedError
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.lock import writer_lock
from embeddings.search import Searcher
from tests.faults.worlds import ENCODER, name, source, stored, verify

FIRST = dict.fromkeys(range(30), 0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    ingest([source(tmp_path / "first.jsonl", {**FIRST})], tmp_path / "home", encoder=ENCODER)
    (tmp_path / "home" / "askive.toml").write_text("[answer]\ntop_k = 3\n")
    return tmp_path / "home"


@pytest.mark.parametrize("file", ["b.tar", "b.tar.gz"])
def test_a_restored_home_is_the_one_backed_up(home: Path, tmp_path: Path, file: str) -> None:
    made = backup(home, tmp_path / "out" / file)
    assert (made.articles, made.generation) == (30, "gen-000001")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [file]
    assert (tmp_path / "out" / file).stat().st_mode & 0o777 == 0o600
    restore(tmp_path / "out" / file, tmp_path / "new")
    assert verify(tmp_path / "new", {**FIRST}, {}) == FIRST
    assert (tmp_path / "new" / "askive.toml").read_text() == "[answer]\ntop_k = 3\n"
    assert not (tmp_path / "new" / "restore.partial").exists()


def test_a_backup_holds_nothing_that_restore_would_refuse(home: Path, tmp_path: Path) -> None:
    for kept in ("calibration.json", "keys.json"):
        (home / kept).write_text("{}")
    strange = ["my questions.json", "run (1).json", ".x.json", "backup.json", "a\nb.toml", ".y.sqlite", "it's.sqlite"]
    for path in [*strange, "index/gen-000001/left over.txt"]:
        (home / path).write_text("of somebody else")
    (home / "folder.json").mkdir()
    backup(home, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert verify(tmp_path / "new", {**FIRST}, {}) == FIRST
    own = {path.name for path in (tmp_path / "new").iterdir() if path.is_file()} - {"writer.lock"}
    assert own == {"articles.sqlite", "askive.toml", "calibration.json", "keys.json"}
    assert not list((tmp_path / "new").rglob("left over.txt"))


def test_restore_takes_a_home_in_use_back_and_its_readers_follow(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b.tar")
    store = ArticleStore(home / "articles.sqlite")  # as a running service has it
    ingest([source(tmp_path / "more.jsonl", {3: 9, 77: 1})], home, encoder=ENCODER)
    assert store.count() == 31
    restore(tmp_path / "b.tar", home)
    assert store.count() == 30
    hits = Searcher(Index.open(home / "index", ENCODER), store).search("Word3x", 1, mode="lexical")
    assert "version 0" in hits[0].passage.text
    store.close()
    assert check_home(home, ENCODER) == []


def test_a_backup_amid_an_ingest_answers_as_the_home_did_and_goes_on_to_the_end(home: Path, tmp_path: Path) -> None:
    store = ArticleStore(home / "articles.sqlite")
    ingest([source(tmp_path / "more.jsonl", dict.fromkeys(range(40), 5))], tmp_path / "other", encoder=ENCODER)
    newer = ArticleStore(tmp_path / "other" / "articles.sqlite")
    store.upsert(newer.iterate())  # stored, and the index does not know yet
    backup(home, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new")
    kept = ArticleStore(tmp_path / "new" / "articles.sqlite")
    searcher = Searcher(Index.open(tmp_path / "new" / "index", ENCODER), kept)
    texts = {n: [hit.passage.text for hit in searcher.search(f"Word{n}x", 3, mode="lexical")] for n in range(40)}
    assert all("version 0" in texts[n][0] and len(texts[n]) == 1 for n in range(30))
    assert all(texts[n] == [] for n in range(30, 40))
    for each in (store, newer, kept):
        each.close()
    assert ingest([], tmp_path / "new", encoder=ENCODER).articles == 40
    assert verify(tmp_path / "new", dict.fromkeys(range(40), 5), {})


@pytest.mark.parametrize("kind", ["truncated", "flipped", "no tar", "other format", "way out", "link", "unlisted"])
def test_what_is_no_whole_backup_is_refused_and_nothing_is_touched(home: Path, tmp_path: Path, kind: str) -> None:
    backup(home, tmp_path / "b.tar")
    (tmp_path / "bad.tar").write_bytes(spoilt((tmp_path / "b.tar").read_bytes(), kind))
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "writer.lock"}
    with pytest.raises(BackupError):
        restore(tmp_path / "bad.tar", home)
    assert {path: path.read_bytes() for path in before} == before
    assert not (tmp_path / "escaped").exists()
    assert not (home / "restore.partial").exists()


def spoilt(data: bytes, kind: str) -> bytes:
    if kind == "truncated":
        return data[: len(data) // 2]
    if kind == "flipped":
        at = data.rindex(b"Word7x") if b"Word7x" in data else len(data) // 2
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    if kind == "no tar":
        return b"not a tar" * 1000
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        parts = [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    made = json.loads(parts[0][1])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        extra = tarfile.TarInfo("../../escaped" if kind == "way out" else "askive.toml2")
        if kind == "link":
            extra.type, extra.linkname = tarfile.SYMTYPE, "/etc/passwd"
        if kind == "other format":
            made["format"] = 99
        if kind in ("way out", "link"):
            made["files"][extra.name] = {"bytes": 0, "sha256": "e3b0c442"}
        for part, content in [("backup.json", json.dumps(made).encode()), *parts[1:]]:
            member = tarfile.TarInfo(part)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        if kind != "other format":
            tar.addfile(extra)
    return out.getvalue()


def test_a_backup_inside_the_home_and_of_no_home_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="inside the home"):
        backup(home, home / "b.tar")
    with pytest.raises(StoreError, match="no archive here"):
        backup(tmp_path / "nowhere", tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_a_restore_does_not_write_beside_another_writer(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b.tar")
    with writer_lock(home), pytest.raises(IndexLockedError, match=str(os.getpid())):
        restore(tmp_path / "b.tar", home)


def test_a_home_whose_database_is_rubbish_is_restored(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b.tar")
    (home / "articles.sqlite").write_bytes(b"rubbish " * 9999)
    (found, *_) = check_home(home, ENCODER)
    assert (found.part, "askive restore" in found.mend) == ("articles.sqlite", True)
    restore(tmp_path / "b.tar", home)
    assert verify(home, {**FIRST}, {}) == FIRST


def test_readers_of_a_home_see_one_store_or_the_other_while_it_is_restored(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b.tar")
    ingest([source(tmp_path / "more.jsonl", dict.fromkeys(range(60), 7))], home, encoder=ENCODER)
    store, stop, seen = ArticleStore(home / "articles.sqlite"), threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            articles = store.page(limit=200).articles
            seen.add((len(articles), *{article.text.split("version ")[1][0] for article in articles}))

    reader = threading.Thread(target=read)
    reader.start()
    restore(tmp_path / "b.tar", home)
    stop.set()
    reader.join(30)
    store.close()
    assert seen <= {(60, "7"), (30, "0")}


def damages(home: Path) -> Iterator[tuple[str, str]]:
    """Damage a home in one way after another; yield the part that is to be named and a word of how to mend it."""
    index = home / "index"
    generation = index / (index / "CURRENT").read_text().split()[0]
    for file in ("dense.faiss", "manifest.json", "articles.npy"):
        path = generation / file
        if path.exists():
            good = path.read_bytes()
            path.write_bytes(good[:-9] + bytes([good[-9] ^ 4]) + good[-8:])
            yield f"index/{generation.name}", "rebuild"
            path.write_bytes(good)
    good = (index / "CURRENT").read_bytes()
    (index / "CURRENT").write_bytes(b"gen-000009" + good[10:])
    yield "index/CURRENT", "rebuild"
    (index / "CURRENT").write_bytes(good)
    with sqlite3.connect(home / "articles.sqlite") as database:
        database.execute("UPDATE articles SET text = text || 'x' WHERE id = ?", (name(4),))
    yield "articles.sqlite", "restore"
    with sqlite3.connect(home / "articles.sqlite") as database:
        database.execute("UPDATE articles SET text = substr(text, 1, length(text) - 1) WHERE id = ?", (name(4),))
        database.execute("DELETE FROM articles WHERE id = ?", (name(4),))
    yield "index", "ingest"


def test_check_names_each_damage_and_says_how_to_mend_it(home: Path) -> None:
    assert check_home(home, ENCODER) == []
    for part, mend in damages(home):
        found = check_home(home, ENCODER)
        assert part in [finding.part for finding in found], (part, found)
        assert any(mend in finding.mend for finding in found if finding.part == part)
    ingest([], home, encoder=ENCODER)
    assert check_home(home, ENCODER) == []
    assert stored(home, range(30))[4] is None


def test_check_sees_halves_that_disagree(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.open(home / "index", ENCODER)
    assert index.faults() == []
    monkeypatch.setattr(index._table, "ids", np.append(index._table.ids, index._table.ids[0]))
    halves = [f"the {half} half holds 30 passages of 31" for half in ("dense", "lexical")]
    assert index.faults() == ["a passage is in it twice", *halves]
