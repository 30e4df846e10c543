"""The index in Milvus, opened for search: the same answers to the same calls as the one in files."""

from __future__ import annotations

from archive.store import ArticleStore
from embeddings.chunk import CHUNKING
from embeddings.errors import IndexMismatchError, IndexMissingError
from embeddings.index import DEPTH, Candidates, Match, Mode, ranked
from embeddings.milvus.collection import Collection, Found
from embeddings.milvus.ledger import Entry, Ledger
from embeddings.placement import Milvus
from embeddings.types import Encoder, Filters


def generation_of(entry: Entry) -> str:
    return f"milvus-{entry.generation:06d}"


class MilvusIndex:
    """What a collection holds, as far as the ledger calls it live. Thread-safe; sees changes as they are made."""

    def __init__(self, place: Milvus, store: ArticleStore, encoder: Encoder) -> None:
        self._ledger = Ledger(store)
        entry = self._ledger.entry(place.name)
        if entry is None:
            raise IndexMissingError(f"Milvus at {place.uri}: no index {place.name!r} yet; run `askive ingest`")
        check_entry(entry, encoder, place)
        self._collection = Collection(place.uri, place.token, entry.collection)
        if not self._collection.load():
            raise IndexMissingError(
                f"Milvus at {place.uri}: the collection {entry.collection} is gone; run `askive rebuild`"
            )
        self._encoder = encoder
        self.generation = generation_of(entry)
        self.article_count, self.passages = self._ledger.counts(entry.collection)

    def articles(self) -> dict[str, str]:
        """Return the content hash of each article that is indexed."""
        return self._ledger.hashes(self._collection.name)

    def hash_of(self, article_id: str) -> str | None:
        """Return the content hash of an article that is indexed, else None."""
        return self._ledger.hashes(self._collection.name, [article_id]).get(article_id)

    def faults(self) -> list[str]:
        """Return how Milvus and the ledger disagree; none when all is well."""
        held, told = self._collection.count(), []
        if held != self.passages:
            told.append(f"the collection {self._collection.name} holds {held} passages of {self.passages}")
        return told

    def search(self, text: str, k: int, filters: Filters = Filters(), mode: Mode = "fused") -> list[Match]:  # noqa: B008
        """Return at most k passages, best first, none outside the filters. Raises IndexUnavailableError."""
        depth = max(DEPTH, k)
        vector = self._encoder.encode([text])[0] if mode != "lexical" else None
        near = self._collection.nearest(vector, depth, filters) if vector is not None else []
        said = self._collection.said(text, depth, filters, mode == "fused") if mode != "dense" else []
        found = self._live({each.id: each for each in (*said, *near)})
        dense = {each.id: each.score for each in near if each.id in found}
        lexical = {each.id: each.score for each in said if each.id in found}
        cosines = dict(dense)
        if mode == "fused" and vector is not None:
            cosines |= {
                each.id: float(each.vector @ vector)
                for each in said
                if each.id in lexical and each.id not in dense and each.vector is not None
            }
        return ranked(
            Candidates(dense, lexical, cosines),
            k,
            mode,
            {p: (_article(each), each.start, each.end) for p, each in found.items()},
            {_article(each): each.published for each in found.values() if each.published},
            {_article(each): _hash(each) for each in found.values()},
        )

    def _live(self, found: dict[int, Found]) -> dict[int, Found]:
        """Only what the ledger calls live: not the half of a change, nor what a killed writer left."""
        if not found:
            return {}
        hashes = self._ledger.hashes(self._collection.name, {_article(each) for each in found.values()})
        return {p: each for p, each in found.items() if hashes.get(_article(each)) == _hash(each)}


def check_entry(entry: Entry, encoder: Encoder, place: Milvus) -> None:
    """Raise IndexMismatchError unless the index was built with this encoder and this chunking."""
    for what, built, asked in (("model", entry.model, encoder.name), ("chunking", entry.chunking, CHUNKING)):
        if built != asked:
            raise IndexMismatchError(
                f"Milvus at {place.uri}: {place.name} was built with {what} {built}, asked for {asked}; "
                "run `askive rebuild`"
            )


def _article(found: Found) -> str:
    return found.version.partition(":")[2]


def _hash(found: Found) -> str:
    return found.version.partition(":")[0]
