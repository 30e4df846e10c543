"""Disks that fill, folders that may not be written, databases that are locked, clocks that go back.

After each: nothing acknowledged is lost, nothing is there twice, and what cannot be done says why.
"""

from __future__ import annotations

import codecs
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from places import let_in

from api.backup import backup
from api.conversations import Conversations
from api.restore import restore
from archive import database
from archive.errors import AskiveError, StoreError
from embeddings.delete import delete_articles
from embeddings.rebuild import rebuild
from tests.faults.kill import forked
from tests.faults.worlds import ENCODER, State, found, ingest, name, source, stored, verify

FIRST: State = dict.fromkeys(range(60), 0)
MORE: State = dict.fromkeys(range(30, 200), 1)
Work = Callable[[Path, Path], object]
WRITES: dict[str, Work] = {
    "ingest": lambda home, place: ingest([source_of(place, MORE)], home, encoder=ENCODER),
    "delete": lambda home, _: delete_articles([name(n) for n in range(20)], home, encoder=ENCODER),
    "rebuild": lambda home, _: rebuild(home, encoder=ENCODER),
    "backup": lambda home, place: backup(home, place / "out" / "b.tar"),
    "restore": lambda home, place: restore(place / "zero.tar", home),
}
CHANGES: dict[str, State] = {"ingest": MORE, "delete": dict.fromkeys(range(20), None)}


def source_of(place: Path, state: State) -> Path:
    path = place / f"{len(state)}.jsonl"
    return path if path.exists() else source(path, state)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    source_of(tmp_path, MORE)
    forked(lambda: ingest([source_of(tmp_path, FIRST)], tmp_path / "home", encoder=ENCODER) and None)
    forked(lambda: backup(tmp_path / "home", tmp_path / "zero.tar") and None)
    return tmp_path / "home"


def told(work: Callable[[], object]) -> str:
    """Do the work; return what the typed error says, or nothing when it was done."""
    try:
        work()
    except AskiveError as error:
        return str(error)
    return ""


def check(home: Path, changes: State) -> None:
    forked(lambda: verify(home, FIRST, changes) and None)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [2_000, 90_000])
@pytest.mark.parametrize("what", WRITES)
def test_files_that_may_not_grow(home: Path, tmp_path: Path, what: str, limit: int) -> None:
    def work() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        return told(lambda: WRITES[what](home, tmp_path))

    said = forked(work)
    assert said or limit > 2_000
    check(home, CHANGES.get(what, {}))
    assert not list(tmp_path.glob("out/*")) or not said
    forked(lambda: WRITES[what](home, tmp_path) and None)


@pytest.mark.slow
@pytest.mark.parametrize("what", WRITES)
def test_a_disk_that_is_full(home: Path, tmp_path: Path, what: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1700k", "tmpfs", disk], check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        subprocess.run(["cp", "-r", home, disk / "home"], check=True)
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        (disk / "out").symlink_to(disk)
        said = forked(lambda: told(lambda: WRITES[what](disk / "home", tmp_path if what != "backup" else disk)))
        assert said, what
        assert "Traceback" not in said
        os.unlink(disk / "ballast")
        check(disk / "home", CHANGES.get(what, {}))
    finally:
        subprocess.run(["umount", disk], check=True)


def nobody(home: Path) -> None:
    """Give all rights away, since root may write anywhere."""
    for path in [home, *home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    let_in(home)
    codecs.lookup("cp437")  # zip files need it, and Python itself may be where nobody may read
    if os.geteuid() == 0:
        os.seteuid(65534)


@pytest.mark.parametrize("what", ["ingest", "delete", "rebuild", "restore"])
def test_a_home_that_may_only_be_read_says_so_and_is_searched(home: Path, tmp_path: Path, what: str) -> None:
    def work() -> list[Any]:
        nobody(home)
        return [told(lambda: WRITES[what](home, tmp_path)), found(home, [7])[7]]

    said, texts = forked(work)
    assert "cannot be written" in said
    assert len(texts) == 1


def test_a_home_that_may_only_be_read_is_backed_up(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o777)
    out.chmod(0o777)

    def work() -> int:
        nobody(home)
        return backup(home, out / "b.tar").articles

    assert forked(work) == 60
    assert forked(lambda: restore(out / "b.tar", tmp_path / "new").articles) == 60
    check(tmp_path / "new", {})


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process in the middle of a write."""
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


def test_a_locked_store_is_read_and_says_that_it_is_locked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with locked(home / "articles.sqlite"):
        assert forked(lambda: len(found(home, [7])[7])) == 1
        said = forked(lambda: told(lambda: delete_articles([name(7)], home, encoder=ENCODER)))
    assert "database is locked" in said
    check(home, {})


def test_conversations_that_are_locked_are_not_waited_for_long(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "conversations.sqlite")
    conversation, _ = kept.keep(None, "Who?", "Who?", {"text": "Ann."})
    with locked(tmp_path / "conversations.sqlite"), pytest.raises(StoreError, match="locked"):
        kept.keep(conversation, "And when?", "And when?", {"text": "In May."})
    assert [turn.asked for turn in kept.turns(conversation)] == ["Who?"]
    kept.close()


def test_turns_keep_their_order_and_number_when_the_clock_is_set_back(tmp_path: Path) -> None:
    clock = iter([1000.0, 1000.0, 400.0, 401.0, 402.0])
    kept = Conversations(tmp_path / "conversations.sqlite", max_turns=3, now=lambda: next(clock, 403.0))
    conversation = None
    for number in range(5):
        conversation, _ = kept.keep(conversation, f"Question {number}", "", {"text": ""})
    assert conversation
    assert [turn.asked for turn in kept.turns(conversation)] == ["Question 2", "Question 3", "Question 4"]
    kept.close()


def test_a_clock_set_back_hides_no_generation(home: Path, tmp_path: Path) -> None:
    def work() -> int:
        for path in home.rglob("*"):  # everything there is from the future
            os.utime(path, (4e9, 4e9))
        return ingest([source_of(tmp_path, MORE)], home, encoder=ENCODER).articles

    assert forked(work) == 200
    assert forked(lambda: stored(home, range(200))[199]) == 1
    check(home, MORE)
