"""Dense and lexical search over the same passages, built as generations and searched together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from embeddings import generation as gen
from embeddings.chunk import CHUNKING
from embeddings.dense import Dense
from embeddings.errors import IndexMismatchError
from embeddings.fuse import fuse, plain_rrf
from embeddings.lexical import PAIR_BOOST, TITLE_BOOST, LexicalIndex
from embeddings.table import Table
from embeddings.types import Encoder, Filters

LAYOUT = 2  # of a generation's files; another is made anew by `askive rebuild`
DEPTH = 100  # passages from each half before they are fused
_TRIES = 3  # at opening a generation that a writer drops meanwhile
Mode = Literal["fused", "rrf", "dense", "lexical"]


@dataclass(frozen=True, slots=True)
class Match:
    """A found passage by place; its text is cut from the store's article as it was at `version`, a content hash."""

    passage_id: int
    article_id: str
    start: int
    end: int
    score: float
    ranks: Mapping[str, int]
    version: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What each half found, passage id to score, best first; `cosines` of the passages of both."""

    dense: dict[int, float]
    lexical: dict[int, float]
    cosines: dict[int, float]


class SearchIndex(Protocol):
    """What is asked of an index, wherever it is kept."""

    @property
    def generation(self) -> str:
        """The name of its state: another after each change."""
        ...

    @property
    def passages(self) -> int: ...

    @property
    def article_count(self) -> int: ...

    def articles(self) -> dict[str, str]:
        """Return the content hash of each article that is indexed."""
        ...

    def hash_of(self, article_id: str) -> str | None: ...

    def search(self, text: str, k: int, filters: Filters = ..., mode: Mode = ...) -> list[Match]: ...


class Index:
    """A generation opened for search. Thread-safe for reading; never changes."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        manifest = json.loads((folder / gen.MANIFEST).read_text())
        check_match(manifest, encoder, folder)
        self.generation = folder.name
        self._encoder = encoder
        self._dense = Dense(folder)
        self._lexical = LexicalIndex(folder / "lexical")
        self._table = Table.load(folder)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder) -> Index:
        """Open the generation that serves, else the newest whole one; IndexMissingError, IndexMismatchError."""
        for _ in range(_TRIES):
            generation = gen.current(folder)
            with suppress(OSError, RuntimeError, ValueError):  # dropped by a writer between the check and the opening
                return cls(generation, encoder)
        return cls(gen.current(folder), encoder)

    @property
    def passages(self) -> int:
        return len(self._table.ids)

    @property
    def article_count(self) -> int:
        return len(self._table)

    def faults(self) -> list[str]:
        """Return how its parts disagree about which passages there are; none when it is sound."""
        count = len(self._table.ids)
        told = [] if len(np.unique(self._table.ids)) == count else ["a passage is in it twice"]
        if len(self._table.hashes()) != len(self._table):
            told.append("an article is in it twice")
        for half, held in (("dense", self._dense.count), ("lexical", self._lexical.count())):
            if held != count:
                told.append(f"the {half} half holds {held} passages of {count}")
        return told

    def spans(self) -> dict[str, int]:
        """Return, by article id, the end of its last passage: no text may be shorter."""
        return self._table.last_ends()

    def articles(self) -> dict[str, str]:
        """Return the content hash of each article that is indexed."""
        return self._table.hashes()

    def hash_of(self, article_id: str) -> str | None:
        """Return the content hash of an article that is indexed, else None."""
        return self._table.hash_of(article_id)

    def search(self, text: str, k: int, filters: Filters = Filters(), mode: Mode = "fused") -> list[Match]:  # noqa: B008
        """Return at most k passages, best first, none outside the filters."""
        found = self.candidates(text, max(DEPTH, k), filters, mode)
        places = {p: self.place(p) for p in found.dense | found.lexical}
        hashes = {article: self.hash_of(article) or "" for article in {article for article, _, _ in places.values()}}
        return ranked(found, k, mode, places, self.days(places), hashes)

    def place(self, passage: int) -> tuple[str, int, int]:
        """Return (article id, start, end) of a passage."""
        return self._table.place(passage)

    def days(self, passages: Iterable[int]) -> dict[str, int]:
        """Return the day of publication, as a proleptic ordinal, of the dated articles of passages, by article id."""
        return self._table.days(passages)

    def candidates(
        self, text: str, depth: int, filters: Filters, mode: Mode = "fused", title_boost: float = TITLE_BOOST
    ) -> Candidates:
        """Return what each half finds, to `depth` passages, before fusing; mode "fused" counts pairs of words too."""
        vector = self._encoder.encode([text]) if mode != "lexical" else None
        dense = {}
        if vector is not None:
            dense = dict(self._dense.search(vector, depth, self._table.allowed(filters)))
        pairs = PAIR_BOOST if mode == "fused" else 0.0
        lexical = dict(self._lexical.search(text, depth, filters, title_boost, pairs)) if mode != "dense" else {}
        cosines = dict(dense)
        if mode == "fused" and vector is not None:
            others = [p for p in lexical if p not in dense]
            cosines |= dict(zip(others, (self._dense.vectors(others) @ vector[0]).tolist(), strict=True))
        return Candidates(dense, lexical, cosines)


def ranked(
    found: Candidates,
    k: int,
    mode: Mode,
    places: Mapping[int, tuple[str, int, int]],
    days: Mapping[str, int],
    hashes: Mapping[str, str],
) -> list[Match]:
    """Return the k best of what both halves found, in the order of a mode.

    `places` are (article id, start, end) by passage; `days` ordinals and `hashes` content hashes by article id.
    """
    ranks: dict[int, dict[str, int]] = {}
    for name, half in (("dense", found.dense), ("lexical", found.lexical)):
        for rank, passage in enumerate(half, 1):
            ranks.setdefault(passage, {})[name] = rank
    if mode == "fused":
        scores = fuse(found.cosines, found.lexical, {p: places[p][0] for p in found.cosines}, days)
    elif mode == "rrf":
        scores = plain_rrf([list(found.dense), list(found.lexical)])
    else:
        scores = found.dense or found.lexical
    best = sorted(scores, key=lambda p: (-scores[p], p))[:k]
    return [Match(p, *places[p], scores[p], ranks[p], hashes[places[p][0]]) for p in best]


def check_match(manifest: Mapping[str, Any], encoder: Encoder, folder: Path) -> None:
    """Raise IndexMismatchError unless the index was built with this encoder and this chunking."""
    for what, built, asked in (
        ("model", manifest.get("model"), encoder.name),
        ("chunking", manifest.get("chunking"), CHUNKING),
        ("layout", manifest.get("layout"), LAYOUT),
    ):
        if built != asked:
            raise IndexMismatchError(f"{folder}: built with {what} {built}, asked for {asked}; run `askive rebuild`")
