"""PostgreSQL as the store: several openers and writers, a server that goes away, and what it needs."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres import Server

from api.backup import BackupError, backup
from api.check import check_home
from api.conversations import Conversations
from archive.errors import StoreError
from archive.store import ArticleStore
from embeddings.delete import delete_articles
from embeddings.errors import IndexLockedError
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.placement import Placement, writing
from embeddings.rebuild import rebuild
from embeddings.search import Searcher
from tests.faults.worlds import ENCODER, name, source

HOLD = """
import sys, time
from pathlib import Path
from embeddings.placement import Placement, writing
with writing(Path(sys.argv[1]), Placement(store=sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_an_archive_in_postgres_is_ingested_searched_changed_and_checked(postgres_url: str, tmp_path: Path) -> None:
    home, placement = tmp_path / "home", Placement(store=postgres_url)
    first, second = source(tmp_path / "a.jsonl", dict.fromkeys(range(20), 0)), source(tmp_path / "b.jsonl", {3: 1})
    assert ingest([first], home, encoder=ENCODER, placement=placement).added == 20
    report = ingest([first, second], home, encoder=ENCODER, placement=placement)
    assert (report.updated, report.unchanged, report.articles) == (0, 20, 20)  # of an id twice, the first
    assert ingest([second], home, encoder=ENCODER, placement=placement).updated == 1
    assert delete_articles([name(4)], home, encoder=ENCODER, placement=placement) == (name(4),)
    assert not (home / "articles.sqlite").exists()
    store = ArticleStore(postgres_url)
    hit = Searcher(Index.open(home / "index", ENCODER), store).search("Word3x version 1", 1)[0]
    assert hit.article == store.get(name(3))
    assert "version 1" in hit.passage.text
    store.close()
    assert check_home(home, ENCODER, placement) == []
    assert rebuild(tmp_path / "another", encoder=ENCODER, placement=placement).articles().keys() == {
        name(n) for n in range(20) if n != 4
    }
    with pytest.raises(BackupError, match="pg_dump"):
        backup(home, tmp_path / "backup.tar", placement)


def test_conversations_share_the_database(postgres_url: str) -> None:
    ArticleStore(postgres_url).close()
    kept = Conversations(postgres_url, max_turns=2)
    conversation, _ = kept.keep(None, "Who\0?", "Who?", {"text": "Ann"})
    for _ in range(2):
        kept.keep(conversation, "When?", "When?", {"text": "Then"})
    assert [turn.asked for turn in kept.turns(conversation)] == ["When?", "When?"]
    assert kept.delete(conversation)
    kept.close()


def test_servers_that_start_together_make_the_tables_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(ArticleStore, [postgres_url] * 4))
    assert [store.count() for store in stores] == [0] * 4
    for store in stores:
        store.close()


def test_one_machine_writes_at_a_time_and_a_killed_one_holds_nothing(postgres_url: str, tmp_path: Path) -> None:
    ArticleStore(postgres_url).close()
    here = Placement(store=postgres_url)
    command = [sys.executable, "-c", HOLD, str(tmp_path / "theirs"), postgres_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexLockedError, match="another machine"), writing(tmp_path / "ours", here):
            pass
        other.kill()
    with writing(tmp_path / "ours", here, wait=30) as store:
        assert store.count() == 0


def test_a_server_started_anew_is_used_again(postgres: Server, postgres_url: str) -> None:
    store = ArticleStore(postgres_url)
    assert store.count() == 0
    postgres.stop()
    with pytest.raises(StoreError, match="cannot be read"):
        store.count()
    with pytest.raises(StoreError, match="cannot be opened"):
        ArticleStore(postgres_url)
    postgres.start()
    assert store.count() == 0
    store.close()


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(StoreError, match=r"ann:\*\*\*@127\.0\.0\.1:1/news.*cannot be opened") as told:
        ArticleStore("postgresql://ann:secret@127.0.0.1:1/news")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("url", ["oracle9://x/y", "://"])
def test_what_is_no_database_url_is_a_typed_error(url: str) -> None:
    with pytest.raises(StoreError):
        ArticleStore(url)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"askive\[postgres\]"):
        ArticleStore("postgresql+psycopg://127.0.0.1:1/news")
