"""Chat completions from any OpenAI-compatible server, as a stream of text or one typed error."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol, TypedDict

from archive.errors import AskiveError


class LLMError(AskiveError):
    """The language model's server is dead, slow, refusing or talking garbage. Never carries a key."""


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


class Chat(Protocol):
    def stream(self, messages: Sequence[Message], sources: int) -> Iterator[str]:
        """Yield pieces of the reply as they come; `sources` extracts were numbered, 0 asks for plain text.

        Raises LLMError when the server fails at any point.
        """
        ...


def answer_schema(sources: int) -> dict[str, Any]:
    """What a server with structured output is asked for: sentences that each name their sources, 1 to `sources`."""
    sentence = {
        "type": "object",
        "properties": {
            # Sources first: a sentence can then be verified while the next one is still being said.
            "sources": {"type": "array", "items": {"enum": list(range(1, sources + 1))}, "minItems": 1, "maxItems": 2},
            "text": {"type": "string", "maxLength": 300},
        },
        "required": ["sources", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"sentences": {"type": "array", "maxItems": 4, "items": sentence}},
        "required": ["sentences"],
        "additionalProperties": False,
    }


class OpenAIChat:
    """A server that speaks the OpenAI protocol. Needs the extra `llm`.

    `timeout` bounds each wait for bytes and `deadline` the whole reply, both in seconds, so that a server that drips
    one token a minute is as dead as one that does not answer. Retries with back-off are the client's own.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        timeout: float = 10.0,
        deadline: float = 30.0,
        retries: int = 2,
        max_tokens: int = 400,
        structured: bool = True,
    ) -> None:
        try:
            import openai
        except ImportError as error:
            raise LLMError(
                "an LLM is configured but the openai client is missing: pip install 'askive[llm]'"
            ) from error
        self._openai = openai
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=retries)
        self._model = model
        self._deadline = deadline
        self._max_tokens = max_tokens
        self._structured = structured

    def stream(self, messages: Sequence[Message], sources: int) -> Iterator[str]:
        end = time.monotonic() + self._deadline
        try:
            with self._open(messages, sources) as chunks:
                for chunk in chunks:
                    if time.monotonic() > end:
                        raise LLMError(f"the language model took longer than {self._deadline:g} s")
                    for choice in chunk.choices[:1]:
                        if choice.delta.content:
                            yield choice.delta.content
        except LLMError:
            raise
        except Exception as error:  # a foreign server can break the client's parsing in any way it likes
            raise LLMError(f"the language model failed: {type(error).__name__}") from error

    def _open(self, messages: Sequence[Message], sources: int) -> Any:
        if self._structured and sources:
            try:
                return self._create(messages, answer_schema(sources))
            except (self._openai.BadRequestError, self._openai.UnprocessableEntityError):
                self._structured = False  # this server has no structured output; do not ask again
        return self._create(messages, None)

    def _create(self, messages: Sequence[Message], schema: dict[str, Any] | None) -> Any:
        wanted: Any = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": schema},
        }
        return self._client.chat.completions.create(
            model=self._model,
            messages=list(messages),  # type: ignore[arg-type]  # our TypedDict is the plain form of theirs
            max_tokens=self._max_tokens,
            temperature=0.0,
            stream=True,
            response_format=wanted if schema else self._openai.omit,
        )
