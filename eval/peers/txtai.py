"""txtai, as its own benchmark over BEIR has it: a row an article, dense and BM25 in one hybrid index, our model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from txtai.embeddings import Embeddings

from archive.types import Article


def build(articles: Iterable[Article], model: str) -> TxtaiPeer:
    """Return txtai over the articles."""
    texts = {a.id: f"{a.title}. {a.text}" for a in articles}
    embeddings = Embeddings(path=model, hybrid=True)
    embeddings.index((article, text, None) for article, text in texts.items())
    return TxtaiPeer(embeddings, texts)


def load(folder: Path, model: str) -> TxtaiPeer:
    """Return what was saved to a folder; the model's own folder is kept in it."""
    embeddings = Embeddings(path=model, hybrid=True)
    embeddings.load(str(folder / "index"))
    return TxtaiPeer(embeddings, json.loads((folder / "texts.json").read_text()))


class TxtaiPeer:
    def __init__(self, embeddings: Any, texts: dict[str, str]) -> None:
        self._embeddings = embeddings
        self._texts = texts

    def save(self, folder: Path) -> None:
        self._embeddings.save(str(folder / "index"))
        (folder / "texts.json").write_text(json.dumps(self._texts))

    def search(self, text: str, k: int) -> list[tuple[str, str]]:
        """Return (article id, article) of at most k articles, best first."""
        return [(article, self._texts[article]) for article, _ in self._embeddings.search(text, k)]
