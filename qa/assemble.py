"""The default pipeline over an index and its store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from archive.store import ArticleStore
from embeddings.search import Searcher
from embeddings.sentences import sentence_spans
from embeddings.tokens import count_tokens
from embeddings.types import Hit
from qa.calibration import UNSCALED, Scaling
from qa.cite import cite
from qa.crossencoder import CrossEncoderRetriever
from qa.llm.client import Chat
from qa.llm.writer import PATIENCE, Checks, LLMComposer
from qa.pipeline import TOP_K, Pipeline
from qa.reader.runtime import load_reader
from qa.rerank import WeightedRanker
from qa.retrieve import HybridRetriever
from qa.types import Composer, Reader, Retriever
from qa.verify import QuoteVerifier, supports
from qa.write import ExtractiveWriter

# Below this probability of being right, calibrated by `python -m qa.fit`, the archive "does not say", until `askive
# eval --calibrate` fits it to an archive. How many unanswerable questions are answered at it: docs/reader.md.
DEFAULT_THRESHOLD = 0.55


def build_pipeline(
    searcher: Searcher,
    store: ArticleStore,
    *,
    reader: Reader | None = None,
    threshold: float | None = None,
    top_k: int = TOP_K,
    composer: Composer | None = None,
    reranker: Any = None,
    scaling: Scaling = UNSCALED,
) -> Pipeline:
    """Wire retrieval, the trained reader (or the one given), the extractive writer and the verifier.

    With a `composer` what the extractive writer found is said anew; without one its quotes are the answer. A
    `reranker` (`qa.crossencoder.load_cross_encoder`) orders the hits before they are read.
    """
    retriever: Retriever = HybridRetriever(searcher)
    if reranker is not None:
        retriever = CrossEncoderRetriever(retriever, reranker)

    def text_of(article_id: str) -> str | None:
        article = searcher.article(article_id)
        return article.text if article else None

    def copies(article_id: str, as_of: date | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(copy.source for copy in store.copies(article_id, as_of) if copy.source))

    threshold = DEFAULT_THRESHOLD if threshold is None else threshold
    return Pipeline(
        retriever,
        reader or load_reader(),
        ExtractiveWriter(copies, threshold, scaling),
        QuoteVerifier(text_of),
        ranker=WeightedRanker(),
        threshold=threshold,
        top_k=top_k,
        composer=composer,
        scaling=scaling,
    )


def build_composer(chat: Chat, reader: Reader, prompt_tokens: int, patience: float = PATIENCE) -> LLMComposer:
    """Wire a chat model to what holds it to the archive.

    `prompt_tokens` (cl100k_base) bounds what it is sent, `patience` (s) how long its first sentence is waited for.
    """

    def read_answer(question: str, hit: Hit, text: str) -> str:
        alone = replace(hit, passage=replace(hit.passage, text=text))
        return reader.read(question, [alone])[0].span

    def count(text: str) -> int:
        return count_tokens([text])[0]

    checks = Checks(cite, supports, sentence_spans, read_answer)
    return LLMComposer(chat, checks, count, prompt_tokens, patience)
