"""llama-index, as its starter tutorial has it: `VectorStoreIndex.from_documents` with its own defaults, our model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from archive.types import Article


def build(articles: Iterable[Article], model: str) -> LlamaIndexPeer:
    """Return llama-index over the articles."""
    embedding = HuggingFaceEmbedding(model_name=model)
    documents = [Document(text=a.text, metadata={"title": a.title}, id_=a.id) for a in articles]
    return LlamaIndexPeer(VectorStoreIndex.from_documents(documents, embed_model=embedding))


def load(folder: Path, model: str) -> LlamaIndexPeer:
    """Return what was saved to a folder."""
    kept = StorageContext.from_defaults(persist_dir=str(folder))
    return LlamaIndexPeer(load_index_from_storage(kept, embed_model=HuggingFaceEmbedding(model_name=model)))


class LlamaIndexPeer:
    def __init__(self, index: Any) -> None:
        self._index = index

    def save(self, folder: Path) -> None:
        self._index.storage_context.persist(persist_dir=str(folder))

    def search(self, text: str, k: int) -> list[tuple[str, str]]:
        """Return (article id, chunk) of at most k chunks, best first."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(text)
        return [(each.node.ref_doc_id, each.node.get_content()) for each in found]
