"""The columns of an index: where each passage is, and what the filters ask of its article. Mapped, not read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embeddings.types import Filters

Bitmap = npt.NDArray[np.uint8]
Column = npt.NDArray[Any]
COLUMNS = ("ids", "rows", "starts", "ends")  # passage id (ascending), row of its article, character offsets; int64
BITMAPS = 32  # of filters that were asked lately: most questions of a day have the same bounds


class Row(NamedTuple):
    """What the index knows of an article; `published` is its day as a proleptic ordinal, 0 without one."""

    id: str
    hash: str
    published: int
    source: str | None
    tags: tuple[str, ...]


class Table:
    """Articles by row and passages by ascending id, in columns; nothing of it is held as an object an article.

    `articles` has the fields `id`, `hash` (UTF-8), `published`, `source` (a code, -1 for none); `tags` pairs of row
    and code. Codes are places in `labels`.
    """

    def __init__(self, passages: Column, articles: Column, tags: Column, labels: Sequence[str]) -> None:
        self.ids, self.rows, self.starts, self.ends = passages
        self._passages, self._articles, self._tags, self._labels = passages, articles, tags, list(labels)
        self._order = np.argsort(articles["id"], kind="stable")
        self.allowed = lru_cache(BITMAPS)(self._allowed)

    @classmethod
    def of(cls, rows: Sequence[Row], columns: Mapping[str, Any]) -> Table:
        """Return a table of article rows and of passages by column; a passage's `rows` are places in `rows`."""
        labels = sorted({label for row in rows for label in (*row.tags, *([row.source] if row.source else ()))})
        code = {label: place for place, label in enumerate(labels)}
        ids, hashes = [row.id.encode() for row in rows], [row.hash.encode() for row in rows]
        wide = {"id": max(map(len, ids), default=1), "hash": max(map(len, hashes), default=1)}
        kind = [("id", f"S{wide['id']}"), ("hash", f"S{wide['hash']}"), ("published", "<i4"), ("source", "<i4")]
        articles = np.zeros(len(rows), dtype=kind)
        articles["id"], articles["hash"] = ids, hashes
        articles["published"] = [row.published for row in rows]
        articles["source"] = [code[row.source] if row.source else -1 for row in rows]
        pairs = [(place, code[tag]) for place, row in enumerate(rows) for tag in row.tags]
        passages = np.stack([np.asarray(columns[name], dtype=np.int64) for name in COLUMNS])
        return cls(passages, articles, np.array(pairs, dtype=np.int64).reshape(-1, 2), labels)

    @classmethod
    def empty(cls) -> Table:
        return cls.of([], dict.fromkeys(COLUMNS, ()))

    @classmethod
    def load(cls, folder: Path) -> Table:
        """Map the columns of a generation into memory."""
        # As plain arrays, which stay mapped: what a memmap does for each element took 2 ms of a search.
        passages, articles, tags = (
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("passages", "articles", "tags")
        )
        return cls(passages, articles, tags, json.loads((folder / "labels.json").read_text()))

    def save(self, folder: Path) -> None:
        for name, column in (("passages", self._passages), ("articles", self._articles), ("tags", self._tags)):
            np.save(folder / f"{name}.npy", column)
        (folder / "labels.json").write_text(json.dumps(self._labels))

    def __len__(self) -> int:
        """Return how many articles there are."""
        return len(self._articles)

    def changed(self, gone: set[str], rows: Sequence[Row], columns: Mapping[str, Any]) -> Table:
        """Return the table without the articles of `gone`, and with `rows` whose passages are `columns`."""
        kept = self.kept(gone)
        renumber = np.cumsum(kept) - 1
        keep = kept[self.rows]
        before = {name: getattr(self, name)[keep] for name in COLUMNS}
        before["rows"] = renumber[before["rows"]]
        after = {name: np.asarray(columns[name], dtype=np.int64) for name in COLUMNS}
        after["rows"] = after["rows"] + int(kept.sum())
        stay = [self._row(int(row)) for row in np.flatnonzero(kept)]
        return Table.of([*stay, *rows], {name: np.concatenate([before[name], after[name]]) for name in COLUMNS})

    def kept(self, gone: set[str]) -> Column:
        """Return, by row, whether the article stays when those of `gone` leave."""
        return ~np.isin(self._articles["id"], np.array([each.encode() for each in gone], dtype=np.bytes_))

    def hashes(self) -> dict[str, str]:
        """Return the content hash of every article by id."""
        return {i.decode(): h.decode() for i, h in zip(self._articles["id"], self._articles["hash"], strict=True)}

    def hash_of(self, article_id: str) -> str | None:
        """Return the content hash of one article; None when it is not here."""
        key, names = article_id.encode(), self._articles["id"]
        at = int(np.searchsorted(names, key, sorter=self._order)) if len(names) else 0
        if at == len(names) or names[self._order[at]] != key:
            return None
        return str(self._articles["hash"][self._order[at]].decode())

    def last_ends(self) -> dict[str, int]:
        """Return, by article id, the end of its last passage."""
        ends = np.zeros(len(self._articles), dtype=np.int64)
        np.maximum.at(ends, self.rows, self.ends)
        return {i.decode(): int(end) for i, end in zip(self._articles["id"], ends, strict=True)}

    def _allowed(self, filters: Filters) -> Bitmap | None:
        """Return one bit a passage id (8 ids a byte, the lowest first), or None when the filters ask nothing."""
        if filters == Filters():
            return None
        published = self._articles["published"]
        keep = np.ones(len(self._articles), dtype=bool)
        if filters.published_from or filters.published_to:
            keep &= published > 0
        if filters.published_from:
            keep &= published >= filters.published_from.toordinal()
        if filters.published_to:
            keep &= published <= filters.published_to.toordinal()
        if filters.sources:
            keep &= np.isin(self._articles["source"], self._codes(filters.sources))
        if filters.tags:
            tagged = np.zeros(len(keep), dtype=bool)
            tagged[self._tags[np.isin(self._tags[:, 1], self._codes(filters.tags)), 0]] = True
            keep &= tagged
        bits = np.zeros(int(self.ids[-1]) + 1 if len(self.ids) else 1, dtype=bool)
        bits[self.ids[keep[self.rows]]] = True
        return np.packbits(bits, bitorder="little")

    def _codes(self, wanted: Iterable[str]) -> list[int]:
        return [code for code, label in enumerate(self._labels) if label in wanted]

    def article(self, passage: int) -> Row:
        """Return the row of the article that a passage was cut from."""
        return self._row(int(self.rows[self._at(passage)]))

    def place(self, passage: int) -> tuple[str, int, int]:
        """Return (article id, start, end) of a passage."""
        at = self._at(passage)
        return self._articles["id"][self.rows[at]].decode(), int(self.starts[at]), int(self.ends[at])

    def days(self, passages: Iterable[int]) -> dict[str, int]:
        """Return the ordinal day of the dated articles of passages, by article id."""
        found = self._articles[sorted({int(self.rows[self._at(passage)]) for passage in passages})]
        return {row["id"].decode(): int(row["published"]) for row in found if row["published"]}

    def _at(self, passage: int) -> int:
        at = int(np.searchsorted(self.ids, passage))
        if at == len(self.ids) or self.ids[at] != passage:
            raise KeyError(passage)
        return at

    def _row(self, row: int) -> Row:
        held = self._articles[row]
        first, last = np.searchsorted(self._tags[:, 0], (row, row + 1))
        tags = tuple(self._labels[code] for code in self._tags[first:last, 1])
        source = self._labels[held["source"]] if held["source"] >= 0 else None
        return Row(held["id"].decode(), held["hash"].decode(), int(held["published"]), source, tags)
