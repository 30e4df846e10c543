"""Articles out of the store and out of the index: the one way they leave, for the command line and for HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from embeddings.placement import HERE, Placement, writing
from embeddings.refresh import Progress, refresh_index
from embeddings.types import Encoder


def delete_articles(
    ids: Iterable[str],
    home: Path,
    *,
    encoder: Encoder,
    wait: float = 0.0,
    progress: Progress | None = None,
    placement: Placement = HERE,
) -> tuple[str, ...]:
    """Delete articles of a home; returns the ids that were there. When it returns, no search finds them.

    The store loses them first, in one transaction, and no hit is made of an article that the store has not: a kill
    in between hides nothing that is kept and shows nothing that is gone; the next write to the index drops them.
    `wait` is how many seconds to wait for another writer. Raises StoreError, IndexLockedError, IndexMismatchError,
    IndexWriteError.
    """
    with writing(home, placement, wait) as store:
        there = tuple(article.id for article in store.iterate(set(ids)))
        if there:
            store.delete(there)
            refresh_index(home, store, encoder, progress or (lambda *_: None), placement)
    return there
