"""The index in Milvus made to hold what the store holds, a batch of articles at a time; a killed run goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from archive.store import ArticleStore, content_hash
from archive.types import Article
from embeddings.chunk import CHUNKING, embedded_text, split
from embeddings.milvus.collection import Collection, row
from embeddings.milvus.index import MilvusIndex, check_entry
from embeddings.milvus.ledger import Entry, Ledger, Version
from embeddings.placement import Milvus
from embeddings.types import Encoder

BATCH = 100  # articles encoded and switched to at once, and at most lost to a kill
Progress = Callable[[str, int, int], None]


def refresh(
    place: Milvus, store: ArticleStore, encoder: Encoder, progress: Progress, *, anew: bool = False
) -> tuple[MilvusIndex | None, int]:
    """Make the index hold what the store holds; returns it and how many articles left it. None for an empty store.

    `anew` fills another collection and switches to it when it is whole; the one before serves until then. Raises
    IndexUnavailableError, IndexMismatchError, IndexMissingError, StoreError.
    """
    ledger = Ledger(store)
    before = ledger.entry(place.name)
    if before is None and store.count() == 0:
        return None, 0
    if before is None or anew:
        entry = _new(place, ledger, encoder, before.generation + 1 if before else 1)
    else:
        check_entry(before, encoder, place)
        entry = before
    collection = Collection(place.uri, place.token, entry.collection)
    store.forget_replaced(ledger.replaced(before.collection) if before else {})
    writer = _Writer(collection, ledger, encoder, progress)
    writer.sweep()
    removed = writer.remove_gone()
    added = writer.add_stale(store)
    if before is None or anew:
        ledger.publish(place.name, entry)
        if before is not None:
            Collection(place.uri, place.token, before.collection).drop()
            ledger.forget(before.collection)
    elif removed or added:
        ledger.publish(place.name, replace(entry, generation=entry.generation + 1))
    return MilvusIndex(place, store, encoder), removed


def _new(place: Milvus, ledger: Ledger, encoder: Encoder, generation: int) -> Entry:
    """An empty collection; what a killed rebuild had put into one of its name is dropped."""
    entry = Entry(f"{place.name}_{generation:06d}", encoder.name, CHUNKING, generation)
    ledger.forget(entry.collection)
    Collection(place.uri, place.token, entry.collection).create(encoder.dimension, place.kind)
    return entry


class _Writer:
    """Changes to one collection, each written to Milvus, then to the ledger, then what it replaced taken out."""

    def __init__(self, collection: Collection, ledger: Ledger, encoder: Encoder, progress: Progress) -> None:
        self._collection = collection
        self._ledger = ledger
        self._encoder = encoder
        self._progress = progress

    def sweep(self) -> None:
        """Take the passages of dead versions out."""
        while dead := self._ledger.dead(self._collection.name, BATCH):
            self._collection.remove([passage_id(v, number) for v in dead for number in range(v.passages)])
            self._ledger.bury(self._collection.name, dead)

    def remove_gone(self) -> int:
        removed = 0
        while gone := self._ledger.gone(self._collection.name, BATCH):
            self._ledger.switch(self._collection.name, gone)
            self.sweep()
            removed += len(gone)
        return removed

    def add_stale(self, store: ArticleStore) -> int:
        total, done, last = self._ledger.stale_count(self._collection.name), 0, ""
        while stale := self._ledger.stale(self._collection.name, BATCH, last):
            self._add(list(store.get_many(stale).values()))
            self.sweep()
            done, last = done + len(stale), stale[-1]
            self._progress("encode", done, total)
        return done

    def _add(self, articles: list[Article]) -> None:
        versions, texts, places = [], [], []
        for article in articles:
            spans = split(article)
            version = Version(article.id, content_hash(article), len(spans))
            versions.append(version)
            for number, span in enumerate(spans):
                places.append((passage_id(version, number), version, span, article))
                texts.append(embedded_text(article, article.text[slice(*span)]))
        rows: list[dict[str, Any]] = []
        if texts:
            for (name, version, span, article), text, vector in zip(
                places, texts, self._encoder.encode(texts), strict=True
            ):
                rows.append(row(name, f"{version.hash}:{version.article}", span, article, text, vector))
        self._collection.put(rows)
        self._ledger.switch(self._collection.name, [], versions)


def passage_id(version: Version, number: int) -> int:
    """Return the id of a passage: of the same version always the same, so that writing it again changes nothing.

    63 bits: among 500 million passages the chance that any two share one is about one in a hundred.
    """
    name = f"{version.hash}:{version.article}:{number}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest()) >> 1
