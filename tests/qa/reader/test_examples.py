from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa.reader.examples import HELD_OUT, Example, contains_any, occurrences, pieces, split_of, window

GOLD = Example("who won", "T", "", "Bob won.", ((0, 3),), ("Bob",), "nq", "gold", "who won")


def test_occurrences_are_whole_words_with_any_case_and_quotes() -> None:
    text = "Ann’s hat. ann's cat. Joann's bat."
    assert [text[a:b] for a, b in occurrences(text, "“Ann's”")] == ["Ann’s", "ann's"]
    assert occurrences(text, "  ") == []


def test_contains_any_does_not_match_inside_a_number() -> None:
    assert not contains_any("It cost 1,308 dollars", ("308 dollar", "30"))
    assert contains_any("It cost 308 dollars", ("308",))


def test_window_begins_a_sentence_before_the_answer() -> None:
    text = "One is here. Two is here. Three is here. Four is here."
    at = text.index("Three")
    cut, spans = window(text, [(at, at + 5)], 30, lead=1)
    assert cut == "Two is here. Three is here."
    assert [cut[a:b] for a, b in spans] == ["Three"]


@given(st.text(alphabet="ab .\n", max_size=200), st.data())
def test_window_keeps_the_answer_and_the_limit(text: str, data: st.DataObject) -> None:
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    cut, spans = window(text, [(start, end)], 60, lead=2)
    assert len(cut) <= max(60, 0) or len(text) <= 60
    assert [cut[a:b] for a, b in spans] == [text[start:end]]
    assert cut in text


@given(st.text(alphabet="ab.! \n”", max_size=80))
def test_pieces_are_slices_in_order(text: str) -> None:
    cuts = pieces(text)
    assert all(a < b for a, b in cuts)
    assert all(first[1] <= second[0] for first, second in pairwise(cuts))


def test_every_key_keeps_to_one_split() -> None:
    for source in HELD_OUT:
        assert split_of(replace(GOLD, source=source)) == split_of(replace(GOLD, source=source, question="other"))
    splits = [split_of(replace(GOLD, source="xquad", key=str(n))) for n in range(400)]
    assert 0.14 < splits.count("test") / 400 < 0.26
