"""Hits ordered anew by a cross-encoder of the Hugging Face hub; one setting away (`rerank.model`), run by torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from embeddings.types import Hit
from qa.reader.errors import ReaderError
from qa.retrieve import placed, weighed
from qa.types import Question, Retriever


class CrossEncoderRetriever:
    """Another retriever's hits, scored one by one against the question by a sentence-transformers CrossEncoder."""

    def __init__(self, retriever: Retriever, model: Any) -> None:
        self._retriever = retriever
        self._model = model

    def retrieve(self, question: Question, k: int) -> list[Hit]:
        """Return the retriever's k hits, best first by the model's probabilities and what time and article add."""
        import torch

        hits = self._retriever.retrieve(question, k)
        if not hits:
            return []
        pairs = [(question.core, f"{hit.article.title}. {hit.passage.text}") for hit in hits]
        scores = self._model.predict(pairs, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
        scored = [replace(hit, score=float(score)) for hit, score in zip(hits, scores, strict=True)]
        return placed(sorted(weighed(question, scored), key=lambda hit: -hit.score))


def load_cross_encoder(name: str) -> Any:
    """Load a cross-encoder by hub name or local folder, e.g. "cross-encoder/ms-marco-MiniLM-L6-v2".

    Raises ReaderError when sentence-transformers is absent or the model cannot be had or gives more than one score.
    """
    try:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(name)
    except (ImportError, OSError, ValueError) as error:
        raise ReaderError(f"the cross-encoder {name!r} cannot be loaded: {str(error).splitlines()[0]}") from error
    if model.config.num_labels != 1:
        raise ReaderError(f"{name!r} gives {model.config.num_labels} scores a pair: choose a model trained to rank")
    return model
