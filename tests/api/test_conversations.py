"""Follow-ups are understood from the conversation kept; conversations are bounded, aged out and deletable."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx
import pytest

from api.conversations import Conversations, UnknownConversationError
from api.service import Asked, Service
from qa.types import Turn


def test_a_follow_up_is_understood_from_the_conversation(http: httpx.Client) -> None:
    first = http.post("/v1/ask", json={"question": "How many users does Wayfound have in India?"}).json()
    name = first["conversation_id"]
    assert name
    second = http.post("/v1/ask", json={"question": "And in Kenya?", "conversation_id": name}).json()
    assert second["question"]["standalone"] == "How many users does Wayfound have in Kenya?"
    assert (second["question"]["text"], second["conversation_id"]) == ("And in Kenya?", name)
    told = http.get(f"/v1/conversations/{name}").json()
    assert [turn["question"] for turn in told["turns"]] == [first["question"]["text"], "And in Kenya?"]
    assert told["turns"][1]["answer"] == second
    assert told["turns"][1]["answer_id"] == second["answer_id"]


def test_a_stream_keeps_its_turn_too(http: httpx.Client) -> None:
    body = {"question": "Who built the ferry Ardent?", "stream": True}
    told = http.post("/v1/ask", json=body).text
    name = told.split('"conversation_id": "')[1].split('"')[0]
    assert len(http.get(f"/v1/conversations/{name}").json()["turns"]) == 1


def test_a_deleted_conversation_is_gone(http: httpx.Client) -> None:
    name = http.post("/v1/ask", json={"question": "Who built the ferry Ardent?"}).json()["conversation_id"]
    assert http.delete(f"/v1/conversations/{name}").status_code == 204
    unknown = [
        http.get(f"/v1/conversations/{name}"),
        http.delete(f"/v1/conversations/{name}"),
        http.post("/v1/ask", json={"question": "And where?", "conversation_id": name}),
        http.post("/v1/ask", json={"question": "And where?", "conversation_id": name, "stream": True}),
    ]
    for response in unknown:
        assert response.status_code == 404
        assert response.json()["type"] == "urn:askive:problem:not-found"


def test_a_conversation_deleted_while_its_answer_is_made_stays_deleted(service: Service) -> None:
    begun = service.converse(Asked("Who built the ferry Ardent?"), None)
    name = next(event.data.conversation_id for event in begun if event.kind == "answer")
    events = service.converse(Asked("How many passengers does it carry?", history=service.history(name)), name)
    next(events)  # it is being answered
    assert service.conversations.delete(name)
    answer = next(event.data for event in events if event.kind == "answer")
    assert (answer.status, answer.conversation_id, answer.answer_id) == ("answered", None, None)
    with pytest.raises(UnknownConversationError):
        service.conversations.turns(name)


def test_a_turn_of_a_conversation_that_another_process_deleted_is_not_kept(tmp_path: Path) -> None:
    mine, other = Conversations(tmp_path / "c.sqlite"), Conversations(tmp_path / "c.sqlite")
    name, _ = mine.keep(None, "Q1", "Q1", {"text": ""})
    assert other.delete(name)
    with pytest.raises(UnknownConversationError, match=name):
        mine.keep(name, "Q2 secret", "Q2 secret", {"text": ""})
    with sqlite3.connect(tmp_path / "c.sqlite") as file:
        for table in ("conversations", "turns"):
            assert file.execute(f"select count(*) from {table}").fetchone()[0] == 0


def test_a_conversation_that_grows_too_old_while_its_answer_is_made_goes_on_whole(tmp_path: Path) -> None:
    clock = [0.0]
    kept = Conversations(tmp_path / "c.sqlite", max_age_days=1, max_count=1, now=lambda: clock[0])
    name, _ = kept.keep(None, "one", "one", {"text": ""})
    clock[0] = 86_399.0
    assert kept.turns(name)
    clock[0] = 86_401.0
    kept.keep(name, "two", "two", {"text": ""})
    assert [turn.asked for turn in kept.turns(name)] == ["one", "two"]


def test_a_conversation_is_bounded_in_length(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite", max_turns=2, now=iter(range(100)).__next__)
    name, _ = kept.keep(None, "one", "one", {"text": "1"})
    for asked in ("two", "three"):
        kept.keep(name, asked, asked, {"text": asked.upper()})
    assert [turn.turn() for turn in kept.turns(name)] == [Turn("two", "TWO"), Turn("three", "THREE")]


def test_hundreds_of_conversations_leave_the_newest(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite", max_count=20, now=iter(range(1, 100_000)).__next__)
    names = [kept.keep(None, f"{number}?", f"{number}?", {"text": ""})[0] for number in range(200)]
    assert kept.turns(names[-1])
    assert kept.turns(names[-20])
    with pytest.raises(UnknownConversationError):
        kept.turns(names[-22])
    with sqlite3.connect(tmp_path / "c.sqlite") as file:
        for table in ("conversations", "turns"):
            assert file.execute(f"select count(*) from {table}").fetchone()[0] <= 21


def test_a_conversation_is_bounded_in_age_and_leaves_nothing(tmp_path: Path) -> None:
    clock = [0.0]
    kept = Conversations(tmp_path / "c.sqlite", max_age_days=1, now=lambda: clock[0])
    old, answer = kept.keep(None, "old", "old", {"text": ""})
    clock[0] = 86_399.0
    assert kept.turns(old)
    clock[0] = 86_401.0
    with pytest.raises(UnknownConversationError, match=old):
        kept.turns(old)
    kept.keep(None, "new", "new", {"text": ""})
    with pytest.raises(UnknownConversationError, match=answer):
        kept.find(answer)


def test_an_answer_is_found_with_the_turns_before_it(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite")
    name, _ = kept.keep(None, "one?", "one?", {"text": "1"})
    _, second = kept.keep(name, "and two?", "two?", {"text": "2"})
    kept.keep(name, "three?", "three?", {"text": "3"})
    turn, before = kept.find(second)
    assert (turn.standalone, before) == ("two?", (Turn("one?", "1"),))
    assert turn.answer["answer_id"] == second
