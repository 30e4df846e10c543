"""Sentences out of a reply that comes in pieces, structured or not: the same whatever the pieces are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.llm.parse import MAX_REPLY, Said, SentenceStream

PLAIN = "The boat is new [1]. Dr. Aziz starts in July [2, 3]. It cost 2.4 million pounds."
STRUCTURED = '{"sentences": [{"text": "One is. Two is.", "sources": [2]}, {"sources": [1], "text": "Three \\"is\\"."}]}'


def read(reply: str, size: int = 3) -> list[Said]:
    stream = SentenceStream()
    found = [said for i in range(0, len(reply), size) for said in stream.feed(reply[i : i + size])]
    return [*found, *stream.close()]


@given(st.integers(1, 40))
def test_the_pieces_do_not_matter(size: int) -> None:
    assert read(PLAIN, size) == [
        Said("The boat is new.", (1,)),
        Said("Dr. Aziz starts in July.", (2, 3)),
        Said("It cost 2.4 million pounds.", ()),
    ]
    assert read(STRUCTURED, size) == [Said("One is.", (2,)), Said("Two is.", (2,)), Said('Three "is".', (1,))]
    assert read(f"```json\n{STRUCTURED}\n```", size) == read(STRUCTURED)


def test_a_sentence_is_given_before_its_item_ends() -> None:
    stream = SentenceStream()
    assert list(stream.feed('{"sentences": [{"sources": [2], "text": "One is. Two \\"is')) == [Said("One is.", (2,))]
    assert list(stream.feed('\\". Three."}')) == [Said('Two "is".', (2,)), Said("Three.", (2,))]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("- **The boat** is new [1].", [Said("The boat is new.", (1,))]),
        ("The boat is new. [1]\n", [Said("The boat is new.", (1,))]),
        ("The boat is new 【4】", [Said("The boat is new", (4,))]),
        ('{"sentences": [{"text": "Half', []),
        ('{"sentences": [{"text": "No sources."}]}', [Said("No sources.", ())]),
        ('{"sentences": [{"text": "Odd.", "sources": ["1", true, 2.0]}]}', [Said("Odd.", ())]),
        ('{"sentences": [{"text": 7, "sources": [1]}]}', []),
        ("", []),
        ("   \n", []),
    ],
)
def test_what_a_reply_says(reply: str, said: list[Said]) -> None:
    assert read(reply) == said


@given(st.text(max_size=300))
def test_garbage_is_never_an_error(reply: str) -> None:
    read(reply)
    read('{"sentences": [{"text": ' + reply)


def test_a_reply_without_end_is_not_read_for_ever() -> None:
    assert read("x" * (MAX_REPLY + 10), 1000) == []
