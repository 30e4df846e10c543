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

    `anew` fills another collection and switches to it when it is whole; the one before serves until then. A fill that
    was killed, a first one or one anew, is gone on with by the next. Raises IndexUnavailableError, IndexMismatchError,
    IndexMissingError, StoreError.
    """
    ledger = Ledger(store)
    _drop_outgoing(place, ledger)
    before, begun = ledger.entry(place.name), ledger.filling(place.name)
    if begun is not None:  # whatever this writer is for: what was deleted is not to lie there until the next rebuild
        half = Collection(place.uri, place.token, begun.collection)
        if half.exists():
            _Writer(half, ledger, encoder, progress).remove_gone()
    if before is None and store.count() == 0:
        return None, 0
    generation = before.generation + 1 if before else 1
    if before is None or anew:
        entry = _to_fill(place, ledger, encoder, begun, generation)
    else:
        check_entry(before, encoder, place)
        entry = before
    collection = Collection(place.uri, place.token, entry.collection)
    store.forget_replaced(ledger.replaced(before.collection) if before else {})
    writer = _Writer(collection, ledger, encoder, progress)
    removed = writer.remove_gone()
    added = writer.add_stale(store)
    if before is None or anew:
        ledger.publish(place.name, replace(entry, chunking=CHUNKING, generation=generation))
        _drop_outgoing(place, ledger)
    elif removed or added:
        ledger.publish(place.name, replace(entry, generation=generation))
    return MilvusIndex(place, store, encoder), removed


def _drop_outgoing(place: Milvus, ledger: Ledger) -> None:
    """Drop the collection that served before a rebuild, by that rebuild or, when it was killed, by the next writer."""
    outgoing = ledger.outgoing(place.name)
    if outgoing is not None:
        Collection(place.uri, place.token, outgoing.collection).drop()
        ledger.forget(outgoing.collection)


def _to_fill(place: Milvus, ledger: Ledger, encoder: Encoder, begun: Entry | None, generation: int) -> Entry:
    """The collection that a killed fill had begun, if it is what this one would make; else an empty one."""
    name = begun.collection if begun else f"{place.name}_{generation:06d}"
    # With the kind, until it serves: who stops a rebuild to choose another does not want the first one filled.
    entry = Entry(name, encoder.name, f"{CHUNKING} {place.kind}", generation)
    collection = Collection(place.uri, place.token, name)
    if begun is not None and replace(begun, generation=generation) == entry:
        # Counted, for the ledger may be of an older backup than Milvus; with none live nothing is lost by beginning.
        passages = ledger.counts(name)[1]
        if passages and collection.load() and collection.count() == passages:
            return entry
    ledger.begin(place.name, entry)
    collection.create(encoder.dimension, place.kind)
    return entry


class _Writer:
    """Changes to one collection: noted, written to Milvus, switched to in the ledger, what they replace taken out."""

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
        """Take out what a killed writer left and what is stored no more; returns how many articles that were live."""
        self.sweep()
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
        self._ledger.note(self._collection.name, versions)
        self._collection.put(rows)
        self._ledger.switch(self._collection.name, [], versions)


def passage_id(version: Version, number: int) -> int:
    """Return the id of a passage: of the same version always the same, so that writing it again changes nothing.

    63 bits: among 500 million passages the chance that any two share one is about one in a hundred.
    """
    name = f"{version.hash}:{version.article}:{number}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest()) >> 1
