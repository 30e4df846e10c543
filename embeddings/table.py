"""The columns of an index: where each passage is, and what the filters ask of its article."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.types import Filters

Bitmap = npt.NDArray[np.uint8]
COLUMNS = ("ids", "rows", "starts", "ends")  # passage id, row of its article, character offsets; int64 each


class Table:
    """Articles by row (id, hash, day as ordinal, source, tags), and one entry a passage in each column."""

    def __init__(self, articles: list[dict[str, Any]], columns: Mapping[str, Any]) -> None:
        self.articles = articles
        self.ids = columns["ids"]
        self.rows = columns["rows"]
        self.starts = columns["starts"]
        self.ends = columns["ends"]
        self._at = {int(p): i for i, p in enumerate(self.ids)}
        self._published = np.array([a["published"] or 0 for a in articles], dtype=np.int64)

    @classmethod
    def load(cls, folder: Path) -> Table:
        articles = json.loads((folder / "articles.json").read_text())
        with np.load(folder / "passages.npz") as columns:
            return cls(articles, {name: columns[name] for name in COLUMNS})

    def save(self, folder: Path) -> None:
        (folder / "articles.json").write_text(json.dumps(self.articles))
        np.savez(folder / "passages.npz", ids=self.ids, rows=self.rows, starts=self.starts, ends=self.ends)

    def allowed(self, filters: Filters) -> Bitmap | None:
        """Return one bit a passage id (8 ids a byte, the lowest first), or None when the filters ask nothing."""
        if filters == Filters():
            return None
        keep = np.ones(len(self.articles), dtype=bool)
        if filters.published_from or filters.published_to:
            keep &= self._published > 0
        if filters.published_from:
            keep &= self._published >= filters.published_from.toordinal()
        if filters.published_to:
            keep &= self._published <= filters.published_to.toordinal()
        if filters.sources:
            keep &= np.array([a["source"] in filters.sources for a in self.articles], dtype=bool)
        if filters.tags:
            keep &= np.array([not set(filters.tags).isdisjoint(a["tags"]) for a in self.articles], dtype=bool)
        bits = np.zeros(int(self.ids.max(initial=0)) + 1, dtype=bool)
        bits[self.ids[keep[self.rows]]] = True
        return np.packbits(bits, bitorder="little")

    def article(self, passage: int) -> dict[str, Any]:
        """Return the row of the article that a passage was cut from."""
        return self.articles[int(self.rows[self._at[passage]])]

    def place(self, passage: int) -> tuple[str, int, int]:
        """Return (article id, start, end) of a passage."""
        at = self._at[passage]
        return self.articles[int(self.rows[at])]["id"], int(self.starts[at]), int(self.ends[at])

    def days(self, passages: Iterable[int]) -> dict[str, int]:
        """Return the ordinal day of the dated articles of passages, by article id."""
        rows = {int(self.rows[self._at[passage]]) for passage in passages}
        return {self.articles[row]["id"]: self.articles[row]["published"] for row in rows if self._published[row]}
