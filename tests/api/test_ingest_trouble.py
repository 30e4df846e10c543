"""`askive ingest` as a person meets trouble with it: a dump for an article, Ctrl-C in the middle, a full disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from servers import copied

from embeddings import generation
from embeddings.errors import IndexMissingError

ARTICLES = 2000  # so many that a signal amid them comes before the end, however fast the machine


@pytest.fixture
def place(tmp_path: Path, home: Path) -> Path:
    """An empty home that need not export the encoder again."""
    made = tmp_path / "home"
    made.mkdir()
    (made / "models").symlink_to(home / "models")
    return made


@pytest.fixture
def news(tmp_path: Path) -> Path:
    file = tmp_path / "news.jsonl"
    rows = [
        {
            "title": f"Mill number {i} opens",
            "date": "2024-01-02",
            "text": f"The mill of village {i} opened with {i} workers. "
            + f"Its miller, number {i} of the valley, praised them all. " * 12,
        }
        for i in range(ARTICLES)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    return file


def start(source: Path, home: Path, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "api.cli", "ingest", str(source), "--json", "--home", str(home)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASKIVE_")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **more)


def published(home: Path) -> bool:
    try:
        return generation.current(home / "index").is_dir()
    except IndexMissingError:
        return False


def test_an_article_of_fifty_megabytes_is_named_and_the_rest_kept(tmp_path: Path, place: Path) -> None:
    file = tmp_path / "dump.jsonl"
    huge = {"title": "Everything", "date": "2024-01-02", "text": "The mill burned down on Monday. " * 1_600_000}
    small = {"title": "The mill", "date": "2024-01-03", "text": "The mill stands again."}
    file.write_text(json.dumps(huge) + "\n" + json.dumps(small))
    process = start(file, place)
    out, errors = process.communicate()
    assert process.returncode == 1
    assert "Everything" in errors
    assert "characters" in errors
    assert "Traceback" not in errors
    report = json.loads(out)
    assert (report["articles"], len(report["failed"])) == (1, 1)


@pytest.mark.slow
def test_ctrl_c_loses_nothing_and_the_next_run_goes_on(news: Path, place: Path) -> None:
    process = start(news, place)
    log = place / "index" / "vectors.log"
    while process.poll() is None and not (log.is_file() and log.stat().st_size > 64 * 384 * 4):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "goes on where it was" in errors
    assert "Traceback" not in errors
    # At least one batch of vectors that need not be made again; or all of them, where the signal was heard at the end.
    assert published(place) or log.stat().st_size > 64 * 384 * 4
    again = start(news, place)
    out, errors = again.communicate()
    assert again.returncode == 0, errors
    assert json.loads(out)["articles"] == ARTICLES


def test_a_full_disk_is_one_line_and_the_home_still_answers(news: Path, home: Path, tmp_path: Path) -> None:
    place = copied(home, tmp_path / "full")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    process = start(news, place, preexec_fn=small_disk)
    out, errors = process.communicate()
    assert process.returncode == 2
    assert out == ""
    said = [line for line in errors.splitlines() if line.startswith("askive: ")]
    assert len(said) == 1
    assert "cannot be written" in said[0]
    assert "Traceback" not in errors
    asked = [sys.executable, "-m", "api.cli", "ask", "Who built the ferry Ardent?", "--home", str(place)]
    assert "Marrow Yards" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout
