"""What `make bench` makes of what it measures: medians, the sample, exact neighbours, and the page."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from archive.types import Article
from embeddings import generation as gen
from embeddings.dense import Dense
from embeddings.encoder import load_encoder
from embeddings.ingest import ingest
from eval.bench import record
from eval.bench.encode import hit_at_10
from eval.bench.page import draw
from eval.bench.peers import passages
from eval.bench.record import add_round, medians, rounds, spread
from eval.bench.sample import articles, grown, rows, write
from eval.bench.vectors import noisy, vectors
from eval.types import EvalQuestion

TEXTS = (
    "The ferry Ardent was built by Marrow Yards in 1998. It carries sixty passengers across the sound every morning.",
    "Storm Petra cut off twelve hundred homes on Thursday night. Nobody was hurt, the council of Harrow said.",
    "A seed shelf was started in the library of Upper Harrow by Jane Moss, who had read of one abroad.",
)
QUESTIONS = [
    EvalQuestion("q1", "Who built the ferry Ardent?", ("Marrow Yards",), ("a",), as_of=date(2024, 4, 1)),
    EvalQuestion("q2", "How many homes did the storm cut off?", ("twelve hundred",), ("b",), as_of=date(2024, 4, 1)),
]


def test_medians_are_of_each_number_and_of_those_rounds_that_have_it() -> None:
    found = [
        {"commit": "one", "errors": 0, "ask": {"p50": 9.0}, "peer": {"s": 3.0}},
        {"commit": "two", "errors": 4, "ask": {"p50": 1.0}},
        {"commit": "three", "errors": 1, "ask": {"p50": 2.0}, "peer": {"s": 4.0}},
    ]
    assert medians(found) == {"commit": "three", "errors": 1, "ask": {"p50": 2.0}, "peer": {"s": 3.5}}


def test_a_spread_is_interpolated_as_numpy_does() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0]) == {"p50": 2.5, "p95": 3.85, "count": 4}


def test_rounds_are_added_or_begun_anew_and_say_where_they_are_from(tmp_path: Path) -> None:
    add_round(tmp_path, "encode", {"times": 4.0})
    add_round(tmp_path, "encode", {"times": 5.0})
    assert [each["times"] for each in rounds(tmp_path, "encode")] == [4.0, 5.0]
    add_round(tmp_path, "encode", {"times": 6.0}, fresh=True)
    (last,) = rounds(tmp_path, "encode")
    assert last["times"] == 6.0
    assert last["day"] == date.today().isoformat()
    assert "cores" in last["machine"]
    assert rounds(tmp_path, "never") == []


def test_a_commit_is_dirty_when_code_is_changed_and_not_by_its_own_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "eval" / "bench"
    place.mkdir(parents=True)
    (tmp_path / "docs" / "benchmarks").mkdir(parents=True)
    kept, code = tmp_path / "docs" / "benchmarks" / "encode.json", place / "record.py"
    for file in (kept, code):
        file.write_text("1")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    monkeypatch.setattr(record, "__file__", str(code))
    head = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=tmp_path, capture_output=True, text=True)
    kept.write_text("2")
    assert record.commit() == head.stdout.strip()
    code.write_text("2")
    assert record.commit() == head.stdout.strip() + "-dirty"


def test_the_sample_has_what_answers_questions_first_and_then_changed_copies(shared: Path) -> None:
    news = shared / "data" / "news" / "archive-2022.jsonl.gz"
    if not news.is_file():
        pytest.skip("shared/data/news/archive-2022.jsonl.gz is absent")
    found = rows(news, 40, [])
    wanted = articles_of([found[7]])[0]
    asked = [EvalQuestion("q", "?", ("x",), (wanted.id,))]
    first = rows(news, 3, asked)
    assert first[0] == found[7]
    assert first[1:] == found[:2]
    more = list(grown(first, 5))
    assert more[:3] == first
    assert [row["url"] for row in more[3:]] == [f"{first[0]['url']}?copy=0", f"{first[1]['url']}?copy=1"]
    before, after = (row["text"].split() for row in (first[0], more[3]))
    changed = sum(a != b for a, b in zip(before, after, strict=True)) / len(before)
    assert 0.1 < changed < 0.3  # 30% of the words of four letters and more
    assert list(grown(first, 5)) == more  # the same each time


def articles_of(given: list[dict[str, str]]) -> list[Article]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        return articles(write(Path(place, "rows.jsonl"), given))


def test_hit_at_10_looks_at_the_articles_of_the_ten_nearest_passages() -> None:
    held = np.eye(12, dtype=np.float32)
    owners = ["a"] * 11 + ["b"]
    asked = np.stack([held[11], np.arange(12, 0, -1, dtype=np.float32)])  # "b" is nearest; "b" is the twelfth
    questions = [EvalQuestion(name, "?", ("x",), ("b",)) for name in "12"]
    assert hit_at_10(held, asked, owners, questions) == 0.5


def test_a_peer_is_given_our_passages_as_articles() -> None:
    text = " ".join(f"Sentence number {number} tells of the ferry." for number in range(120))
    given = passages([Article("a", "https://x.example/a", "Ferry", text, None, None)])
    assert [each.id for each in given] == [f"a#{number}" for number in range(len(given))]
    assert len(given) > 2
    assert given[0].text == text[: len(given[0].text)]
    assert text.endswith(given[-1].text)


@pytest.mark.slow
def test_the_index_is_measured_beside_exact_search_at_any_size(tmp_path: Path, models: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    source = tmp_path / "three.jsonl"
    source.write_text(
        "".join(
            json.dumps({"url": f"https://x.example/{i}", "title": f"T{i}", "text": text, "published": f"2024-03-0{i}"})
            + "\n"
            for i, text in enumerate(TEXTS, 1)
        )
    )
    ingest([source], home, encoder=load_encoder(cache=models))
    real = Dense(gen.current(home / "index"))
    made = list(noisy(gen.current(home / "index"), 50))
    ids, found = (np.concatenate(each) for each in zip(*made, strict=True))
    assert ids.tolist() == list(range(1, 51))
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.allclose(found[: real.count], real.vectors(range(1, real.count + 1)), atol=1e-6)
    cosines = (found[real.count :] * found[np.arange(real.count, 50) % real.count]).sum(axis=1)
    assert abs(cosines.mean() - 0.89) < 0.01  # what docs/benchmarks.md says of the noise
    told = vectors(50, home, QUESTIONS, models, 2)
    assert (told["passages"], told["kind"], told["recall@10"], told["queries"]) == (50, "exact fp32", 1.0, 2)
    for name in ("dense", "hybrid", "dated"):
        assert 0 < told[name]["p50"] <= told[name]["p95"]


def test_the_page_shows_the_medians_of_its_rounds(tmp_path: Path) -> None:
    for times in (1.0, 3.0, 9.0):
        one = {
            "questions": 100,
            "ready_seconds": times,
            "memory_ready": {"rss": 1.0, "pss": 1.0, "file": 1.0},
            "memory_after": {"rss": 2.0, "pss": 2.0, "file": 1.0},
            "ask": {"p50": times * 10, "p95": times * 20},
            "search": {"p50": times, "p95": times},
        }
        many = {
            "clients": 8,
            "seconds": 120.0,
            "options": [],
            "rate": times,
            "errors": 1,
            "ask": {"p50": times, "p95": times},
            "memory": {"rss": 500.0},
        }
        add_round(tmp_path / "results", "serve", {"one": one, "two": one, "many": many})
    draw(tmp_path / "results", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    assert "| ask, one client | p50 30.0 ms, p95 60.0 ms |" in page
    assert "3.0 answers/s, 3 errors in all" in page  # errors are added, not averaged away
    assert "medians of 3 rounds" in page
    assert "| ready | 3 s | 3.0 s | reached |" in page
    assert "| 8 clients, answers a second | 10 | 3.0 | **not reached** |" in page
    assert "| the same, errors | 0 | 3 | **not reached** |" in page
    assert "## Encoding" not in page
