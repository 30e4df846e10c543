"""Conversations are read as asked, and what a rewriter recovers is counted by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from qa.measure_followup import Asked, load, recovered, rewritten, whole

ROW = {
    "task_id": "a<::>2",
    "contexts": [{"document_id": "d1", "text": "One."}, {"document_id": "d2", "text": "Two."}],
    "input": [
        {"speaker": "user", "text": "Who built the ferry Ardent?"},
        {"speaker": "agent", "text": "Marrow Yards."},
        {"speaker": "user", "text": "How long is it?"},
    ],
    "answerability": ["ANSWERABLE"],
}


@pytest.fixture
def turns(tmp_path: Path) -> list[Asked]:
    rows = [ROW, {**ROW, "task_id": "b<::>2", "rewrite": "How long is the ferry?"}]
    with gzip.open(tmp_path / "turns.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    given = {"_id": "a<::>2", "text": "|user|: How long is Ardent?"}
    (tmp_path / "rewrites.jsonl").write_text(json.dumps(given) + "\n", encoding="utf-8")
    asked, documents = load(tmp_path / "turns.jsonl.gz", tmp_path / "rewrites.jsonl")
    assert documents == {"d1": "One.", "d2": "Two."}
    return asked


def test_turns_are_read_with_their_history_and_rewrites(turns: list[Asked]) -> None:
    assert [turn.rewrite for turn in turns] == ["How long is Ardent?", "How long is the ferry?"]
    assert turns[0].question == "How long is it?"
    assert turns[0].gold == {"d1", "d2"}
    assert rewritten(turns[0]) == "How long is Ardent?"
    assert whole(turns[0]) == "Who built the ferry Ardent? Marrow Yards. How long is it?"


@pytest.mark.parametrize(
    ("last", "ours", "others", "share"),
    [(0.5, 0.8, [0.4, 0.9], 0.75), (0.5, 0.45, [0.6], -0.5), (0.8, 0.9, [0.7], None), (0.8, 0.9, [0.8], None)],
)
def test_recovered_is_a_share_of_the_gap(last: float, ours: float, others: list[float], share: float | None) -> None:
    assert recovered(last, ours, others) == (pytest.approx(share) if share is not None else None)
