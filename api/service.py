"""The parts wired together: one home opened for questions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.calibration import read_calibration
from api.conversations import Conversations, UnknownConversationError
from api.memory import give_back_memory
from api.settings import LLMSettings, Settings
from api.views import answer_view
from archive.errors import AskiveError, StoreError
from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import SearchIndex
from embeddings.placement import open_index, open_store, serving
from embeddings.search import Searcher
from embeddings.types import Encoder, Filters, Hit
from qa.assemble import build_composer, build_pipeline
from qa.baseline import BASELINE, BaselineReader
from qa.calibration import UNSCALED, Scaling
from qa.crossencoder import load_cross_encoder
from qa.followup import standalone
from qa.llm.client import OpenAIChat
from qa.llm.rewrite import LLMRewriter
from qa.pipeline import Event, Pipeline
from qa.question import understand
from qa.reader.hub import load_hub_reader
from qa.reader.runtime import load_reader
from qa.types import Answer, Question, Reader, Turn
from qa.when import until

_LOG = logging.getLogger("askive")
_PROBE = "Is anything new?"  # asked of the index to see that it answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in, before it is understood."""

    text: str
    as_of: date | None = None
    filters: Filters = field(default_factory=Filters)
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A generation open for questions; `pointer` is the name it was opened under, another's when that was damaged."""

    pointer: str
    index: SearchIndex
    searcher: Searcher
    pipeline: Pipeline


class Service:
    """A home that answers. It follows the index: after an ingest the next question sees the new generation whole."""

    def __init__(self, settings: Settings, store: ArticleStore, encoder: Encoder, reader: Reader) -> None:
        self.settings = settings
        self.store = store
        self._encoder = encoder
        self._reader = reader
        self._reranker = load_cross_encoder(settings.rerank.model) if settings.rerank.model else None
        chat = _chat(settings.llm, settings.llm_api_key)
        llm = settings.llm
        self._composer = build_composer(chat, self._reader, llm.prompt_tokens, llm.patience) if chat else None
        self._rewrite = LLMRewriter(chat, llm.patience / 2) if chat else standalone
        self._lock = threading.Lock()
        self._conversations: Conversations | None = None
        self._opened: _Opened | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Service:
        """Open a home; StoreError or EncoderError when it cannot be. A home without an index is not ready yet."""
        home = settings.home
        store = open_store(home, settings.placement())
        with ThreadPoolExecutor(1, thread_name_prefix="open") as beside:  # native code loads them: both at a time
            encoder = beside.submit(load_encoder, settings.encoder.model, home / "models")
            reader = _reader(settings, encoder.result)
            return cls(settings, store, encoder.result(), reader)

    @property
    def index(self) -> SearchIndex:
        return self._current().index

    @property
    def searcher(self) -> Searcher:
        return self._current().searcher

    @property
    def pipeline(self) -> Pipeline:
        return self._current().pipeline

    @property
    def encoder(self) -> Encoder:
        return self._encoder

    def understand(self, asked: Asked) -> Question:
        filters = asked.filters
        return understand(
            asked.text,
            history=asked.history,
            as_of=asked.as_of,
            published_from=filters.published_from,
            published_to=filters.published_to,
            sources=filters.sources,
            tags=filters.tags,
            known_sources=self.store.sources(),
            rewrite=self._rewrite,
        )

    def ask(self, asked: Asked) -> Answer:
        return self.pipeline.ask(self.understand(asked))

    def converse(self, asked: Asked, conversation: str | None) -> Iterator[Event]:
        """Yield the events of one answer, kept as a turn of `conversation` (None begins a new one).

        An answer that cannot be kept (a home that may only be read, a full disk, a conversation that was deleted
        meanwhile) is given all the same, without ids.
        """
        for event in self.pipeline.stream(self.understand(asked)):
            yield Event("answer", self._kept(event.data, conversation)) if event.kind == "answer" else event

    def history(self, conversation: str | None) -> tuple[Turn, ...]:
        """Return the turns so far; UnknownConversationError when there is no such conversation."""
        return tuple(kept.turn() for kept in self.conversations.turns(conversation)) if conversation else ()

    def _kept(self, answer: Answer, conversation: str | None) -> Answer:
        question = answer.question
        try:
            name, turn = self.conversations.keep(conversation, question.text, question.standalone, answer_view(answer))
        except UnknownConversationError:  # its reader wants nothing kept of it
            return answer
        except StoreError as error:
            _LOG.warning("the turn is not kept: %s", error)
            return answer
        return replace(answer, conversation_id=name, answer_id=turn)

    @property
    def conversations(self) -> Conversations:
        """The home's conversations, opened at their first use: a home that only answers needs none."""
        with self._lock:
            if self._conversations is None:
                bounds = self.settings.conversations
                self._conversations = Conversations(
                    self.settings.conversations_at(),
                    max_turns=bounds.max_turns,
                    max_age_days=bounds.max_age_days,
                    max_count=bounds.max_count,
                )
            return self._conversations

    def search(self, asked: Asked, k: int) -> list[Hit]:
        """Search with the caller's own filters only, and nothing published after `as_of`."""
        filters = until(asked.as_of, asked.filters)
        return self.searcher.search(asked.text, k, filters)

    def ready(self) -> str | None:
        """Return None when questions can be answered, else why not."""
        try:
            self._current()
        except AskiveError as error:
            return str(error)
        return None

    def state(self) -> dict[str, Any]:
        """Say whether questions can be answered, by searching and reading the store, and what to know besides."""
        try:
            opened = self._current()
            opened.searcher.search(_PROBE, 1)
            stored, indexed = self.store.count(), opened.index.article_count
        except AskiveError as error:
            return {"problem": str(error)}
        warnings = []
        if opened.index.generation != opened.pointer:
            damaged = opened.pointer or "index/CURRENT"
            warnings.append(f"{damaged} is damaged; {opened.index.generation} serves: run `askive rebuild`")
        if stored != indexed:
            warnings.append(f"{stored} articles are stored and {indexed} indexed: an ingest goes on, or run it again")
        return {
            "problem": None,
            "generation": opened.index.generation,
            "articles": stored,
            "passages": opened.index.passages,
            "warnings": warnings,
        }

    def pointer(self) -> str:
        """Return the name of the generation that is to serve; empty when none is, or that cannot be read."""
        return serving(self.settings.home, self.store, self.settings.placement())

    def close(self) -> None:
        self.store.close()
        if self._conversations is not None:
            self._conversations.close()

    def refresh(self) -> None:
        """Make sure that the next question is asked of the generation that is to serve now."""
        self._current(wait=True)

    def _current(self, *, wait: bool = False) -> _Opened:
        """What serves. One thread opens a new generation; until it is open the old one serves the others."""
        pointer, opened = self.pointer(), self._opened
        if opened is not None and pointer == opened.pointer:
            return opened
        if not self._opening.acquire(blocking=wait or opened is None) and opened is not None:
            return opened
        del opened  # or it would be in memory beside the new one for longer than it serves
        try:
            if self._opened is None or pointer != self._opened.pointer:
                self._opened = self._open(pointer, self._opened)
                give_back_memory()
            return self._opened
        finally:
            self._opening.release()

    def _open(self, pointer: str, before: _Opened | None) -> _Opened:
        try:
            index = open_index(self.settings.home, self.store, self._encoder, self.settings.placement())
        except AskiveError as error:
            if before is None:
                raise
            _LOG.warning("the index that is open serves on: %s", error)
            return replace(before, pointer=pointer)  # not tried again before the next switch
        searcher = Searcher(index, self.store)
        threshold, scaling = self._calibration()
        pipeline = build_pipeline(
            searcher,
            self.store,
            reader=self._reader,
            threshold=threshold,
            top_k=self.settings.answer.top_k,
            composer=self._composer,
            reranker=self._reranker,
            scaling=scaling,
        )
        return _Opened(pointer, index, searcher, pipeline)

    def _calibration(self) -> tuple[float | None, Scaling]:
        """What `askive eval --calibrate` wrote to the home, if it did; a threshold in the settings wins over its."""
        found = read_calibration(self.settings.home)
        threshold = self.settings.answer.threshold
        return (found.threshold if found and threshold is None else threshold), found.scaling if found else UNSCALED


def _reader(settings: Settings, encoder: Callable[[], Encoder]) -> Reader:
    model = settings.reader.model
    if model == BASELINE:
        return BaselineReader(encoder())
    return load_hub_reader(model) if model else load_reader(made=settings.home / "models")


def _chat(llm: LLMSettings, key: SecretStr | None) -> OpenAIChat | None:
    """The language model of the settings; LLMError names the extra when its client is not installed."""
    if not llm.base_url:
        return None
    return OpenAIChat(
        llm.base_url,
        llm.model,
        key.get_secret_value() if key else None,
        timeout=llm.timeout,
        deadline=3 * llm.timeout,
        retries=llm.retries,
        max_tokens=llm.max_tokens,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
