"""Sources into the store and the store into the index; again adds nothing, and a killed run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import SourceError
from archive.fetch import Fetching
from archive.store import ArticleStore
from archive.types import Article, ReadFailure
from embeddings.errors import IndexMissingError, IndexWriteError
from embeddings.index import Index, SearchIndex
from embeddings.placement import HERE, Placement, writing
from embeddings.ray_encoder import RayEncoder
from embeddings.types import Encoder, Vectors
from embeddings.update import WINDOW, update_index
from embeddings.vectors import VectorLog, vector_key

ENCODE_BATCH = 64  # passages between two steps of the progress bar, and at most lost to a kill

# Called with (stage, done, total); total is 0 while it is not known.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in articles but for `passages`; `articles` and `passages` are what the index now holds."""

    articles: int
    passages: int
    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[ReadFailure, ...]
    undated: int
    seconds: float


def ingest(
    sources: Iterable[str | Path],
    home: Path,
    *,
    encoder: Encoder,
    format: str | None = None,
    fields: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    fetching: Fetching = Fetching(),  # noqa: B008
    placement: Placement = HERE,
) -> IngestReport:
    """Read sources into the home's store (or the one of `placement`), then bring its index up to date.

    An article is committed before it is indexed, and the index is compared with the store each time: whatever a
    killed run had stored but not indexed is indexed by the next one. A source that cannot be read is a failure in
    the report; the others are kept. Raises StoreError, IndexLockedError, IndexMismatchError, IndexWriteError.
    """
    began = time.monotonic()
    report = progress or (lambda *_: None)
    failed: list[ReadFailure] = []
    undated = 0
    seen: set[str] = set()

    def articles() -> Iterator[Article]:
        nonlocal undated
        for number, item in enumerate(_all(sources, format, fields, fetching), 1):
            report("read", number, 0)
            if isinstance(item, ReadFailure):
                failed.append(item)
                continue
            if item.id in seen:  # one id twice in one ingest: the first is kept, or each run would replace it again
                continue
            seen.add(item.id)
            undated += item.published is None
            yield item

    with writing(home, placement) as store:
        result = store.upsert(articles())
        index, removed = refresh_index(home, store, encoder, report, placement)
    return IngestReport(
        index.article_count if index else 0,
        index.passages if index else 0,
        len(result.added),
        len(result.updated),
        len(result.unchanged),
        removed,
        tuple(failed),
        undated,
        round(time.monotonic() - began, 3),
    )


def refresh_index(
    home: Path, store: ArticleStore, encoder: Encoder, progress: Progress, placement: Placement = HERE
) -> tuple[SearchIndex | None, int]:
    """Make the index hold what the store holds; returns it and how many articles left it. None for an empty home."""
    if placement.milvus is not None:
        from embeddings.milvus.update import refresh

        return refresh(placement.milvus, store, encoder, progress)
    folder = home / "index"
    try:
        index: Index | None = Index.open(folder, encoder)
    except IndexMissingError:
        index = None
    known, wanted = index.articles() if index else {}, store.hashes()
    stale = [i for i, digest in wanted.items() if known.get(i) != digest]
    gone = [i for i in known if i not in wanted]
    if not stale and not gone:
        return index, 0
    try:
        with VectorLog(folder / "vectors.log", encoder.name, encoder.dimension) as log:
            encode = LoggedEncode(encoder, log, progress, len(stale))
            index = update_index(folder, encoder, store.iterate(stale), gone, encode)
            log.discard()
    except OSError as error:
        raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror or error}") from error
    store.forget_replaced(known)  # readers go on with the index before until they have opened this one
    return index, len(gone)


class LoggedEncode:
    """Encodes texts in batches, each written to the log before the next, and takes known vectors from it.

    How many passages there will be is not known while articles are still being cut: as many an article as there were
    so far are expected of all `articles`. An encoder that spreads its work (RayEncoder) is given the whole window at
    once.
    """

    def __init__(self, encoder: Encoder, log: VectorLog, progress: Progress, articles: int) -> None:
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
        # Neighbours in length are batched together over a wide window, so that little is padded.
        fresh.sort(key=lambda i: (i // (ENCODE_BATCH * 16), len(texts[i])))
        self._step(len(texts) - len(fresh))
        for at in range(0, len(fresh), self._batch):
            rows = fresh[at : at + self._batch]
            self._log.add([keys[i] for i in rows], self._encoder.encode([texts[i] for i in rows]))
            self._step(len(rows))
        return self._log.get(keys)

    def _step(self, passages: int) -> None:
        self._done += passages
        self._progress("encode", self._done, round(self._passages * self._articles / self._cut))


def _all(
    sources: Iterable[str | Path], format: str | None, fields: Mapping[str, str] | None, fetching: Fetching
) -> Iterator[Article | ReadFailure]:
    from archive.read import read  # the parsers of every format, which a service never needs

    for source in sources:
        try:
            yield from read(source, format, fields, fetching)
        except SourceError as error:
            yield ReadFailure(str(source), str(error))
