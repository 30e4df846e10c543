"""The index alone: both halves at a size, by the news' own vectors and texts with noise and changed words."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import faiss
import numpy as np

from archive.store import ArticleStore
from archive.types import Article
from embeddings import generation as gen
from embeddings.dense import METRIC, Dense, DenseWriter, Ids
from embeddings.encoder import load_encoder
from embeddings.lexical import PAIR_BOOST, TITLE_BOOST, LexicalIndex
from embeddings.table import Table
from embeddings.types import Filters, Passage, Vectors
from eval.bench.growth import NOISE
from eval.bench.record import Round, spread
from eval.types import EvalQuestion

BATCH = 16_384
DEPTH = 100  # as a question's search
TOP = 10


def vectors(count: int, home: Path, questions: Sequence[EvalQuestion], models: Path) -> Round:
    """Return what an index of `count` passages took to make and takes to search, its memory, and its recall@10."""
    asked = [each.question for each in questions]
    queries = load_encoder(cache=models).encode(asked)
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
        found, spent = [], []
        for query in queries:
            began = time.perf_counter()
            found.append(dense.search(query[None], DEPTH, None))
            spent.append((time.perf_counter() - began) * 1000)
        recall = np.mean(
            [len({p for p, _ in f[:TOP]} & best) / TOP for f, best in zip(found, exact.ids(), strict=True)]
        )
        megabytes = _resident() - before
        lexical = _lexical(fresh, home, folder, count)
        both = []
        for text, query in zip(asked, queries, strict=True):
            began = time.perf_counter()
            lexical.search(text, DEPTH, Filters(), TITLE_BOOST, PAIR_BOOST)
            dense.search(query[None], DEPTH, None)
            both.append((time.perf_counter() - began) * 1000)
        return {
            "passages": count,
            "kind": kind["kind"],
            "build s": round(built, 1),
            "file MB": round(sum(file.stat().st_size for file in dense_files) / 1e6),
            "mapped MB": round(megabytes),
            "recall@10": round(float(recall), 4),
            "dense p50 ms": spread(spent)["p50"],
            "dense p95 ms": spread(spent)["p95"],
            "hybrid p50 ms": spread(both)["p50"],
            "hybrid p95 ms": spread(both)["p95"],
            "queries": len(asked),
        }


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


def _lexical(place: Path, home: Path, generation: Path, count: int) -> LexicalIndex:
    """The home's passages, again and again under other articles, until there are `count`."""
    table = Table.load(generation)
    store = ArticleStore(home / "articles.sqlite")
    cut: list[tuple[str, str, date | None]] = []
    known: dict[str, Article] = {}
    for passage in table.ids.tolist():
        article, start, end = table.place(passage)
        if article not in known:
            known = store.get_many([article])
        if article in known:
            cut.append((known[article].title, known[article].text[start:end], known[article].published))
    store.close()
    (place / "lexical").mkdir()
    index = LexicalIndex(place / "lexical")
    with index.changing() as change:
        for number in range(count):
            title, text, published = cut[number % len(cut)]
            article = str(number)
            made = Article(article, None, title, text, published, None)
            change.add(made, [Passage(number + 1, article, text, 0, len(text))])
    return index


def _resident() -> float:
    """MB of this process that are in memory, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
