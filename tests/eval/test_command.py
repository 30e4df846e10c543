"""`askive eval` as it is typed: what it writes, prints, and exits with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.encoder import load_encoder
from embeddings.ingest import ingest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    {"id": "1", "question": "Who leads Hopp?", "answers": ["Daniel Osei"], "gold": ["a0fbf900ea34bfbb"]},
    {"id": "2", "question": "Who is the mayor of Denholm?", "answerable": False},
]


def _askive(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "eval", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    place = tmp_path_factory.mktemp("home")
    (place / "models").symlink_to(models)
    ingest([ROOT / "examples" / "archive" / "technology.txt"], place, encoder=load_encoder(cache=models))
    return place


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sets") / "tiny.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.slow
def test_a_run_a_calibration_and_a_comparison(home: Path, questions: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text('["tiny.jsonl"."retrieval, askive"]\n"hit@10" = {min = 1.01}\n')
    run, report = tmp_path / "run.json", tmp_path / "report.html"
    done = _askive(questions, "--home", home, "--json", run, "--html", report, "--gate", gate)
    assert done.returncode == 1, done.stderr
    assert "askive: gate: retrieval, askive: hit@10 is 1.000, the floor is 1.01" in done.stderr
    held = json.loads(run.read_text())
    assert {o["id"] for o in held["outcomes"]} == {"1", "2"}
    assert held["measures"]["retrieval, askive"]["hit@10"] == 1
    for name in ("commit", "machine", "python", "versions", "settings", "model", "articles", "passages"):
        assert held["configuration"][name]
    assert report.read_text().startswith("<!doctype html>")

    done = _askive(questions, "--home", home, "--calibrate", "--wanted-rate", "0", "--json", tmp_path / "b.json")
    assert done.returncode == 0, done.stderr
    written = json.loads((home / "calibration.json").read_text())
    sure = {o["id"]: o["confidence"] for o in json.loads((tmp_path / "b.json").read_text())["outcomes"]}
    assert written["threshold"] > sure["2"]
    assert (written["bias"], written["scale"]) == (0, 1)  # two questions fit no scaling
    assert "calibration error" in done.stderr

    place = home / "calibration.json"  # calibrated again, it is fitted to unscaled confidences
    place.write_text(json.dumps({**written, "bias": -0.5, "scale": 2.0}))
    done = _askive(questions, "--home", home, "--calibrate", "--wanted-rate", "0", "--json", tmp_path / "c.json")
    assert done.returncode == 0, done.stderr
    anew = json.loads(place.read_text())
    assert anew == {**written, "threshold": pytest.approx(written["threshold"], abs=1e-6)}
    again = json.loads((tmp_path / "c.json").read_text())
    assert {o["id"]: o["confidence"] for o in again["outcomes"]} == pytest.approx(sure, abs=1e-6)
    assert again["configuration"]["scaling"] == {"bias": 0, "scale": 1}

    done = _askive("--compare", run, tmp_path / "b.json")
    assert done.returncode == 0, done.stderr
    assert "no significant difference" in done.stdout


def test_what_cannot_be_used_is_one_line_and_exit_2(questions: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(json.dumps(ROWS[1]) + "\n{\n")
    for words, told in (
        ((broken, "--home", tmp_path), "broken.jsonl, line 2: not JSON"),
        ((questions, "--home", tmp_path, "--gate", tmp_path / "no.toml"), "no.toml"),
        ((questions, "--home", tmp_path, "--half", "third"), "--half is first or second"),
        ((questions, "--home", tmp_path, "--wanted-rate", "0.1"), "go with --calibrate"),
        ((questions, "--home", tmp_path, "--calibrate", "--wanted-rate", "0.1", "--wanted-wrong", "0.1"), "not both"),
        (("--compare", questions), "two run files"),
    ):
        done = _askive(*words)
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr
