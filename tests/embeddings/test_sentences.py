"""Sentence bounds: hand-cut cases, and the properties every text must keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Ma gave masks. They went by air.", ["Mr. Ma gave masks.", "They went by air."]),
        (
            "The U.S. Senate met on Jan. 5 at 10 a.m. Friday. It voted.",
            ["The U.S. Senate met on Jan. 5 at 10 a.m. Friday.", "It voted."],
        ),
        ("He lives in the U.S. The move was hard.", ["He lives in the U.S.", "The move was hard."]),
        ("It paid US$2.5 billion. Shares rose 3.5 percent.", ["It paid US$2.5 billion.", "Shares rose 3.5 percent."]),
        ("“We are ready.” He left.", ["“We are ready.”", "He left."]),
        ("“Are you ready?” he asked. She was.", ["“Are you ready?” he asked.", "She was."]),
        ("Wait... what? Nothing.", ["Wait... what?", "Nothing."]),
        ("He waited… Then he left.", ["He waited…", "Then he left."]),
        ("Song No. 1 is hers. No. It is not.", ["Song No. 1 is hers.", "No.", "It is not."]),
        ("George W. Bush and J. K. Rowling met. Both spoke.", ["George W. Bush and J. K. Rowling met.", "Both spoke."]),
        ("1. Blake Shelton is top dog.", ["1. Blake Shelton is top dog."]),
        ("• One thing. • Another thing.", ["• One thing.", "• Another thing."]),
        (
            "Apple Inc. Chief Executive Tim Cook spoke. He sold Apple Inc. The price fell.",
            ["Apple Inc. Chief Executive Tim Cook spoke.", "He sold Apple Inc.", "The price fell."],
        ),
        ("Rep. Liz Cheney (R-Wyo.) voted no. So did others.", ["Rep. Liz Cheney (R-Wyo.) voted no.", "So did others."]),
        ("他说好。我们走吧！再见", ["他说好。", "我们走吧！", "再见"]),
        ("यह पहला वाक्य है। यह दूसरा है।", ["यह पहला वाक्य है।", "यह दूसरा है।"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("Sales doubled in 2019. In 2020 they fell.", ["Sales doubled in 2019.", "In 2020 they fell."]),
        (
            "A heading\n\nA paragraph without a stop\n\nThe end.",
            ["A heading", "A paragraph without a stop", "The end."],
        ),
        ("", []),
        (" \n\n ", []),
        ("...", ["..."]),
    ],
)
def test_cuts_as_a_person_would(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet=st.sampled_from('aB1. \n!?…。।"”(“’)\t\u2028,;U.S.Mr'), max_size=200) | st.text(max_size=200))
def test_slices_are_ordered_disjoint_and_cover_every_visible_character(text: str) -> None:
    spans = sentence_spans(text)
    covered = set()
    previous = 0
    for start, end in spans:
        assert previous <= start < end
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        assert "\n" not in text[start:end]
        covered.update(range(start, end))
        previous = end
    assert {at for at, character in enumerate(text) if not character.isspace()} <= covered


@pytest.mark.slow
@pytest.mark.parametrize("unit", [".", ". a", "a", "Mr. "])
def test_a_line_of_ten_megabytes_ends(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    spans = sentence_spans(text)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text.rstrip())
