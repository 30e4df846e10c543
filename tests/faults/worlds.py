"""Articles that can be told apart, homes of them, and what must be true of a home whatever was killed in it."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from fakes import HashedEncoder  # noqa: E402

from api.check import check_home  # noqa: E402
from archive.ids import article_id  # noqa: E402
from archive.store import ArticleStore  # noqa: E402
from embeddings.errors import IndexMissingError  # noqa: E402
from embeddings.index import Index  # noqa: E402
from embeddings.ingest import ingest  # noqa: E402
from embeddings.search import Searcher  # noqa: E402

ENCODER = HashedEncoder(64)
_WORDS = "ferry harbour mill ledger council bridge storm rail school tram".split()
State = dict[int, int | None]  # article number to version; None is absent


def url(number: int) -> str:
    return f"https://news.example/{number}"


def name(number: int) -> str:
    return article_id(url(number), None, "", None)


def record(number: int, version: int) -> dict[str, str]:
    words = random.Random(number * 1000 + version)
    body = " ".join(
        words.choice("ferry harbour mill ledger council bridge storm rail school tram".split()) for _ in range(60)
    )
    text = f"Word{number}x was seen again in version {version}. {body.capitalize()}."
    return {"url": url(number), "title": f"Story {number}", "text": text, "date": "2022-03-04"}


def source(path: Path, state: State) -> Path:
    """Write a source of JSON Lines with these articles at these versions."""
    rows = (json.dumps(record(number, version)) for number, version in state.items() if version is not None)
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def stored(home: Path, numbers: Iterable[int]) -> State:
    """Return the version at which each article is stored; no article may be there that is none of these."""
    store = ArticleStore(home / "articles.sqlite")
    try:
        kept = {article.id: article for article in store.iterate()}
    finally:
        store.close()
    state: State = {}
    for number in numbers:
        article = kept.pop(name(number), None)
        version = re.search(r"version (\d+)", article.text) if article else None
        state[number] = int(version[1]) if version else None
    assert not kept, f"articles of nobody: {sorted(kept)}"
    return state


def found(home: Path, numbers: Iterable[int]) -> dict[int, list[str]]:
    """Return, by article, the texts of the passages that a search for its own word finds."""
    store = ArticleStore(home / "articles.sqlite")
    try:
        searcher = Searcher(Index.open(home / "index", ENCODER), store)
        return {n: [hit.passage.text for hit in searcher.search(f"Word{n}x", 5, mode="lexical")] for n in numbers}
    except IndexMissingError:
        return {number: [] for number in numbers}
    finally:
        store.close()


def verify(home: Path, certain: State, pending: State) -> State:
    """Hold a home to what was acknowledged (`certain`) and what was under way (`pending`); return what it holds.

    Nothing acknowledged is lost, nothing is there twice, every search shows a whole article of an allowed version,
    and once the next ingest has gone on, `askive check` finds nothing.
    """
    state = stored(home, [*certain, *(n for n in pending if n not in certain)])
    first = found(home, state)
    for number, version in state.items():
        allowed = {certain.get(number), *({pending[number]} if number in pending else ())}
        assert version in allowed, f"article {number} is at {version}, allowed are {allowed}"
        texts = first[number]
        assert len(texts) <= 1, f"article {number} is found twice"
        seen = {int(told) for text in texts for told in re.findall(r"version (\d+)", text)}
        assert seen <= allowed, f"article {number} is found at {seen}, allowed are {allowed}"
        if number not in pending and version is not None:
            assert seen, f"article {number} is stored and not found"
    for finding in check_home(home, ENCODER):
        assert "nothing to do" in finding.mend or "askive ingest" in finding.mend, finding
    ingest([], home, encoder=ENCODER)
    assert check_home(home, ENCODER) == []
    for number, texts in found(home, state).items():
        told = [int(version) for text in texts for version in re.findall(r"version (\d+)", text)]
        assert told == ([] if state[number] is None else [state[number]]), f"article {number} is found at {told}"
    return state
