"""Conversations: what was asked and answered so far, until its reader deletes it."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.conversations import UnknownConversationError
from api.problems import documented
from api.service import Service
from api.workers import Workers


def conversations_router(service: Service, workers: Workers) -> APIRouter:
    router = APIRouter()

    @router.get("/v1/conversations/{conversation_id}", responses=documented(404), operation_id="read_conversation")
    async def conversation(conversation_id: str) -> JSONResponse:
        """The turns of a conversation, oldest first, each with the answer as it was given."""
        turns = await workers.look(lambda: service.conversations.turns(conversation_id))
        views = [
            {
                "answer_id": turn.id,
                "at": datetime.fromtimestamp(turn.at, UTC).isoformat(timespec="seconds"),
                "question": turn.asked,
                "standalone": turn.standalone,
                "answer": turn.answer,
            }
            for turn in turns
        ]
        return JSONResponse({"id": conversation_id, "turns": views})

    @router.delete(
        "/v1/conversations/{conversation_id}",
        status_code=204,
        responses=documented(404),
        operation_id="delete_conversation",
    )
    async def delete(conversation_id: str) -> Response:
        """Delete a conversation with everything in it."""
        if not await workers.look(lambda: service.conversations.delete(conversation_id)):
            raise UnknownConversationError(f"there is no conversation {conversation_id!r}")
        return Response(status_code=204)

    return router
