"""The command line as others script it: one JSON object, exit statuses, one clear line for an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from places import let_in
from servers import copied

from api.commands.asking import tell
from api.settings import load_settings
from archive.store import ArticleStore
from qa.types import Answer, Citation, Intent, Question, Sentence

ROOT = Path(__file__).resolve().parents[2]


def askive(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ASKIVE_HOME": str(home)}
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_ask_prints_one_json_object(home: Path) -> None:
    done = askive("ask", "Who built the ferry Ardent?", "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert "Marrow Yards" in json.loads(done.stdout)["text"]


def test_ask_reads_well(home: Path) -> None:
    done = askive("ask", "Who built the ferry Ardent?", home=home)
    assert "Marrow Yards" in done.stdout
    assert "[1] Ferry to Little Skerry returns with an electric boat — Harrow Herald, 2024-03-12" in done.stdout


def answered(question: Question, *said: tuple[str, date | None], reason: str | None = None) -> Answer:
    """An answer that quotes an article of the Herald for each (sentence, date)."""
    cited = tuple(
        Citation(number, f"a{number}", f"Homes {number}", None, "Herald", published, text, 0, len(text), None)
        for number, (text, published) in enumerate(said, 1)
    )
    sentences = tuple(Sentence(cite.quote, (cite.number,)) for cite in cited)
    text = " ".join(sentence.text for sentence in sentences)
    return Answer("answered", text, sentences, cited, 0.9, reason, question)


ASKED = "What was reported about the homes?"
SAID = (("1,750 homes lost power.", date(2024, 1, 21)), ("1,200 homes did.", None))
SOURCES = [
    "[1] Homes 1 — Herald, 2024-01-21",
    "    “1,750 homes lost power.” (characters 0–23)",
    "[2] Homes 2 — Herald, undated",
    "    “1,200 homes did.” (characters 0–16)",
    "",
    "Confidence 90%",
]


def test_that_articles_differ_stands_between_the_answer_and_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    reason = "The articles differ: “1,750 homes” (Herald, 2024-01-21), “1,200 homes” (Herald, undated)."
    tell(answered(Question(ASKED, ASKED), *SAID, reason=reason))
    assert capsys.readouterr().out.splitlines() == [
        "1,750 homes lost power. [1]",
        "1,200 homes did. [2]",
        "",
        reason,
        "",
        *SOURCES,
    ]


@pytest.mark.parametrize(("intent", "before"), [("digest", "2024-01-21 "), ("timeline", "2024-01-21 "), ("list", "")])
def test_a_digest_and_a_timeline_say_the_day_of_each_sentence(
    intent: Intent, before: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(answered(Question(ASKED, ASKED, intent=intent), *SAID))
    assert capsys.readouterr().out.splitlines() == [
        f"{before}1,750 homes lost power. [1]",
        "1,200 homes did. [2]",
        "",
        *SOURCES,
    ]


def test_the_saved_page_answers_from_its_exact_place(archive_page: Path, tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    assert askive("ingest", archive_page, home=tmp_path).returncode == 0
    done = askive("ask", "Which airline carried Jack Ma's donation?", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["status"], len(answer["citations"])) == ("answered", 1)
    cited = answer["citations"][0]
    start, end = cited["span"]
    assert cited["quote"][start:end] == "China Eastern Airlines"
    assert (cited["source"], cited["published"]) == ("The BBC", "2020-03-16")
    store = ArticleStore(tmp_path / "articles.sqlite")
    article = store.get(cited["article_id"])
    store.close()
    assert article is not None
    assert article.text[cited["start"] : cited["end"]] == cited["quote"] == answer["text"]


def test_ingest_again_adds_nothing_and_names_what_failed(tmp_path: Path, home: Path) -> None:
    place = tmp_path / "home"
    place.mkdir()
    (place / "models").symlink_to(home / "models")  # the export is made once in a test run
    news = tmp_path / "news"
    news.mkdir()
    (news / "one.md").write_text("---\ntitle: One\ndate: 2024-01-02\n---\nThe mill burned down on Monday.\n")
    (news / "bad.json").write_bytes(b"\x00\x01\x02\x00binary")
    first = askive("ingest", news, "--json", home=place)
    assert first.returncode == 1
    report = json.loads(first.stdout)
    assert set(report) >= {"articles", "passages", "added", "updated", "unchanged", "removed", "failed", "seconds"}
    assert (report["articles"], report["added"], len(report["failed"])) == (1, 1, 1)
    assert "bad.json" in first.stderr
    again = json.loads(askive("ingest", news, "--json", home=place).stdout)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "Who?"], "askive ingest SOURCE"),
        (["status"], "askive ingest SOURCE"),
        (["ingest", "no-such-file.xml"], "no-such-file.xml"),
        (["ask", "  "], "empty"),
        (["ask", "x" * 2001], "2,000 characters"),
        (["ask", "Who?", "--as-of", "tomorrow"], "tomorrow"),
        (["ask", "Where is the caf\udce9?"], "UTF-8"),
        (["ingest", "x", "--format", "word"], "word"),
        (["ingest", "x", "--field", "headline=title"], "an article has url, title"),
        (["eval", "x.jsonl", "--wanted-rate", "0.05"], "go with --calibrate"),
    ],
)
def test_unusable_input_is_one_clear_line_and_status_2(
    tmp_path: Path, models: Path, arguments: list[str], says: str
) -> None:
    place = tmp_path / "nothing"
    place.mkdir()
    (place / "models").symlink_to(models)
    done = askive(*arguments, home=place)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_setting_that_does_not_exist_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKIVE_ANSWERS__TOP", "3")
    done = askive("status", home=home)
    assert done.returncode == 2
    assert "ASKIVE_ANSWERS__TOP" in done.stderr


def test_a_store_in_postgres_is_told_by_a_setting(
    home: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "home"
    place.mkdir()
    (place / "models").symlink_to(home / "models")
    monkeypatch.setenv("ASKIVE_STORE__URL", postgres_url)
    assert json.loads(askive("ingest", "examples/archive/technology.txt", "--json", home=place).stdout)["added"] > 0
    assert sorted(path.name for path in place.iterdir()) == ["index", "models", "writer.lock"]
    assert json.loads(askive("status", "--json", home=place).stdout)["ready"]
    monkeypatch.setenv("ASKIVE_STORE__URL", "postgresql://ann:secret@127.0.0.1:1/news")
    gone = askive("status", home=place)
    assert (gone.returncode, "Traceback" in gone.stderr, "secret" in gone.stderr) == (2, False, False)
    assert "127.0.0.1:1/news" in gone.stderr
    assert "secret" not in load_settings(place).model_dump_json()


@pytest.mark.parametrize("page", ["ingest", "search", "ask", "serve", "status"])
def test_help_teaches(page: str, tmp_path: Path) -> None:
    done = askive(page, "--help", home=tmp_path)
    assert done.returncode == 0
    assert "--home" in done.stdout


def test_a_home_that_cannot_be_made_is_said_so() -> None:
    done = askive("ingest", __file__, home=Path("/proc/askive"))
    assert done.returncode == 2
    assert "/proc/askive" in done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


READ_ONLY = """
import os, sys
from pathlib import Path
from archive.errors import StoreError
from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.search import Searcher
home = Path(sys.argv[1])
encoder = load_encoder(cache=home / "models")
def found():
    searcher = Searcher(Index.open(home / "index", encoder), ArticleStore(home / "articles.sqlite"))
    return "Ardent" in searcher.search("ferry Ardent", 3)[0].article.text
found()  # what Python itself loads late may be where nobody may read
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write anywhere
print(found())
try:
    ingest([__file__], home, encoder=encoder)
except StoreError as error:
    print("cannot be written" in str(error))
"""


def test_a_read_only_home_answers_and_refuses_to_be_written(home: Path, tmp_path: Path) -> None:
    home = copied(home, tmp_path / "home")
    script = tmp_path / "read_only.py"
    script.write_text(READ_ONLY)
    for file in home.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    home.chmod(0o555)
    let_in(home)
    done = subprocess.run([sys.executable, script, home], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\nTrue\n", done.stderr
