"""A thumb is kept with the question, answer and hits, and comes out as a question set that eval reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from eval.questions import load


def test_feedback_becomes_a_question_set(http: httpx.Client, home: Path, tmp_path: Path) -> None:
    first = http.post("/v1/ask", json={"question": "Who founded Bakery Rost?"}).json()
    name = first["conversation_id"]
    second = http.post("/v1/ask", json={"question": "Who runs it today?", "conversation_id": name}).json()
    liked = {"question": "Who founded Bakery Rost?", "rating": "up", "conversation_id": name}
    disliked = {
        "question": "Who runs it today?",
        "rating": "down",
        "comment": "not what I asked",
        "answer_id": second["answer_id"],
    }
    ids = [http.post("/v1/feedback", json=body).json()["id"] for body in (liked, disliked)]
    out = tmp_path / "set.jsonl"
    command = [sys.executable, "-m", "api.cli", "feedback", "export", "--home", str(home), "--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "not what I asked" in done.stderr
    rows = {row["id"]: row for row in map(json.loads, out.read_text().splitlines())}
    cited = first["citations"][0]
    assert rows[ids[0]]["gold"] == [cited["article_id"]]
    assert rows[ids[0]]["answers"] == [cited["quote"][slice(*cited["span"])]]
    assert rows[ids[1]]["history"] == [{"question": "Who founded Bakery Rost?", "answer": first["text"]}]
    read = {question.id: question for question in load(out).questions}
    assert (read[ids[0]].answerable, read[ids[0]].kind) == (True, "liked")
    assert (read[ids[1]].answerable, read[ids[1]].kind) == (False, "complaint")


def test_feedback_without_a_conversation_keeps_the_answer_of_now(http: httpx.Client, home: Path) -> None:
    response = http.post("/v1/feedback", json={"question": "Who built the ferry Ardent?", "rating": "up"})
    assert response.status_code == 201
    command = [sys.executable, "-m", "api.cli", "feedback", "export", "--home", str(home), "--rating", "up"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    row = next(row for row in map(json.loads, lines) if row["id"] == response.json()["id"])
    assert "Marrow Yards" in row["answers"][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": "Who?", "rating": "sideways"}, 422),
        ({"question": "Who?", "rating": "up", "answer_id": "none"}, 404),
        ({"question": "Who?", "rating": "up", "conversation_id": "none"}, 404),
        ({"question": "Who?", "rating": "up", "comment": "x" * 4001}, 422),
    ],
)
def test_feedback_on_nothing_is_a_problem(http: httpx.Client, body: dict[str, str], status: int) -> None:
    assert http.post("/v1/feedback", json=body).status_code == status


def test_a_home_without_feedback_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "feedback", "export", "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nobody has given feedback" in done.stderr
