"""Thirty conversations of our own over the example archive: the last turn must be understood, found and answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.service import Asked, Service
from qa.types import Turn

CONVERSATIONS = Path(__file__).resolve().parents[2] / "examples" / "questions" / "follow-ups.jsonl"
FLOOR = 27  # of 30


@pytest.mark.slow
def test_follow_ups_are_answered(service: Service) -> None:
    rows = [json.loads(line) for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for row in rows:
        history: tuple[Turn, ...] = ()
        for asked in row["turns"]:
            answer = service.ask(Asked(asked, history=history))
            history = (*history, Turn(answer.question.standalone, answer.text))
        if row["answer"].casefold() not in answer.text.casefold():
            wrong.append(f"{asked} understood as {answer.question.standalone}: {answer.text or answer.reason}")
    assert len(rows) == 30
    assert len(rows) - len(wrong) >= FLOOR, "\n".join(wrong)
