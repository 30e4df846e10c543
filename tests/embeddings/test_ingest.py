"""Ingest: again adds nothing, a killed run goes on, one writer at a time, nothing lost on a bad disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import HashedEncoder

from archive.errors import StoreError
from archive.store import ArticleStore
from embeddings import update
from embeddings.errors import IndexLockedError
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.lock import writer_lock
from embeddings.refresh import ENCODE_BATCH
from embeddings.search import Searcher
from embeddings.types import Vectors

ENCODER = HashedEncoder()
TESTS = Path(__file__).resolve().parents[1] / "support"


class Counting(HashedEncoder):
    """Counts the texts it has encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def encode(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        self.texts += len(texts)
        return super().encode(texts)


def write(path: Path, numbers: range, word: str = "ferry") -> Path:
    rows = [
        {
            "url": f"https://news.example/{n}",
            "title": f"Story {n}",
            "text": f"The {word} number {n} left the harbour at dawn with {n + 2} passengers and returned before noon.",
            "date": "2022-03-04",
        }
        for n in numbers
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_second_ingest_adds_nothing_and_encodes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "news.jsonl", range(30))
    first = ingest([source], tmp_path / "home", encoder=ENCODER)
    assert (first.added, first.unchanged, first.articles, first.passages) == (30, 0, 30, 30)
    counting = Counting()
    again = ingest([source], tmp_path / "home", encoder=counting)
    assert (again.added, again.updated, again.unchanged, again.articles) == (0, 0, 30, 30)
    assert counting.texts == 0
    assert [path.name for path in (tmp_path / "home" / "index").glob("gen-*")] == ["gen-000001"]


def test_new_and_changed_articles_only_are_encoded(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest([write(tmp_path / "a.jsonl", range(30))], home, encoder=ENCODER)
    counting = Counting()
    report = ingest(
        [write(tmp_path / "b.jsonl", range(28, 33)), write(tmp_path / "c.jsonl", range(2), "balloon")],
        home,
        encoder=counting,
    )
    assert (report.added, report.updated, report.unchanged, report.articles) == (3, 2, 2, 33)
    assert counting.texts == 5
    store = ArticleStore(home / "articles.sqlite")
    hits = Searcher(Index.open(home / "index", ENCODER), store).search("balloon", 2)
    assert {hit.article.title for hit in hits} == {"Story 0", "Story 1"}
    assert all(hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text for hit in hits)
    store.close()


def test_an_article_deleted_from_the_store_leaves_the_index(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest([write(tmp_path / "a.jsonl", range(5))], home, encoder=ENCODER)
    store = ArticleStore(home / "articles.sqlite")
    gone = next(iter(store.hashes()))
    store.delete([gone])
    store.close()
    report = ingest([write(tmp_path / "none.jsonl", range(5, 6))], home, encoder=ENCODER)
    assert (report.removed, report.added, report.articles) == (1, 1, 5)
    assert gone not in Index.open(home / "index", ENCODER).articles()


def test_bad_sources_are_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    good = write(tmp_path / "a.jsonl", range(3))
    report = ingest([tmp_path / "absent.jsonl", good], tmp_path / "home", encoder=ENCODER)
    assert report.articles == 3
    assert [failure.origin for failure in report.failed] == [str(tmp_path / "absent.jsonl")]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[4]]
from fakes import HashedEncoder
from embeddings.ingest import ingest
from embeddings.vectors import VectorLog
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def progress(stage, done, total):
    if stage == sys.argv[3] and done >= 128:
        kill()
if sys.argv[3] == "discard":
    VectorLog.discard = kill
ingest([sys.argv[1]], Path(sys.argv[2]), encoder=HashedEncoder(), progress=progress)
"""


@pytest.mark.parametrize(("stage", "left"), [("read", 300), ("encode", 300 - ENCODE_BATCH), ("discard", 0)])
def test_a_killed_ingest_goes_on_where_it_was(tmp_path: Path, stage: str, left: int) -> None:
    source, home = write(tmp_path / "news.jsonl", range(300)), tmp_path / "home"
    run = subprocess.run([sys.executable, "-c", KILLED, source, home, stage, TESTS], check=False, cwd=TESTS.parent)
    assert run.returncode == -signal.SIGKILL
    assert (home / "index" / "vectors.log").exists() or stage == "read"
    counting = Counting()
    report = ingest([source], home, encoder=counting)
    assert (report.articles, report.passages) == (300, 300)
    assert counting.texts == left
    assert not (home / "index" / "vectors.log").exists()
    whole = Index.open(home / "index", ENCODER).search("ferry number 7", 300, mode="dense")
    assert len({match.article_id for match in whole}) == 300


def test_progress_foretells_how_many_passages_there_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "WINDOW", 100)
    monkeypatch.setattr(update, "FIRST_WINDOW", 100)
    steps: list[tuple[int, int]] = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "encode":
            steps.append((done, total))

    # Of one passage each, so that from the first window on as many are foretold as there are, once all are read.
    ingest([write(tmp_path / "a.jsonl", range(500))], tmp_path / "home", encoder=ENCODER, progress=progress)
    assert {total for _, total in steps} <= {0, 500}
    assert (steps[0][0], steps[-1]) == (0, (500, 500))
    steps.clear()
    ingest([write(tmp_path / "b.jsonl", range(490, 510))], tmp_path / "home", encoder=ENCODER, progress=progress)
    assert steps[-1] == (10, 10)


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with writer_lock(home), pytest.raises(IndexLockedError, match=str(os.getpid())):
        ingest([], home, encoder=ENCODER)
    assert ingest([], home, encoder=ENCODER).articles == 0


def test_a_home_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        ingest([], tmp_path / "file" / "home", encoder=ENCODER)


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[4]]
from fakes import HashedEncoder
from archive.errors import AskiveError
from embeddings.ingest import ingest
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
try:
    ingest([sys.argv[1]], Path(sys.argv[2]), encoder=HashedEncoder())
except AskiveError as error:
    sys.exit(f"typed: {error}")
"""


@pytest.mark.parametrize("limit", [1_000, 60_000, 200_000, 300_000])
def test_a_full_disk_is_a_typed_error_and_the_old_index_serves(tmp_path: Path, limit: int) -> None:
    home = tmp_path / "home"
    ingest([write(tmp_path / "a.jsonl", range(20))], home, encoder=ENCODER)
    more = write(tmp_path / "b.jsonl", range(300))
    run = subprocess.run(
        [sys.executable, "-c", FULL, more, home, str(limit), TESTS],
        check=False,
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
    )
    assert run.stderr.startswith("typed: "), run.stderr
    assert len(Index.open(home / "index", ENCODER).search("ferry", 30)) == 20
    assert ingest([more], home, encoder=ENCODER).articles == 300
