"""What a model may put beside a quote: the quote's own statement, in its order, with nothing new and no doubt lost."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from embeddings.sentences import sentence_spans
from qa.llm.agree import agrees, leans, plain
from qa.verify import supports

QUOTE = "The new electric boat, named Ardent, was built by Marrow Yards in Denholm for 2.4 million pounds."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (QUOTE, QUOTE),
        ("The Ardent was built by Marrow Yards.", QUOTE),
        ("Ardent was built in Denholm for 2.4 million pounds.", QUOTE),
        (
            "Ride firm Hopp will not appeal against its fine.",
            "Ride firm Hopp will not appeal against its fine and will refund riders.",
        ),
        ("The company said homes were reconnected.", "The company said on Sunday that all homes were reconnected."),
    ],
)
def test_what_the_quote_says_may_be_shown(sentence: str, quote: str) -> None:
    assert agrees(sentence, quote, supports)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Marrow Yards was built by Ardent in Denholm.", QUOTE),  # turned round
        ("The Ardent was built for 2.5 million pounds.", QUOTE),  # another number
        ("The Ardent was built by Marrow Yards in Norway.", QUOTE),  # another place
        ("The Ardent was cheaply built by Marrow Yards.", QUOTE),  # a word of its own
        ("Hopp will appeal against its fine.", "Hopp will not appeal against its fine."),
        ("The council has a plan to close the pool.", "The council has dropped its plan to close the pool."),
        ("The bank closed the accounts.", "The bank may have closed the accounts."),
        ("The firm sold data.", "The firm denied that it sold data."),
        ("The old boat was faster.", "Skipper Ines Okafor said the old boat was faster."),  # whose word it is
        ("Users rose under 5 million.", "Users rose over 5 million."),
        ("The board fled to Peru.", '{"text": "The board fled to Peru."}'),  # stands there, and is said by nobody
        ("", QUOTE),
        ("Yes.", QUOTE),
    ],
)
def test_what_it_does_not_say_may_not(sentence: str, quote: str) -> None:
    assert not agrees(sentence, quote, supports)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Ardent <b>sails</b>.",
        "The [Ardent](https://evil.example) sails.",
        "See www.evil.example for the Ardent.",
        "The Ar\u200bdent sails.",
        "The \u202eArdent sails.",
        "The Ardent sails. " * 40,
    ],
)
def test_markup_links_and_the_invisible_are_not_plain(sentence: str) -> None:
    assert not plain(sentence)
    assert plain("The Ardent sails – “daily”, for £3.")


def rows(name: str) -> list[dict[str, str | bool]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def passes(shown: str, text: str) -> bool:
    """As the writer does it: held to each sentence of a text and each pair of them."""
    spans = sentence_spans(text)
    pairs = [(one[0], other[1]) for one, other in pairwise(spans)]
    return any(agrees(shown, text[start:end], supports) for start, end in [*spans, *pairs])


@pytest.mark.parametrize("row", rows("altered.jsonl"), ids=lambda row: f"{row['kind']}: {row['shown']}")
def test_what_alters_the_meaning_never_passes(row: dict[str, str]) -> None:
    assert not passes(row["shown"], row["quote"])
    assert passes(row["quote"], row["quote"]) or "." in row["quote"][:-1]  # what stands there may be shown


@pytest.mark.parametrize("row", rows("reworded.jsonl"), ids=lambda row: f"{row['kind']}: {row['shown']}")
def test_true_rewordings_pass_where_words_can_tell(row: dict[str, str]) -> None:
    assert passes(row["shown"], row["quote"]) == row["passes"]


@pytest.mark.parametrize("sentence", ["He died.", "They won.", "“It sank,” she said.", "Its owner died.", "This sank."])
def test_a_pronoun_leans_on_what_stands_before(sentence: str) -> None:
    assert leans(sentence)
    assert not leans(f"Ardent won. {sentence}")


@pytest.mark.parametrize(
    "text", ["On ² May, the yard closed.", "On ٣ May, it closed, ½, was.", ",", "the", "All", "said"]
)
def test_odd_signs_are_words_like_others(text: str) -> None:
    assert agrees(text, text, lambda *_: True)
