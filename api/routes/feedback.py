"""Thumbs and comments: kept with the question, the answer and its hits, so that complaints become tests."""

from __future__ import annotations

import time
import uuid
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.conversations import Feedback, Kept, UnknownConversationError
from api.problems import documented
from api.routes.ask import MAX_QUESTION
from api.service import Asked, Service
from api.views import answer_view
from api.workers import Workers
from qa.types import Turn

MAX_COMMENT = 4000  # characters


class FeedbackBody(BaseModel):
    """What a reader thought of an answer; `answer_id` names it, else the last answer to the question is meant."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    rating: Literal["up", "down"]
    comment: str | None = Field(None, max_length=MAX_COMMENT)
    conversation_id: str | None = Field(None, max_length=64)
    answer_id: str | None = Field(None, max_length=64)


def feedback_router(service: Service, workers: Workers) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/feedback", status_code=201, responses=documented(404))
    async def feedback(body: FeedbackBody) -> JSONResponse:
        """Keep a thumb and a comment for an answer."""
        return JSONResponse({"id": await workers.run(_rate, service, body)}, status_code=201)

    return router


def _rate(service: Service, body: FeedbackBody) -> str:
    found = _meant(service, body)
    if found is not None:
        answer, history = found[0].answer, found[1]
    else:  # no conversation to find it in: the answer as the archive gives it now
        answer, history = answer_view(service.ask(Asked(body.question))), ()
    name = uuid.uuid4().hex
    service.conversations.rate(
        Feedback(name, time.time(), body.question, body.rating, body.comment, tuple(history), answer)
    )
    return name


def _meant(service: Service, body: FeedbackBody) -> tuple[Kept, tuple[Turn, ...]] | None:
    """The turn that is rated and the turns before it."""
    if body.answer_id:
        return service.conversations.find(body.answer_id)
    if not body.conversation_id:
        return None
    turns = service.conversations.turns(body.conversation_id)
    for place in range(len(turns) - 1, -1, -1):
        if turns[place].asked.strip() == body.question.strip():
            return turns[place], tuple(turn.turn() for turn in turns[:place])
    raise UnknownConversationError(f"the conversation {body.conversation_id!r} holds no such question")
