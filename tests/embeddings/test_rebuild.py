"""Rebuild: the same index from the store alone, encoding nothing that was encoded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import HashedEncoder
from typer.testing import CliRunner

from api.cli import app
from archive.store import ArticleStore
from archive.types import Article
from embeddings import chunk, encoder, ray_encoder
from embeddings import index as index_module
from embeddings import update as update_module
from embeddings.errors import IndexMismatchError
from embeddings.index import Index
from embeddings.rebuild import rebuild
from embeddings.refresh import refresh_index
from embeddings.types import Vectors


class Counting(HashedEncoder):
    """Counts the texts it has encoded."""

    def __init__(self, dimension: int = 256) -> None:
        super().__init__(dimension)
        self.texts = 0

    def encode(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture
def home(tmp_path: Path, news: list[Article]) -> Path:
    store = ArticleStore(tmp_path / "articles.sqlite")
    store.upsert(news)
    refresh_index(tmp_path, store, HashedEncoder(), lambda *_: None)
    store.close()
    return tmp_path


def test_a_rebuild_encodes_nothing_and_finds_the_same(home: Path) -> None:
    before = Index.open(home / "index", HashedEncoder()).search("masks ferry", 5)
    counting = Counting()
    index = rebuild(home, encoder=counting)
    assert counting.texts == 0
    assert index.generation == "gen-000002"
    assert [(m.article_id, m.score) for m in index.search("masks ferry", 5)] == [
        (m.article_id, m.score) for m in before
    ]
    assert not (home / "index" / "vectors.log").exists()


def test_another_model_is_encoded_anew(home: Path) -> None:
    counting = Counting(64)
    with pytest.raises(IndexMismatchError):
        Index.open(home / "index", counting)
    assert rebuild(home, encoder=counting).passages == 5
    assert counting.texts == 5
    assert Index.open(home / "index", counting).passages == 5


def test_another_chunking_is_refused_and_rebuilt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index_module, update_module):
        monkeypatch.setattr(module, "CHUNKING", "another")
    with pytest.raises(IndexMismatchError, match=f"chunking {chunk.CHUNKING}, asked for another"):
        Index.open(home / "index", HashedEncoder())
    rebuild(home, encoder=HashedEncoder())
    manifest = json.loads((home / "index" / "gen-000002" / "manifest.json").read_text())
    assert manifest["chunking"] == "another"


def test_a_rebuild_needs_nothing_but_the_store(home: Path) -> None:
    for path in (home / "index").glob("gen-*/*.json"):
        path.unlink()
    counting = Counting()
    assert rebuild(home, encoder=counting).passages == 5
    assert counting.texts == 5


@pytest.mark.parametrize(("options", "workers"), [([], []), (["--engine", "ray", "--workers", "3"], [3])])
def test_the_command_encodes_as_ingest_does(
    home: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], workers: list[int]
) -> None:
    asked: list[bool] = []
    spread: list[int] = []

    def load(_model: str | None, _cache: Path, *, bulk: bool) -> HashedEncoder:
        asked.append(bulk)
        return HashedEncoder()

    def ray(inner: HashedEncoder, _load: Callable[[], HashedEncoder], workers: int, _at: str | None) -> HashedEncoder:
        spread.append(workers)
        return inner

    monkeypatch.setattr(encoder, "load_encoder", load)
    monkeypatch.setattr(ray_encoder, "RayEncoder", ray)
    done = CliRunner().invoke(app, ["rebuild", *options, "--json", "--home", str(home)])
    assert json.loads(done.stdout) == {"articles": 5, "passages": 5, "generation": "gen-000002"}
    assert (asked, spread) == ([True], workers)
