"""Asking: one answer as JSON, or as server-sent events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from api.fields import SEEN, Day, Text
from api.observe import Observer
from api.problems import documented, streamed
from api.service import Asked, Service
from api.views import answer_view, hit_view, sentence_view
from api.workers import Workers
from embeddings.types import Filters
from qa.pipeline import Event
from qa.types import Answer, Sentence, Turn

MAX_QUESTION = 2000  # characters


class AskBody(BaseModel):
    """A question, the day it is asked from, and what may be cited."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    question: str = Field(min_length=1, max_length=MAX_QUESTION, json_schema_extra={"pattern": SEEN})
    as_of: Day | None = None
    published_from: Day | None = Field(None, alias="from")
    published_to: Day | None = Field(None, alias="to")
    sources: list[Text] = Field(default_factory=list, max_length=50)
    tags: list[Text] = Field(default_factory=list, max_length=50)
    conversation_id: str | None = Field(None, max_length=64)
    stream: StrictBool = False

    @field_validator("question")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not re.search(SEEN, value):
            raise ValueError("the question is empty")
        return value

    def asked(self, history: tuple[Turn, ...]) -> Asked:
        filters = Filters(self.published_from, self.published_to, tuple(self.sources), tuple(self.tags))
        return Asked(self.question, self.as_of, filters, history)


def ask_router(service: Service, workers: Workers, observer: Observer) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/v1/ask", responses=documented(404) | streamed(read="read_conversation", delete="delete_conversation")
    )
    async def ask(body: AskBody) -> Response:
        """Answer with cited quotes, or abstain; `stream` sends server-sent events instead of one JSON object."""
        history = await workers.look(service.history, body.conversation_id) if body.conversation_id else ()
        asked, conversation = body.asked(history), body.conversation_id
        if body.stream:
            events = workers.each(service.converse, asked, conversation)
            return StreamingResponse(_frames(events, asked.text, observer), media_type="text/event-stream")
        answer = await workers.run(_answer, service, asked, conversation)
        observer.answered(answer)
        return JSONResponse(answer_view(answer))

    return router


def _answer(service: Service, asked: Asked, conversation: str | None) -> Answer:
    answer: Answer = next(e.data for e in service.converse(asked, conversation) if e.kind == "answer")
    return answer


async def _frames(events: AsyncIterator[Event], asked: str, observer: Observer) -> AsyncIterator[str]:
    """Server-sent events of one answer."""
    yield _frame("status", {"stage": "understanding"})
    try:
        async for event in events:
            if isinstance(event.data, Answer):
                observer.answered(event.data)
            yield _frame(*_event(event, asked))
    except Exception as error:  # the stream has begun: the only way left to say so is an event
        yield _frame("error", {"detail": str(error) or type(error).__name__})


def _event(event: Event, asked: str) -> tuple[str, Any]:
    data = event.data
    if isinstance(data, Answer):
        return event.kind, answer_view(data)
    if isinstance(data, Sentence):
        return event.kind, sentence_view(data)
    if event.kind == "hits":
        return event.kind, {"hits": [hit_view(hit, asked) for hit in data]}
    return event.kind, data if isinstance(data, dict) else {"stage": data}


def _frame(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
