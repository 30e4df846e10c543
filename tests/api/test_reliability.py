"""The measuring commands, small: what they find wrong is wrong here too. Their figures are docs/reliability.md's."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers import copied

from tests.reliability.overload import capacity, flood
from tests.reliability.running import serving

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "examples" / "questions" / "examples.jsonl"


def measured(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", f"tests.reliability.{command}", *map(str, arguments)]
    return subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)


@pytest.mark.slow
def test_schemathesis_finds_nothing(home: Path) -> None:
    """Few examples of a fixed seed; `make schema` has all of them, and the bounds of every field besides."""
    done = measured("schema", home, "--examples", "4", "--phases", "fuzzing,stateful")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_readers_and_a_writer_find_nothing_wrong(home: Path) -> None:
    report: dict[str, Any] = json.loads(
        measured("soak", home, QUESTIONS, "--seconds", "5", "--warm", "1", "--every", "1").stdout
    )
    assert report["errors"] == 0, report["which"]
    assert report["done"]["ask"] > 0
    assert report["done"]["post"] > 0


@pytest.mark.slow
def test_what_a_crowd_is_not_answered_it_is_told_when_to_come_again(home: Path, tmp_path: Path) -> None:
    """Six hundred at once are more than any machine answers in two seconds, so that some are refused on all."""
    questions = [json.loads(row)["question"] for row in QUESTIONS.read_text().splitlines()]
    with serving(copied(home, tmp_path / "home"), tmp_path / "log") as running:
        asyncio.run(capacity(running.port, questions, 2, 1))  # it foretells from what it has answered
        replies = asyncio.run(flood(running.port, questions, 600, 1))
    assert {reply.status for reply in replies} == {200, 503}
    assert all(reply.retry_after for reply in replies if reply.status == 503)
