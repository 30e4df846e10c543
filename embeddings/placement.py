"""Where an archive is kept when not all of it is in its home, and the one writer's place wherever it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.store import ArticleStore
from embeddings import generation
from embeddings.errors import IndexLockedError
from embeddings.index import Index, SearchIndex
from embeddings.lock import writer_lock
from embeddings.types import Encoder

_POLL = 0.2  # s between two tries of a writer that waits


@dataclass(frozen=True, slots=True)
class Milvus:
    """A Milvus server by URI (or a Milvus Lite file), its token, and the name that its collections begin with.

    `kind` is its type of the dense index: AUTOINDEX, HNSW, HNSW_SQ, DISKANN...
    """

    uri: str
    token: str = ""
    name: str = "askive"
    kind: str = "AUTOINDEX"


@dataclass(frozen=True, slots=True)
class Placement:
    """What is kept elsewhere than in the home; nothing by default.

    `store` is an SQLAlchemy URL (postgresql+psycopg://...) for articles; `milvus` is where the index is.
    """

    store: str | None = None
    milvus: Milvus | None = None


HERE = Placement()


def open_store(home: Path, placement: Placement = HERE) -> ArticleStore:
    """Open the articles of a home; StoreError when they cannot be."""
    return ArticleStore(placement.store or home / "articles.sqlite")


def open_index(home: Path, store: ArticleStore, encoder: Encoder, placement: Placement = HERE) -> SearchIndex:
    """Open the index that serves; IndexMissingError, IndexMismatchError, IndexUnavailableError."""
    if placement.milvus is None:
        return Index.open(home / "index", encoder)
    from embeddings.milvus.index import MilvusIndex

    return MilvusIndex(placement.milvus, store, encoder)


def serving(home: Path, store: ArticleStore, placement: Placement = HERE) -> str:
    """Return the name of the generation that is to serve; empty when none is, or that cannot be read."""
    if placement.milvus is None:
        return generation.named(home / "index") or ""
    from embeddings.milvus.index import generation_of
    from embeddings.milvus.ledger import Ledger

    entry = Ledger(store).entry(placement.milvus.name)
    return generation_of(entry) if entry else ""


@contextmanager
def writing(home: Path, placement: Placement = HERE, wait: float = 0.0) -> Iterator[ArticleStore]:
    """Open the store as its one writer, among the processes of this home and all that share the store's database.

    Waits at most `wait` seconds for another writer. Raises IndexLockedError, StoreError.
    """
    until = time.monotonic() + wait
    with writer_lock(home, wait):
        store = open_store(home, placement)
        try:
            while True:
                with store.writer_place() as free:
                    if free:
                        yield store
                        return
                if time.monotonic() >= until:
                    raise IndexLockedError(
                        "another machine is writing to the store's database; try again when it is done"
                    )
                time.sleep(_POLL)
        finally:
            store.close()
