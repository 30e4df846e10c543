"""The store: what is added, changed, the same; stories; listings. On SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive.duplicates import signature, similarity
from archive.errors import CursorError, StoreError
from archive.store import ArticleStore, content_hash
from archive.types import Article

WIRE = " ".join(f"sentence {i} tells of event number {i * 7}" for i in range(30))


def article(number: int, text: str = "Body.", day: date | None = date(2020, 1, 1), source: str = "A") -> Article:
    return Article(f"{number:016x}", None, f"Title {number}", text, day, source, (), ("tag",))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArticleStore]:
    postgres = request.param == "postgres"
    store = ArticleStore(request.getfixturevalue("postgres_url") if postgres else tmp_path / "articles.sqlite")
    yield store
    store.close()


def test_again_adds_nothing_and_changed_text_replaces(store: ArticleStore) -> None:
    assert len(store.upsert([article(1), article(2)]).added) == 2
    again = store.upsert([article(1), article(2, "New body.")])
    assert (again.added, again.updated, again.unchanged) == ((), (article(2).id,), (article(1).id,))
    found = store.get(article(2).id)
    assert found == article(2, "New body.")
    assert store.hashes()[article(2).id] == content_hash(article(2, "New body."))


def test_what_is_kept_is_plain_sqlite_in_wal(tmp_path: Path) -> None:
    ArticleStore(tmp_path / "articles.sqlite").upsert([article(1)])
    with sqlite3.connect(tmp_path / "articles.sqlite") as raw:
        assert raw.execute("select title, published from articles").fetchall() == [("Title 1", "2020-01-01")]
        assert raw.execute("pragma journal_mode").fetchone() == ("wal",)


def test_the_version_an_update_replaced_is_kept_until_it_is_forgotten(store: ArticleStore) -> None:
    old, new = article(1), article(1, "New body.")
    store.upsert([old])
    store.upsert([new])
    assert store.versions({old.id: content_hash(old)}) == {old.id: old}
    assert store.versions({old.id: content_hash(new)}) == {old.id: new}
    store.forget_replaced({})
    assert store.versions({old.id: content_hash(old)}) == {}


def test_tags_and_sources_are_found_as_they_are_written(store: ArticleStore) -> None:
    tagged = [replace(article(1), tags=("café 100%", "x_y")), replace(article(2), tags=("cafe", "xzy"), source="B")]
    store.upsert(tagged)
    wanted = (("café 100%", [1]), ("x_y", [1]), ("xzy", [2]), ("100%", []), ("a\0b", []), ("CAFE", []), ("Xzy", []))
    for tag, found in wanted:
        assert [a.id for a in store.page(tag=tag).articles] == [article(n).id for n in found], tag
    assert store.sources() == ["A", "B"]
    assert store.page(source="B\0").articles == ()


def test_the_same_wire_story_is_one_story(store: ArticleStore) -> None:
    copy = "Updated. " + WIRE.replace("number 14", "number fourteen")
    other = " ".join(f"another matter {i} altogether with words {i * 3}" for i in range(30))
    store.upsert([article(1, WIRE), article(2, copy, source="B"), article(3, other)])
    assert [a.id for a in store.copies(article(1).id)] == [article(2).id]
    assert store.copies(article(3).id) == []
    assert store.copies(article(1).id, date(2019, 12, 31)) == []
    assert [a.id for a in store.copies(article(1).id, date(2020, 1, 1))] == [article(2).id]


def test_a_story_goes_on_without_its_first_article_when_that_tells_something_else(store: ArticleStore) -> None:
    other = " ".join(f"another matter {i} altogether with words {i * 3}" for i in range(30))
    one, two, three, four = (article(n).id for n in (1, 2, 3, 4))
    store.upsert([article(n, WIRE) for n in (1, 2, 3)])
    store.upsert([article(1, WIRE + " Corrected.")])
    assert store.story([one, two, three]) == {one: one, two: one, three: one}
    store.upsert([article(1, other), article(4, other)])
    assert store.story([one, two, three, four]) == {one: one, two: two, three: two, four: one}
    assert [a.id for a in store.copies(two)] == [three]
    store.upsert([article(1, "Too short to compare.")])
    assert store.copies(one) == store.copies(four) == []


def test_an_article_deleted_and_written_anew_is_of_no_old_story(store: ArticleStore) -> None:
    store.upsert([article(1, WIRE), article(2, WIRE)])
    store.delete([article(1).id])
    store.upsert([article(1, "Something else.")])
    assert store.copies(article(2).id) == store.copies(article(1).id) == []


def test_of_a_day_a_copy_without_one_is_none(store: ArticleStore) -> None:
    store.upsert([article(1, WIRE), article(2, WIRE, day=None, source="B")])
    assert len(store.copies(article(1).id)) == 1
    assert store.copies(article(1).id, date(2020, 1, 1)) == []
    assert store.story([article(2).id]) == {article(2).id: article(1).id}


def test_estimated_similarity_is_near_the_exact_one() -> None:
    words = WIRE.split()
    cut = " ".join(words[: len(words) * 3 // 4])
    a, b = signature(WIRE), signature(cut)
    assert a is not None
    assert b is not None
    shingles = [{tuple(t[i : i + 5]) for i in range(len(t) - 4)} for t in (words, cut.split())]
    exact = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert similarity(a, b) == pytest.approx(exact, abs=0.18)  # three standard errors of 64 permutations
    assert signature("too short") is None


def test_pages_are_newest_first_and_the_cursor_loses_nothing(store: ArticleStore) -> None:
    days = [date(2020, 1, 1), date(2021, 1, 1), None, date(2021, 1, 1), date(2019, 1, 1)]
    store.upsert([article(i, day=day) for i, day in enumerate(days)])
    seen: list[str] = []
    cursor = None
    while True:
        page = store.page(cursor=cursor, limit=2)
        seen += [a.id for a in page.articles]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [article(i).id for i in (1, 3, 0, 4, 2)]
    assert store.months() == [("2019-01", 1), ("2020-01", 1), ("2021-01", 2)]
    assert [a.id for a in store.page(published_to=date(2019, 12, 31)).articles] == [article(4).id]
    assert [a.id for a in store.page(undated=True).articles] == [article(2).id]
    with pytest.raises(CursorError, match="no cursor"):
        store.page(cursor="nonsense")


def test_deleting_is_real(store: ArticleStore) -> None:
    store.upsert([article(1, WIRE), article(2)])
    assert store.delete([article(1).id, "missing"]) == 1
    assert store.get(article(1).id) is None
    assert store.count() == 1


def test_ids_and_what_callers_send_are_only_ever_values(store: ArticleStore) -> None:
    store.upsert([article(1)])
    assert store.get_many(["' OR 1=1 --", "\0", article(1).id]) == {article(1).id: article(1)}


def test_a_home_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        ArticleStore(tmp_path / "home" / "articles.sqlite")


def test_a_store_opened_again_in_a_process_loses_nothing_to_another_process(tmp_path: Path) -> None:
    """As a service does for each change. Were the file itself opened and closed, the locks of `running` would be gone,
    the other process would delete the log under it, and what it then wrote would be in no file that anybody finds."""
    file = tmp_path / "articles.sqlite"
    count = "import sys; from archive.store import ArticleStore as S; s = S(sys.argv[1]); print(s.count()); s.close()"

    def elsewhere() -> int:
        done = subprocess.run([sys.executable, "-c", count, str(file)], capture_output=True, text=True, check=True)
        return int(done.stdout)

    running = ArticleStore(file)
    running.upsert([article(1)])
    ArticleStore(file).close()
    assert elsewhere() == 1
    running.upsert([article(2)])
    assert (running.count(), elsewhere()) == (2, 2)
    running.close()


def test_processes_that_open_a_new_store_at_once_all_find_it_made(tmp_path: Path) -> None:
    """As `serve --workers` does with a new home: without a lock each creates the tables, and all but one fail."""
    code = "import sys; from archive.store import ArticleStore as S; input(); print(S(sys.argv[1]).count())"
    command = [sys.executable, "-c", code, str(tmp_path / "articles.sqlite")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    opening = [subprocess.Popen(command, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    for process in opening:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in opening] == ["0\n"] * 4
