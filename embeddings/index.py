"""Dense and lexical search over the same passages, built as generations and searched together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, cast

import faiss
import numpy as np

from archive.store import content_hash
from archive.types import Article
from embeddings import generation as gen
from embeddings.chunk import CHUNKING, embedded_text, split
from embeddings.errors import IndexMismatchError, IndexMissingError, IndexWriteError
from embeddings.fuse import fuse, plain_rrf
from embeddings.lexical import PAIR_BOOST, TITLE_BOOST, LexicalIndex
from embeddings.table import COLUMNS, Table
from embeddings.types import Encoder, Filters, Passage, Vectors

METRIC = faiss.METRIC_INNER_PRODUCT  # of unit vectors: the cosine
DEPTH = 100  # passages from each half before they are fused
_TRIES = 3  # at opening a generation that a writer drops meanwhile
Mode = Literal["fused", "rrf", "dense", "lexical"]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Match:
    """A found passage by place; the text is cut from the store's article."""

    passage_id: int
    article_id: str
    start: int
    end: int
    score: float
    ranks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What each half found, passage id to score, best first; `cosines` of the passages of both."""

    dense: dict[int, float]
    lexical: dict[int, float]
    cosines: dict[int, float]


class Index:
    """A generation opened for search. Thread-safe for reading; never changes."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        manifest = json.loads((folder / gen.MANIFEST).read_text())
        check_match(manifest, encoder, folder)
        self.generation = folder.name
        self._encoder = encoder
        self._dense = faiss.read_index(str(folder / "dense.faiss"))
        self._lexical = LexicalIndex(folder / "lexical")
        self._table = Table.load(folder)
        self._hashes = {row["id"]: row["hash"] for row in self._table.articles}

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

    def versions(self, passages: Iterable[int]) -> dict[str, str]:
        """Return the content hash, by article id, of the articles that passages were cut from."""
        rows = (self._table.article(passage) for passage in passages)
        return {row["id"]: row["hash"] for row in rows}

    def faults(self) -> list[str]:
        """Return how its parts disagree about which passages there are; none when it is sound."""
        count = len(self._table.ids)
        told = [] if len(np.unique(self._table.ids)) == count else ["a passage is in it twice"]
        if len({row["id"] for row in self._table.articles}) != len(self._table.articles):
            told.append("an article is in it twice")
        for half, held in (("dense", self._dense.ntotal), ("lexical", self._lexical.count())):
            if held != count:
                told.append(f"the {half} half holds {held} passages of {count}")
        return told

    def spans(self) -> dict[str, int]:
        """Return, by article id, the end of its last passage: no text may be shorter."""
        ends = np.zeros(len(self._table.articles), dtype=np.int64)
        np.maximum.at(ends, self._table.rows, self._table.ends)
        return {row["id"]: int(end) for row, end in zip(self._table.articles, ends, strict=True)}

    def articles(self) -> dict[str, str]:
        """Return the content hash of each article that is indexed."""
        return dict(self._hashes)

    def hash_of(self, article_id: str) -> str | None:
        """Return the content hash of an article that is indexed, else None."""
        return self._hashes.get(article_id)

    def search(self, text: str, k: int, filters: Filters = Filters(), mode: Mode = "fused") -> list[Match]:  # noqa: B008
        """Return at most k passages, best first, none outside the filters."""
        found = self.candidates(text, max(DEPTH, k), filters, mode)
        ranks: dict[int, dict[str, int]] = {}
        for name, ranked in (("dense", found.dense), ("lexical", found.lexical)):
            for rank, passage in enumerate(ranked, 1):
                ranks.setdefault(passage, {})[name] = rank
        if mode == "fused":
            articles = {p: self.place(p)[0] for p in found.cosines}
            scores = fuse(found.cosines, found.lexical, articles, self.days(articles))
        elif mode == "rrf":
            scores = plain_rrf([list(found.dense), list(found.lexical)])
        else:
            scores = found.dense or found.lexical
        best = sorted(scores, key=lambda p: (-scores[p], p))[:k]
        return [Match(p, *self.place(p), scores[p], ranks[p]) for p in best]

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
        dense = dict(self._search_dense(vector, depth, filters)) if vector is not None else {}
        pairs = PAIR_BOOST if mode == "fused" else 0.0
        lexical = dict(self._lexical.search(text, depth, filters, title_boost, pairs)) if mode != "dense" else {}
        cosines = dict(dense)
        if mode == "fused" and vector is not None:
            cosines |= {p: float(self._dense.reconstruct(p) @ vector[0]) for p in lexical if p not in dense}
        return Candidates(dense, lexical, cosines)

    def _search_dense(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        if self._dense.ntotal == 0:
            return []
        parameters = None
        allowed = self._table.allowed(filters)
        if allowed is not None:
            if not allowed.any():
                return []
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(allowed))  # type: ignore[call-arg, arg-type]  # its stubs lack both
        scores, ids = self._dense.search(vector, k, params=parameters)
        return [(int(p), float(s)) for p, s in zip(ids[0], scores[0], strict=True) if p >= 0]


def check_match(manifest: Mapping[str, Any], encoder: Encoder, folder: Path) -> None:
    """Raise IndexMismatchError unless the index was built with this encoder and this chunking."""
    for what, built, asked in (
        ("model", manifest.get("model"), encoder.name),
        ("chunking", manifest.get("chunking"), CHUNKING),
    ):
        if built != asked:
            raise IndexMismatchError(f"{folder}: built with {what} {built}, asked for {asked}; run `askive rebuild`")


Encode = Callable[[list[str]], Vectors]


def update_index(
    folder: Path,
    encoder: Encoder,
    added: Iterable[Article],
    removed: Iterable[str],
    encode: Encode | None = None,
    *,
    anew: bool = False,
) -> Index:
    """Write a new generation with articles added (or replaced) and removed, switch to it, and open it.

    The old generation's vectors and words are kept, so the cost is that of the change and of copying files.
    `encode` embeds texts (default: the encoder itself); it is where progress and a cache of vectors come in.
    `anew` builds on nothing instead of on the generation that serves.
    """
    added = list(added)
    gone = {*removed, *(article.id for article in added)}
    old: Path | None = None
    if not anew:
        with suppress(IndexMissingError):
            old = gen.current(folder)
    fresh = gen.next_folder(folder)
    try:
        _build(old, fresh, encoder, added, gone, encode or encoder.encode)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return Index(fresh, encoder)


def _build(
    old: Path | None, fresh: Path, encoder: Encoder, added: list[Article], gone: set[str], encode: Encode
) -> None:
    if old is None:
        dense = faiss.IndexIDMap2(faiss.IndexFlat(encoder.dimension, METRIC))
        table = Table([], {name: np.zeros(0, dtype=np.int64) for name in COLUMNS})
        (fresh / "lexical").mkdir()
    else:
        check_match(json.loads((old / gen.MANIFEST).read_text()), encoder, old)
        dense, table = cast(faiss.IndexIDMap2, faiss.read_index(str(old / "dense.faiss"))), Table.load(old)
        shutil.copytree(old / "lexical", fresh / "lexical", ignore=shutil.ignore_patterns("*.lock"))
    kept_rows = np.array([a["id"] not in gone for a in table.articles], dtype=bool)
    keep = kept_rows[table.rows] if len(table.rows) else np.zeros(0, dtype=bool)
    if not keep.all():
        dense.remove_ids(table.ids[~keep])
    renumber = np.cumsum(kept_rows) - 1
    articles = [a for a, kept in zip(table.articles, kept_rows, strict=True) if kept]
    first = int(table.ids.max()) + 1 if len(table.ids) else 1
    passages = _passages(added, first)
    places = {article.id: len(articles) + i for i, article in enumerate(added)}
    articles += [_row(article) for article in added]
    if passages:
        vectors = encode([embedded_text(article, passage.text) for passage, article in passages])
        dense.add_with_ids(vectors, np.array([p.id for p, _ in passages], dtype=np.int64))
    columns = {
        "ids": np.concatenate([table.ids[keep], np.array([p.id for p, _ in passages], dtype=np.int64)]),
        "rows": np.concatenate(
            [renumber[table.rows[keep]], np.array([places[a.id] for _, a in passages], dtype=np.int64)]
        ).astype(np.int64),
        "starts": np.concatenate([table.starts[keep], np.array([p.start for p, _ in passages], dtype=np.int64)]),
        "ends": np.concatenate([table.ends[keep], np.array([p.end for p, _ in passages], dtype=np.int64)]),
    }
    _write_dense(dense, fresh / "dense.faiss")
    Table(articles, columns).save(fresh)
    LexicalIndex(fresh / "lexical").change(gone, passages)
    versions = {name: version(name) for name in ("faiss-cpu", "tantivy", "numpy")}
    manifest = {"model": encoder.name, "chunking": CHUNKING, "versions": versions}
    gen.publish(fresh, {**manifest, "articles": len(articles), "passages": len(columns["ids"])}, old)


def _write_dense(dense: faiss.Index, path: Path) -> None:
    try:
        faiss.write_index(dense, str(path))
    except RuntimeError as error:  # how FAISS says that a file cannot be written
        raise OSError(f"{path.name}: {str(error).splitlines()[-1]}") from error


def _passages(articles: list[Article], first: int) -> list[tuple[Passage, Article]]:
    found: list[tuple[Passage, Article]] = []
    for article in articles:
        for start, end in split(article):
            passage = Passage(first + len(found), article.id, article.text[start:end], start, end)
            found.append((passage, article))
    return found


def _row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "hash": content_hash(article),
        "published": article.published.toordinal() if article.published else None,
        "source": article.source,
        "tags": list(article.tags),
    }
