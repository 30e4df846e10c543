"""The index brought up to what the store holds, beginning while articles are still being stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from archive.store import ArticleStore, content_hash
from archive.types import Article
from embeddings.behind import Behind
from embeddings.changes import Changes
from embeddings.errors import IndexMissingError, IndexWriteError
from embeddings.index import Index, SearchIndex
from embeddings.placement import HERE, Placement
from embeddings.ray_encoder import RayEncoder
from embeddings.types import Encoder, Vectors
from embeddings.update import WINDOW, update_index
from embeddings.vectors import VectorLog, vector_key

ENCODE_BATCH = 256  # passages between two steps of the progress bar, and at most lost to a kill

# Called with (stage, done, total), from more than one thread; total is 0 while it is not known.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The index (None for an empty home), and how many articles were stored anew, or left it."""

    index: SearchIndex | None
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0


def refresh_index(
    home: Path,
    store: ArticleStore,
    encoder: Encoder,
    progress: Progress,
    placement: Placement = HERE,
    articles: Iterable[Article] = (),
) -> Refreshed:
    """Store articles, and make the index hold what the store holds.

    They are read and stored in this thread, and indexed in another as they are committed: the store is what lies
    between, so that neither waits for the other and nothing is kept in memory.
    """
    if placement.milvus is not None:
        from embeddings.milvus.update import refresh

        stored = store.upsert(articles)
        there, gone = refresh(placement.milvus, store, encoder, progress)
        return Refreshed(there, len(stored.added), len(stored.updated), len(stored.unchanged), gone)
    index: SearchIndex | None = None
    with suppress(IndexMissingError):
        index = Index.open(home / "index", encoder)
    known, held = index.articles() if index else {}, store.hashes()
    changes = Changes(i for i, digest in held.items() if known.get(i) != digest)
    left = [i for i in known if i not in held]
    added = updated = unchanged = 0
    with Behind(lambda: _take_in(home / "index", encoder, store, changes, known, left, progress), changes.stop) as work:
        for batch in store.upsert_batches(articles):
            changes.add([*batch.added, *batch.updated])
            added, updated = added + len(batch.added), updated + len(batch.updated)
            unchanged += len(batch.unchanged)
            work.check()
        changes.end()
        made = work.result()
    return Refreshed(made or index, added, updated, unchanged, sum(i not in changes for i in left))


def _take_in(
    folder: Path,
    encoder: Encoder,
    store: ArticleStore,
    changes: Changes,
    known: dict[str, str],
    gone: list[str],
    progress: Progress,
) -> Index | None:
    """Write a generation with what changed; None when nothing did."""

    def report(stage: str, done: int, total: int) -> None:
        changes.check()
        progress(stage, done, total)

    # What leaves is indexed anew, if it is stored again as it was.
    stays = {i: known[i] for i in known.keys() - set(gone)}
    coming = _changed(store, changes, stays)
    first = next(coming, None)
    kept = folder / "vectors.log"
    try:
        if first is None and not gone:
            kept.unlink(missing_ok=True)  # left by a run that was killed once it had published: all of it is indexed
            return None
        with VectorLog(kept, encoder.name, encoder.dimension) as log:
            encode = LoggedEncode(encoder, log, report, lambda: changes.total)
            index = update_index(folder, encoder, chain([first] if first else [], coming), gone, encode)
            log.discard()
    except OSError as error:
        raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror or error}") from error
    store.forget_replaced(known)  # readers go on with the index before until they have opened this one
    return index


def _changed(store: ArticleStore, changes: Changes, known: dict[str, str]) -> Iterator[Article]:
    for ids in changes:
        for article in store.iterate(ids):
            if known.get(article.id) != content_hash(article):
                yield article


class LoggedEncode:
    """Encodes texts in batches, each written to the log before the next, and takes known vectors from it.

    How many passages there will be is not known while articles are still being cut: as many an article as there were
    so far are expected of all `articles()`, which is 0 while that is not known either. An encoder that spreads its
    work (RayEncoder) is given the whole window at once.
    """

    def __init__(self, encoder: Encoder, log: VectorLog, progress: Progress, articles: Callable[[], int]) -> None:
        self._encoder = encoder
        self._batch = WINDOW if isinstance(encoder, RayEncoder) else ENCODE_BATCH
        self._log = log
        self._progress = progress
        self._articles = articles
        self._cut = self._passages = self._done = 0

    def __call__(self, texts: list[str], articles: int) -> Vectors:
        self._cut += articles
        self._passages += len(texts)
        keys = [vector_key(self._encoder.name, text) for text in texts]
        fresh = [i for i, key in enumerate(keys) if key not in self._log]
        fresh.sort(key=lambda i: len(texts[i]))  # so that batches are of like length, and little is padded
        self._step(len(texts) - len(fresh))
        for at in range(0, len(fresh), self._batch):
            rows = fresh[at : at + self._batch]
            self._log.add([keys[i] for i in rows], self._encoder.encode([texts[i] for i in rows]))
            self._step(len(rows))
        return self._log.get(keys)

    def _step(self, passages: int) -> None:
        self._done += passages
        self._progress("encode", self._done, round(self._passages * self._articles() / self._cut))
