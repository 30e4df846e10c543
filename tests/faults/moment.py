"""A backup amid an ingest, restored elsewhere: `python -m tests.faults.moment HOME QUESTIONS.jsonl --count 50`.

A copy of the home is ingested into by the real command line: every article of it comes in a changed version, with new
ones besides. As soon as the first of them are stored, `askive backup` runs; when both are done, `askive restore` makes
a new home of the backup. Its answers are compared with those of the home before the ingest, word for word.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from api.service import Asked, Service
from api.settings import load_settings
from api.views import answer_view
from archive.store import ArticleStore
from tests.faults.worlds import ROOT

_PASSING = ("timings_ms", "conversation_id", "answer_id")  # of the moment it was asked


def answers(home: Path, questions: list[str]) -> list[dict[str, Any]]:
    """Ask the questions of a home and return the answers as JSON, less what differs each time."""
    service = Service.open(load_settings(home))
    views = [answer_view(service.ask(Asked(question))) for question in questions]
    service.close()
    return [{name: value for name, value in view.items() if name not in _PASSING} for view in views]


def changed(home: Path, path: Path) -> int:
    """Write a source with every article of a home changed, and as many new ones; return how many."""
    store = ArticleStore(home / "articles.sqlite")
    rows = []
    for article in store.iterate():
        day = article.published.isoformat() if article.published else None
        row = {"url": article.url, "title": article.title, "source": article.source, "date": day}
        rows.append({**row, "text": f"Correction: this was changed.\n\n{article.text}"})
        rows.append({**row, "url": f"https://new.example/{article.id}", "text": f"New. {article.text[::-1]}"})
    store.close()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return len(rows)


def askive(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--count", type=int, default=50)
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.questions.read_text().splitlines() if line.strip()]
    questions = [row["question"] for row in rows][: given.count]
    with tempfile.TemporaryDirectory(prefix="askive-moment-") as folder:
        place = Path(folder)
        home = Path(shutil.copytree(given.home, place / "home"))
        before = answers(home, questions)
        total = changed(home, place / "changed.jsonl")
        store = ArticleStore(home / "articles.sqlite")
        first, at_first = store.hashes(), store.count()
        ingest = askive("ingest", place / "changed.jsonl", "--home", home, "--json")
        while store.hashes() == first:
            if ingest.poll() is not None:
                sys.exit(f"the ingest stored nothing: {ingest.stderr.read() if ingest.stderr else ''}")
            time.sleep(0.01)
        backup = askive("backup", place / "backup.tar.gz", "--home", home, "--json")
        told, error = backup.communicate()
        amid = ingest.poll() is None
        held = json.loads(told or "{}").get("articles", 0)
        ingest.communicate()
        restore = askive("restore", place / "backup.tar.gz", "--home", place / "new", "--json")
        restore.communicate()
        shutil.copytree(home / "models", place / "new" / "models", dirs_exist_ok=True)
        after = answers(place / "new", questions)
        same = sum(a == b for a, b in zip(before, after, strict=True))
        print(
            f"{total} articles ingested into {at_first}; the backup was done {'before' if amid else 'AFTER'} the ingest"
        )
        print(f"it holds {held} articles, {held - at_first} of them stored and not yet indexed {error.strip()}")
        print(f"{same} of {len(questions)} answers are the same in the restored home")
        store.close()
    sys.exit(not (amid and held > at_first and same == len(questions)))


if __name__ == "__main__":
    main()
