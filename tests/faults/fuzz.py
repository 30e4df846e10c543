"""Coverage-guided fuzzing of what reads other people's bytes: `python -m tests.faults.fuzz --seconds 600 [TARGET...]`.

Each target runs in a process of its own under atheris (pip install 'askive[fuzz]'). An input may be refused with a
typed error; anything else that is raised, an article that breaks its own promises, or more than 2 s of the processor's
time for one input ends the run, and the input is kept.
"""

from __future__ import annotations

import argparse
import gzip
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

SLOWEST = 2.0  # s of processor time for one input
MAX_INPUT = 16_384  # bytes; long lines and deep nests have tests of their own (tests/archive/test_abuse.py)
TARGETS = ("archive-page", "html", "wxr", "feed", "jsonl", "markdown", "file", "question", "date")


def target(name: str, folder: Path) -> Callable[[bytes], None]:
    """The function that takes one input of a target."""
    from archive.dates import read_date
    from archive.errors import AskiveError
    from archive.read import read
    from qa.question import understand

    path = folder / "input"

    def read_source(data: bytes) -> None:
        path.write_bytes(data)
        with suppress(AskiveError):
            for item in read(path, format=None if name == "file" else name):
                check(item)

    def read_question(data: bytes) -> None:
        text = data[1:].decode("utf-8", "replace")[:2000]
        day = (None, date(2024, 3, 5), date.min, date.max)[data[0] % 4] if data else None
        asked = understand(text, as_of=day, known_sources=["Harrow Herald", "BBC"], today=date(2024, 3, 5))
        assert asked.text == text.strip()

    def read_day(data: bytes) -> None:
        assert isinstance(read_date(data.decode("utf-8", "replace")), date | None)

    return {"question": read_question, "date": read_day}.get(name, read_source)


def check(item: object) -> None:
    """What every reader promises of an article."""
    from archive.text import line, paragraphs
    from archive.types import Article, ReadFailure

    if isinstance(item, ReadFailure):
        assert item.reason
        return
    assert isinstance(item, Article)
    assert re.fullmatch(r"[0-9a-f]{16}", item.id)
    assert item.text
    assert item.text == paragraphs(item.text)
    assert item.title == line(item.title)
    for text in (item.title, item.text, item.url, item.source, item.language, *item.authors, *item.tags):
        (text or "").encode()


def seeds(name: str) -> list[bytes]:
    """Small whole inputs to start from."""
    from samples import ATOM, HTML, MARKDOWN, WXR

    page = (ROOT / "examples" / "archive" / "technology.txt").read_bytes()[:6000]
    rows = b'{"url": "https://a.example/1", "headline": "T", "body": "B.", "date": "3 May 2019", "tags": ["x"]}\n[{}]\n'
    known = {
        "archive-page": [page],
        "html": [
            HTML.encode(),
            b"<html><title>A</title><body><article><h1>T</h1><p>Words.</p></article></body></html>",
        ],
        "wxr": [WXR.encode()],
        "feed": [
            ATOM.encode(),
            b"<rss><channel><item><title>T</title><description>B</description></item></channel></rss>",
        ],
        "jsonl": [rows],
        "markdown": [MARKDOWN.encode(), b"# T\n\n> a `b` __c__ ![d](e)\n"],
        "question": [
            b"\1What did the BBC report in July 2019?",
            b"\1Who won between 3 May and 1 June 2020?",
            b"\2last week",
        ],
        "date": [b"2020-01-02T03:04:05Z", b"3 May 2019", b"Mon, 06 Sep 2021 00:01:00 +0000", b"31/12/2020"],
    }
    sources = [seed for kind, some in known.items() if kind not in ("question", "date") for seed in some]
    return known.get(name) or [*sources, *(gzip.compress(seed) for seed in sources)]


def run(name: str, seconds: int, kept: Path) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["archive", "qa", "frontmatter", "feedparser"]):
        import archive.dates
        import archive.read
        import qa.question  # noqa: F401

    folder = Path(tempfile.mkdtemp(prefix="askive-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    take = target(name, folder)
    archive.dates.read_date("1 nonsense of no language")  # loads 200 languages once, which is no input's fault
    for seed in seeds(name):
        take(seed)

    def one(data: bytes) -> None:
        began = time.process_time()
        take(data)
        spent = time.process_time() - began
        if spent > SLOWEST:
            raise RuntimeError(f"{spent:.1f} s of processor time for {len(data)} bytes")

    options = [f"-max_total_time={seconds}", f"-max_len={MAX_INPUT}", "-timeout=120", "-rss_limit_mb=4096"]
    options += ["-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={kept}/{name}-"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=600, help="how long each is fuzzed")
    parser.add_argument("--kept", type=Path, default=Path("fuzz-kept"), help="where inputs that broke something go")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.kept.mkdir(parents=True, exist_ok=True)
    if given.here:
        run(given.targets[0], given.seconds, given.kept)
    failed = False
    for name in given.targets:
        began = time.monotonic()
        command = [sys.executable, "-m", "tests.faults.fuzz", name, "--seconds", str(given.seconds)]
        done = subprocess.run(
            [*command, "--kept", str(given.kept), "--here"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        told = done.stdout + done.stderr
        counted = re.search(r"number_of_executed_units:\s*(\d+)", told)
        print(
            f"{name}: {counted[1] if counted else '?'} inputs in {time.monotonic() - began:.0f} s, "
            f"{'nothing found' if done.returncode == 0 else 'FAILED'}",
            flush=True,
        )
        if done.returncode:
            failed = True
            print(re.sub(r"(?m)^(INFO|WARNING): .*\n", "", told)[:4000], flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
