"""The measuring commands, small: what they find wrong is wrong here too. Their figures are docs/reliability.md's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "examples" / "questions" / "examples.jsonl"


def measured(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", f"tests.reliability.{command}", *map(str, arguments)]
    return subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_schemathesis_finds_nothing(home: Path) -> None:
    done = measured("schema", home, "--examples", "3")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_readers_and_a_writer_find_nothing_wrong(home: Path) -> None:
    report: dict[str, Any] = json.loads(measured("soak", home, QUESTIONS, "--seconds", "8", "--warm", "2").stdout)
    assert report["errors"] == 0, report["which"]
    assert report["done"]["ask"] > 0
    assert report["done"]["post"] > 0


@pytest.mark.slow
def test_what_a_crowd_is_not_answered_it_is_told_when_to_come_again(home: Path) -> None:
    report: dict[str, Any] = json.loads(measured("overload", home, QUESTIONS, "--seconds", "4").stdout)
    assert set(report["statuses"]) <= {"200", "429", "503"}
    assert report["statuses"]["200"] > 0
    assert report["refused_with_retry_after"] == report["statuses"].get("503", 0) + report["statuses"].get("429", 0) > 0
