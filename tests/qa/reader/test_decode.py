from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decode import MAX_ANSWER_TOKENS, best_span, best_spans, passage_offsets, sentence_around
from qa.reader.head import head_of


def test_head_names_title_and_day_as_news_spells_it() -> None:
    assert head_of("A launch", date(2019, 7, 4)) == "A launch | July 4, 2019 | "
    assert head_of("A launch", None) == "A launch | "
    assert head_of("", None) == ""


def test_offsets_are_of_the_passage_and_leave_out_question_and_head() -> None:
    # [CLS] who [SEP] Title | Bob won [SEP]: the head "Title | " is 8 characters long
    offsets = [(0, 0), (0, 3), (0, 0), (0, 5), (6, 7), (8, 11), (12, 15), (0, 0)]
    segments = [None, 0, None, 1, 1, 1, 1, None]
    assert passage_offsets(offsets, segments, 8) == [None, None, None, None, None, (0, 3), (4, 7), None]


def test_best_span_and_its_margin_by_hand() -> None:
    starts = np.array([1.0, 9.0, 0.5, 3.0, 0.0], dtype=np.float32)
    ends = np.array([0.5, 9.0, 2.5, 0.0, 1.0], dtype=np.float32)
    # token 1 is of the question, so its 9.0 may not be used; (3, 4) gives 3 + 1 against a null span of 1 + 0.5
    assert best_span(starts, ends, [None, None, (0, 3), (4, 7), (8, 11)]) == (4, 11, 2.5)


def test_the_best_spans_of_other_sentences_follow() -> None:
    # Two sentences of two tokens each; the best span is token 3 alone (3 + 1), the other sentence's is 1 to 2 (2 + 1).
    starts = np.array([0.0, 2.0, 0.0, 3.0, 0.0], dtype=np.float32)
    ends = np.array([0.0, 0.5, 1.0, 1.0, 0.5], dtype=np.float32)
    offsets = [None, (0, 3), (4, 8), (9, 12), (13, 17)]
    assert best_spans(starts, ends, offsets, [(0, 8), (9, 17)], 3) == [(9, 12, 4.0), (0, 8, 3.0)]
    assert best_spans(starts, ends, offsets, [(0, 8), (9, 17)], 1) == [(9, 12, 4.0)]
    assert best_spans(starts, ends, [None] * 5, [(0, 8)], 3) == []


def test_a_passage_cut_away_has_no_span() -> None:
    assert best_span(np.zeros(3, np.float32), np.zeros(3, np.float32), [None, None, None]) is None


@given(
    st.lists(st.tuples(st.floats(-9, 9, width=32), st.floats(-9, 9, width=32), st.booleans()), min_size=2, max_size=60)
)
def test_best_span_is_that_of_trying_every_one(rows: list[tuple[float, float, bool]]) -> None:
    starts = np.array([row[0] for row in rows], dtype=np.float32)
    ends = np.array([row[1] for row in rows], dtype=np.float32)
    offsets = [None, *[(i, i + 1) if row[2] else None for i, row in enumerate(rows)][1:]]
    tried = [
        float(starts[i]) + float(ends[j])
        for i in range(len(rows))
        for j in range(i, min(len(rows), i + MAX_ANSWER_TOKENS))
        if offsets[i] and offsets[j]
    ]
    found = best_span(starts, ends, offsets)
    if not tried:
        assert found is None
    else:
        assert found is not None
        start, end, margin = found
        assert 0 < end - start <= MAX_ANSWER_TOKENS
        assert margin == pytest.approx(max(tried) - float(starts[0]) - float(ends[0]), abs=1e-4)


def test_the_sentence_is_the_one_around_the_span() -> None:
    text = "It opened in May. Mrs. Lee founded it in 1999. It closed."
    at = text.index("1999")
    start, end = sentence_around(text, at, at + 4)
    assert text[start:end] == "Mrs. Lee founded it in 1999."


def test_a_span_across_two_sentences_gets_both() -> None:
    text = "It opened in May. It closed in June. Nobody came."
    start, end = sentence_around(text, text.index("May"), text.index("June") + 4)
    assert text[start:end] == "It opened in May. It closed in June."


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_the_sentence_always_holds_the_span(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    first, last = sentence_around(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
