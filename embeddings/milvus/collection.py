"""One Milvus collection of passages: its schema, what is put into it, and the two searches over it.

Words are cut and stemmed here, as the lexical half on one machine does it, and handed to Milvus's BM25 as text: its own
English analyser differs between versions, and Milvus Lite has none.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from archive.types import Article
from embeddings.errors import IndexUnavailableError
from embeddings.lexical import STEMMER
from embeddings.types import Filters, Vectors

SEARCH_SECONDS = 5.0  # until a search is given up
WRITE_SECONDS = 120.0
ROWS = 500  # of a request: about 2 MB of 384-dimensional vectors and words, where gRPC allows 64
_NAME_BYTES = 1024  # of a source or a tag; the rest is cut off, in filters too
_WORDS_BYTES = 65_000  # Milvus allows 65,535
_MAX_WORDS = 64  # of a question, as in the lexical half
_TAGS = 1024  # of an article
PLACE = ["version", "start", "end", "published"]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search returned. `version` is its article's hash and id; `published` an ordinal, 0 for none."""

    id: int
    version: str
    start: int
    end: int
    published: int
    score: float
    vector: Vectors | None = None


class Collection:
    """A collection by name at a URI. Raises IndexUnavailableError, which names the URI, when Milvus does not answer."""

    def __init__(self, uri: str, token: str, name: str) -> None:
        self.name = name
        self._uri = uri
        with _reaching(uri):
            self._client = connect(uri, token)

    def create(self, dimension: int, kind: str) -> None:
        """Make it, empty, in place of what had its name; `kind` is Milvus's type of the dense index."""
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("version", DataType.VARCHAR, max_length=64)
        for name in ("start", "end", "published"):
            schema.add_field(name, DataType.INT64)
        schema.add_field("source", DataType.VARCHAR, max_length=_NAME_BYTES)
        tags = {"element_type": DataType.VARCHAR, "max_capacity": _TAGS, "max_length": _NAME_BYTES}
        schema.add_field("tags", DataType.ARRAY, **tags)
        analyzer = {"tokenizer": "standard", "filter": ["lowercase"]}
        schema.add_field("words", DataType.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params=analyzer)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, ["words"], ["sparse"]))
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index("dense", index_type=kind, metric_type="IP")  # of unit vectors: the cosine
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        for name in ("published", "source"):
            indexes.add_index(name, index_type="INVERTED")
        with _reaching(self._uri):
            self._client.drop_collection(self.name, timeout=WRITE_SECONDS)
            made = {"schema": schema, "index_params": indexes, "consistency_level": "Bounded"}
            self._client.create_collection(self.name, timeout=WRITE_SECONDS, **made)

    def drop(self) -> None:
        with _reaching(self._uri):
            self._client.drop_collection(self.name, timeout=WRITE_SECONDS)

    def exists(self) -> bool:
        with _reaching(self._uri):
            return bool(self._client.has_collection(self.name, timeout=SEARCH_SECONDS))

    def load(self) -> bool:
        """Have it ready for searching, as it is not after every restart of a server; False when there is none."""
        if not self.exists():
            return False
        with _reaching(self._uri):
            self._client.load_collection(self.name, timeout=WRITE_SECONDS)
            return True

    def put(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows, each in place of the one with its id."""
        for at in range(0, len(rows), ROWS):
            with _reaching(self._uri):
                self._client.upsert(self.name, list(rows[at : at + ROWS]), timeout=WRITE_SECONDS)

    def remove(self, ids: Sequence[int]) -> None:
        for at in range(0, len(ids), ROWS):
            with _reaching(self._uri):
                self._client.delete(self.name, ids=list(ids[at : at + ROWS]), timeout=WRITE_SECONDS)

    def count(self) -> int:
        with _reaching(self._uri):
            counted = self._client.query(
                self.name, output_fields=["count(*)"], timeout=WRITE_SECONDS, consistency_level="Strong"
            )
        return int(counted[0]["count(*)"])

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[Found]:
        """Return at most k passages by cosine to a unit vector of shape (dimension,), best first."""
        return self._search("dense", vector.tolist(), k, filters, PLACE)

    def said(self, text: str, k: int, filters: Filters, vectors: bool) -> list[Found]:
        """Return at most k passages by Milvus's BM25, best first, with their own vectors where those are wanted."""
        words = stemmed(text).split()[:_MAX_WORDS]
        if not words:
            return []
        found = self._search("sparse", " ".join(words), k, filters, [*PLACE, "dense"] if vectors else PLACE)
        return [replace(each, score=abs(each.score)) for each in found]  # Milvus Lite 3 gives BM25 with a minus

    def _search(self, field: str, query: Any, k: int, filters: Filters, fields: list[str]) -> list[Found]:
        import numpy as np

        asked = {
            "data": [query],
            "anns_field": field,
            "limit": k,
            "filter": expression(filters),
            "output_fields": fields,
        }
        try:
            with _reaching(self._uri):
                hits = self._client.search(self.name, timeout=SEARCH_SECONDS, **asked)[0]
        except IndexUnavailableError as error:
            if "load" not in str(error) or not self.load():
                raise
            with _reaching(self._uri):
                hits = self._client.search(self.name, timeout=SEARCH_SECONDS, **asked)[0]
        found = []
        for hit in hits:
            held = hit["entity"]
            vector = np.asarray(held["dense"], dtype=np.float32) if "dense" in fields else None
            place = (held["version"], held["start"], held["end"], held["published"])
            found.append(Found(hit["id"], *place, float(hit["distance"]), vector))
        return found


def row(id: int, version: str, span: tuple[int, int], article: Article, text: str, vector: Vectors) -> dict[str, Any]:
    """Return a passage as Milvus keeps it; `text` is what was encoded: the passage and its title."""
    return {
        "id": id,
        "version": version,
        "start": span[0],
        "end": span[1],
        "published": article.published.toordinal() if article.published else 0,
        "source": _cut(article.source or "", _NAME_BYTES),
        "tags": [_cut(tag, _NAME_BYTES) for tag in article.tags[:_TAGS]],
        "words": _cut(stemmed(text), _WORDS_BYTES) or "-",
        "dense": vector,
    }


def stemmed(text: str) -> str:
    return " ".join(STEMMER.analyze(text))


def expression(filters: Filters) -> str:
    """Return the filters as a condition of Milvus; names are quoted, never read as part of it."""
    parts = []
    if filters.published_from or filters.published_to:
        first = filters.published_from.toordinal() if filters.published_from else 1
        parts.append(f"published >= {first}")
    if filters.published_to:
        parts.append(f"published <= {filters.published_to.toordinal()}")
    if filters.sources:
        parts.append(f"source in [{_quoted(filters.sources)}]")
    if filters.tags:
        parts.append(f"array_contains_any(tags, [{_quoted(filters.tags)}])")
    return " and ".join(parts)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(json.dumps(_cut(name, _NAME_BYTES), ensure_ascii=False) for name in names)


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def connect(uri: str, token: str) -> Any:
    """Return a client; those of one URI share a connection. IndexUnavailableError names the extra if it is missing."""
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise IndexUnavailableError(
            "an index in Milvus needs the extra milvus: pip install 'askive[milvus]'"
        ) from error
    for noisy in ("pymilvus", "grpc._server"):  # tracebacks of what is raised as well, and of what Lite has not
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    return MilvusClient(uri, token=token, timeout=SEARCH_SECONDS)


@contextmanager
def _reaching(uri: str) -> Iterator[None]:
    try:
        yield
    except IndexUnavailableError:
        raise
    except Exception as error:  # pymilvus lets those of gRPC, of files and of its own through
        told = getattr(error, "message", None) or str(error) or type(error).__name__
        raise IndexUnavailableError(f"Milvus at {uri}: {str(told).splitlines()[0]}") from error
