"""haystack-ai, as its tutorial "Creating a Hybrid Retrieval Pipeline" has it, with our embedding model.

Chunks of 512 words that share 32, BM25 and embeddings in the in-memory store. The tutorial orders what both return by
a cross-encoder that is not at hand without a network; DocumentJoiner's reciprocal rank fusion does it here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from archive.types import Article


def build(articles: Iterable[Article], model: str) -> HaystackPeer:
    """Return haystack over the articles."""
    store = InMemoryDocumentStore()
    indexing = Pipeline()
    indexing.add_component("splitter", DocumentSplitter(split_by="word", split_length=512, split_overlap=32))
    indexing.add_component("embedder", SentenceTransformersDocumentEmbedder(model=model, progress_bar=False))
    indexing.add_component("writer", DocumentWriter(store))
    indexing.connect("splitter", "embedder")
    indexing.connect("embedder", "writer")
    documents = [Document(content=f"{a.title}\n\n{a.text}", meta={"article": a.id}) for a in articles]
    indexing.run({"splitter": {"documents": documents}})
    return HaystackPeer(store, model)


def load(folder: Path, model: str) -> HaystackPeer:
    """Return what was saved to a folder."""
    return HaystackPeer(InMemoryDocumentStore.load_from_disk(str(folder / "haystack.json")), model)


def _searching(store: InMemoryDocumentStore, model: str) -> Pipeline:
    search = Pipeline()
    search.add_component("text_embedder", SentenceTransformersTextEmbedder(model=model, progress_bar=False))
    search.add_component("embedding_retriever", InMemoryEmbeddingRetriever(store))
    search.add_component("bm25_retriever", InMemoryBM25Retriever(store))
    search.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    search.connect("text_embedder", "embedding_retriever")
    search.connect("bm25_retriever", "joiner")
    search.connect("embedding_retriever", "joiner")
    return search


class HaystackPeer:
    def __init__(self, store: InMemoryDocumentStore, model: str) -> None:
        self._store = store
        self._pipeline = _searching(store, model)

    def save(self, folder: Path) -> None:
        self._store.save_to_disk(str(folder / "haystack.json"))

    def search(self, text: str, k: int) -> list[tuple[str, str]]:
        """Return (article id, chunk) of at most k chunks, best first."""
        found = self._pipeline.run(
            {
                "text_embedder": {"text": text},
                "embedding_retriever": {"top_k": k},
                "bm25_retriever": {"query": text, "top_k": k},
                "joiner": {"top_k": k},
            }
        )
        return [(document.meta["article"], document.content) for document in found["joiner"]["documents"]]
