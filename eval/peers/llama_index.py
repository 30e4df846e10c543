"""llama-index, as its starter tutorial has it: `VectorStoreIndex.from_documents` with its own defaults, our model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llama_index.core import Document, VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from archive.types import Article


def build(articles: Iterable[Article], model: str) -> LlamaIndexPeer:
    """Return llama-index over the articles."""
    embedding = HuggingFaceEmbedding(model_name=model)
    documents = [Document(text=a.text, metadata={"title": a.title}, id_=a.id) for a in articles]
    return LlamaIndexPeer(VectorStoreIndex.from_documents(documents, embed_model=embedding))


class LlamaIndexPeer:
    def __init__(self, index: Any) -> None:
        self._index = index

    def search(self, text: str, k: int) -> list[tuple[str, str]]:
        """Return (article id, chunk) of at most k chunks, best first."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(text)
        return [(each.node.ref_doc_id, each.node.get_content()) for each in found]
