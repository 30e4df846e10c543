"""The OpenAI protocol, so that any chat client can talk to the archive: chat completions and models.

What a client sets besides `messages` and `stream` (temperature, tools, ...) has no meaning here and is ignored.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from api.fields import SEEN, Text
from api.observe import Observer
from api.problems import ProblemError, documented, streamed
from api.routes.ask import MAX_QUESTION
from api.service import Asked, Service
from api.views import answer_view
from api.workers import Workers
from embeddings.tokens import count_tokens
from qa.followup import MAX_TURNS, standalone
from qa.types import Answer, Sentence, Turn

MODEL = "askive"
_EXCHANGES = 2 * MAX_TURNS  # the newest; a follow-up is understood from half of them, the oldest of those from the rest
_SOURCES = re.compile(r"\n\nSources:\n.*\Z", re.DOTALL)
# White space is tried once, from its start: from each of its places, a megabyte of it would take a quarter of an hour.
_NUMBERS = re.compile(r"(?<!\s)\s*+\[\d{1,2}\]")


_QUESTION: JsonDict = {  # for the schema: one message at least asks something
    "type": "object",
    "properties": {"role": {"const": "user"}, "content": {"type": "string", "pattern": SEEN}},
    "required": ["role", "content"],
}


class TextPart(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Text
    text: Text = ""


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Text
    content: Text | list[TextPart] | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: StrictBool = False


class ChatBody(BaseModel):
    """A chat; its last user message is the question, what comes before it the conversation."""

    model_config = ConfigDict(extra="ignore")

    model: Text = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=400, json_schema_extra={"contains": _QUESTION})
    stream: StrictBool = False
    stream_options: StreamOptions | None = None

    def asking(self) -> int:
        """Return the place of the message that is the question; ProblemError when none asks, or it is too long."""
        for place in range(len(self.messages) - 1, -1, -1):
            message = self.messages[place]
            if message.role == "user" and re.search(SEEN, text := message.text()):
                if len(text) > MAX_QUESTION:
                    raise ProblemError(422, f"messages: a question has at most {MAX_QUESTION} characters")
                return place
        raise ProblemError(422, "messages: there is no user message that asks something")

    def asked(self, place: int) -> Asked:
        """Return the question and the conversation before it; of a long one that is a worker's job."""
        return Asked(self.messages[place].text(), history=_turns(self.messages[:place]))


def openai_router(service: Service, workers: Workers, observer: Observer) -> APIRouter:
    router = APIRouter()
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "askive"}

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        """The one model there is: the archive."""
        return {"object": "list", "data": [model]}

    @router.get("/v1/models/{name}", responses=documented(404))
    async def one_model(name: str) -> dict[str, Any]:
        if name != MODEL:
            raise ProblemError(404, f"there is no model {name!r}; the archive is called {MODEL!r}")
        return model

    @router.post("/v1/chat/completions", responses=streamed())
    async def completions(body: ChatBody) -> Response:
        """Answer a chat from the archive: numbered sources at the end, citations in the extension field `askive`."""
        place, reply = body.asking(), _Reply(body)
        if body.stream:
            parts = workers.each(_parts, service, body, place, reply)
            return StreamingResponse(_chunks(parts, reply, observer), media_type="text/event-stream")
        answer, whole = await workers.run(_whole, service, body, place, reply)
        observer.answered(answer)
        return JSONResponse(whole)

    return router


def _whole(service: Service, body: ChatBody, place: int, reply: _Reply) -> tuple[Answer, dict[str, Any]]:
    answer = service.ask(body.asked(place))
    return answer, reply.whole(answer)


def _parts(service: Service, body: ChatBody, place: int, reply: _Reply) -> Iterator[str | Answer]:
    """Yield the chunks of a stream, and among them the answer when it is known."""
    said = 0
    for event in service.pipeline.stream(service.understand(body.asked(place))):
        if isinstance(event.data, Sentence):
            yield reply.chunk({"content": (" " if said else "") + _said(event.data)})
            said += 1
        elif isinstance(event.data, Answer):
            yield event.data
            rest = content(event.data).removeprefix(" ".join(map(_said, event.data.sentences)))
            yield reply.chunk({"content": rest})
            yield reply.chunk({}, finish="stop", askive=answer_view(event.data))
            if reply.wants_usage:
                yield reply.usage_chunk(content(event.data))


async def _chunks(parts: AsyncIterator[str | Answer], reply: _Reply, observer: Observer) -> AsyncIterator[str]:
    yield reply.chunk({"role": "assistant", "content": ""})
    try:
        async for part in parts:
            if isinstance(part, Answer):
                observer.answered(part)
            else:
                yield part
    except Exception as error:  # the stream has begun: the protocol's way to say so is an error object
        yield f"data: {json.dumps({'error': {'message': str(error), 'type': 'server_error'}})}\n\n"
    yield "data: [DONE]\n\n"


def content(answer: Answer) -> str:
    """Return an answer as a chat message: cited sentences and numbered sources, or the abstention's reason."""
    if answer.status == "abstained":
        nearest = "".join(f"\n- {hit.article.title} ({hit.article.published or 'undated'})" for hit in answer.hits[:3])
        return f"{answer.reason}{nearest}"
    text = " ".join(map(_said, answer.sentences))
    sources = [
        f"[{c.number}] {c.title} — {c.source or 'unnamed'}, {c.published or 'undated'}"
        + (f"\n{c.link}" if c.link else "")
        for c in answer.citations
    ]
    note = f"\n\n({answer.reason})" if answer.reason else ""
    return f"{text}{note}\n\nSources:\n" + "\n".join(sources)


def _said(sentence: Sentence) -> str:
    return f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"


def _turns(messages: list[ChatMessage]) -> tuple[Turn, ...]:
    """The newest exchanges before the question, each question as it was understood then, without our source lists."""
    exchanges: list[tuple[str, str]] = []
    asked = ""
    for message in messages:
        if message.role == "user":
            asked = message.text()[:MAX_QUESTION]
        elif message.role == "assistant" and asked:
            exchanges.append((asked, message.text()))
            asked = ""
    turns: list[Turn] = []
    for asked, answer in exchanges[-_EXCHANGES:]:
        turns.append(Turn(standalone(asked, turns), _NUMBERS.sub("", _SOURCES.sub("", answer))))
    return tuple(turns)


class _Reply:
    """The shapes of one reply in the protocol."""

    def __init__(self, body: ChatBody) -> None:
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._prompt = [message.text() for message in body.messages]
        self.wants_usage = bool(body.stream_options and body.stream_options.include_usage)

    def whole(self, answer: Answer) -> dict[str, Any]:
        said = content(answer)
        message = {"role": "assistant", "content": said, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self._usage(said),
            "askive": answer_view(answer),
        }

    def chunk(
        self, delta: dict[str, Any], *, finish: Literal["stop"] | None = None, askive: dict[str, Any] | None = None
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        extension = {"askive": askive} if askive else {}
        return self._frame({"choices": [choice], **extension})

    def usage_chunk(self, said: str) -> str:
        return self._frame({"choices": [], "usage": self._usage(said)})

    def _frame(self, rest: dict[str, Any]) -> str:
        return f"data: {json.dumps({**self._head('chat.completion.chunk'), **rest}, ensure_ascii=False)}\n\n"

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}

    def _usage(self, said: str) -> dict[str, int]:
        asked, answered = sum(count_tokens(self._prompt)), count_tokens([said])[0]
        return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}
