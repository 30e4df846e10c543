"""The index alone: both halves at a size, by the news' own vectors and texts with noise and changed words."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import faiss
import numpy as np

from archive.store import ArticleStore
from archive.types import Article
from embeddings import generation as gen
from embeddings.chunk import CHUNKING
from embeddings.dense import METRIC, Dense, DenseWriter, Ids
from embeddings.encoder import load_encoder
from embeddings.index import DEPTH, LAYOUT, Index
from embeddings.lexical import LexicalIndex
from embeddings.table import COLUMNS, Row, Table
from embeddings.types import Encoder, Filters, Passage, Vectors
from eval.bench.growth import NOISE
from eval.bench.record import Round, medians, spread
from eval.types import EvalQuestion

BATCH = 16_384
TOP = 10


def vectors(count: int, home: Path, questions: Sequence[EvalQuestion], models: Path, runs: int) -> Round:
    """Return what an index of `count` passages took to make and takes to search, its memory, and its recall@10.

    Times are of single questions, whose vectors are there: medians of `runs` passes over them. *hybrid* is all of
    `Index.search`: both halves, the cosines of what only the words found, fusing; *dated* with the bound of `as_of`.
    """
    asked = [each.question for each in questions]
    encoder = load_encoder(cache=models)
    queries = encoder.encode(asked)
    folder = gen.current(home / "index")
    with TemporaryDirectory(prefix="askive-bench-") as place:
        fresh = Path(place)
        began = time.perf_counter()
        writer = DenseWriter(fresh, queries.shape[1])
        exact = _Best(queries)
        for ids, made in noisy(folder, count):
            writer.add(ids, made)
            exact.see(ids, made)
        kind = writer.write()
        dense_files = list(fresh.iterdir())
        built = time.perf_counter() - began - exact.seconds
        del writer
        before = _resident()
        dense = Dense(fresh)
        found = [dense.search(query[None], DEPTH, None) for query in queries]
        recall = np.mean(
            [len({p for p, _ in f[:TOP]} & best) / TOP for f, best in zip(found, exact.ids(), strict=True)]
        )
        megabytes = _resident() - before
        _fill(fresh, home, folder, count)
        manifest = {"layout": LAYOUT, "model": encoder.name, "chunking": CHUNKING}
        (fresh / gen.MANIFEST).write_text(json.dumps(manifest))
        index = Index(fresh, _Known(encoder, dict(zip(asked, queries, strict=True))))
        alone = _spent(runs, [partial(dense.search, query[None], DEPTH, None) for query in queries])
        both = _spent(runs, [partial(index.search, text, TOP) for text in asked])
        dated = _spent(
            runs, [partial(index.search, each.question, TOP, Filters(published_to=each.as_of)) for each in questions]
        )
        return {
            "passages": count,
            "kind": kind["kind"],
            "build_seconds": round(built, 1),
            "file_megabytes": round(sum(file.stat().st_size for file in dense_files) / 1e6),
            "mapped_megabytes": round(megabytes),
            "recall@10": round(float(recall), 4),
            "dense": alone,
            "hybrid": both,
            "dated": dated,
            "queries": len(asked),
            "runs": runs,
        }


def _spent(runs: int, searches: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Return p50 and p95 of the milliseconds of searches, each the median of `runs` passes."""
    passes = []
    for _ in range(runs):
        spent = []
        for search in searches:
            began = time.perf_counter()
            search()
            spent.append((time.perf_counter() - began) * 1000)
        passes.append(spread(spent))
    found: dict[str, float] = medians(passes)
    return found


class _Known:
    """An encoder of questions whose vectors are known: encoding is not what is measured."""

    def __init__(self, encoder: Encoder, vectors: Mapping[str, Vectors]) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self._vectors = vectors

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


def noisy(generation: Path, count: int) -> Iterator[tuple[Ids, Vectors]]:
    """Yield (ids, unit vectors) of `count` passages: those of a generation, then the same with noise, over again."""
    chance = np.random.default_rng(0)
    real = Dense(generation).vectors(Table.load(generation).ids)
    for at in range(0, count, BATCH):
        ids = np.arange(at, min(at + BATCH, count), dtype=np.int64)
        noise = chance.standard_normal((len(ids), real.shape[1]), dtype=np.float32) * (NOISE / np.sqrt(real.shape[1]))
        made = real[ids % len(real)] + noise * (ids >= len(real))[:, None]
        yield ids + 1, (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


class _Best:
    """The TOP nearest of everything seen, exactly."""

    def __init__(self, queries: Vectors) -> None:
        self._queries = queries
        self._scores = np.full((len(queries), TOP), -2, dtype=np.float32)
        self._ids = np.full((len(queries), TOP), -1, dtype=np.int64)
        self.seconds = 0.0

    def see(self, ids: Ids, made: Vectors) -> None:
        began = time.perf_counter()
        scores, rows = faiss.knn(self._queries, made, min(TOP, len(ids)), metric=METRIC)
        scores, names = np.hstack([self._scores, scores]), np.hstack([self._ids, ids[rows]])
        order = np.argsort(-scores, axis=1)[:, :TOP]
        self._scores, self._ids = np.take_along_axis(scores, order, 1), np.take_along_axis(names, order, 1)
        self.seconds += time.perf_counter() - began

    def ids(self) -> list[set[int]]:
        return [set(row.tolist()) for row in self._ids]


def _fill(place: Path, home: Path, generation: Path, count: int) -> None:
    """Write what a generation has beside its vectors: words and places of the home's passages, and of copies of them.

    A copy of an article has its texts and its day under another id.
    """
    table = Table.load(generation)
    store = ArticleStore(home / "articles.sqlite")
    cut: list[tuple[Article, int, int]] = []
    known: dict[str, Article] = {}
    for passage in table.ids.tolist():
        owner, start, end = table.place(passage)
        if owner not in known:
            known = store.get_many([owner])
        if owner in known:
            cut.append((known[owner], start, end))
    store.close()
    (place / "lexical").mkdir()
    rows: list[Row] = []
    columns: dict[str, list[int]] = {name: [] for name in COLUMNS}
    with LexicalIndex(place / "lexical").changing() as change:
        for number in range(count):
            copy, at = divmod(number, len(cut))
            article, start, end = cut[at]
            name = f"{article.id}-{copy}"
            if not rows or rows[-1].id != name:
                day = article.published.toordinal() if article.published else 0
                rows.append(Row(name, article.id, day, None, ()))
            made = Article(name, None, article.title, article.text, article.published, None)
            change.add(made, [Passage(number + 1, name, article.text[start:end], start, end)])
            for column, value in zip(COLUMNS, (number + 1, len(rows) - 1, start, end), strict=True):
                columns[column].append(value)
    Table.of(rows, columns).save(place)


def _resident() -> float:
    """MB of this process that are in memory, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
