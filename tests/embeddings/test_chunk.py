"""Passages: exact slices, inside both limits, cut where a reader would cut."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Article
from embeddings.chunk import MAX_PIECES, MAX_TOKENS, context, embedded_text, split
from embeddings.sentences import sentence_spans
from embeddings.tokens import clip_pieces, count_pieces, count_tokens

SENTENCE = "The quick brown fox jumps over the lazy dog near the old river bank today. "  # 16 tokens


def article(text: str, title: str = "A title", published: date | None = date(2020, 3, 16)) -> Article:
    return Article("a", None, title, text, published, None)


def check(piece: Article) -> list[tuple[int, int]]:
    spans = split(piece)
    texts = [piece.text[start:end] for start, end in spans]
    covered = set()
    previous = 0
    for start, end in spans:
        assert previous <= start < end
        covered.update(range(start, end))
        previous = end
    assert {at for at, character in enumerate(piece.text) if not character.isspace()} <= covered
    assert all(text == text.strip() for text in texts)
    assert all(count <= MAX_TOKENS for count in count_tokens(texts))
    assert all(count <= MAX_PIECES for count in count_pieces([embedded_text(piece, text) for text in texts]))
    return spans


WORDS = st.lists(
    st.sampled_from(["Mask", "the", "U.S.", "9.5", "donated", "Zürich", "捐赠。", "—", "x" * 90]), max_size=40
)
TEXTS = st.lists(WORDS.map(lambda words: " ".join(words) + "."), max_size=12).map("\n\n".join)


@settings(max_examples=60)
@given(TEXTS | st.text(max_size=400), st.text(max_size=80))
def test_passages_are_disjoint_slices_that_cover_the_text_within_both_limits(text: str, title: str) -> None:
    check(article(text, title))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "x" * 5000,
        "捐" * 3000,
        "word " * 3000,
        "a" + " " * 3000 + "b. C d." + "\n" * 500 + "e",
        "clause one, clause two; " * 300,
        "🦊" * 900,
    ],
)
def test_text_without_sentences_is_cut_all_the_same(text: str) -> None:
    check(article(text.strip(), "Title " * 500))


def test_a_short_article_is_one_passage() -> None:
    text = "One fact.\n\nAnother fact."
    assert split(article(text)) == [(0, len(text))]


def test_cuts_fall_between_paragraphs_when_they_can() -> None:
    paragraph = (SENTENCE * 4).strip()
    text = "\n\n".join([paragraph] * 6)  # 64 tokens a paragraph: three fit
    cuts = [text[start:end] for start, end in check(article(text))]
    assert cuts == ["\n\n".join([paragraph] * 3)] * 2


def test_the_last_passage_is_not_a_scrap() -> None:
    text = (SENTENCE * 14).strip()  # 12 sentences fit; two would be left over
    sizes = count_tokens([text[start:end] for start, end in check(article(text))])
    assert len(sizes) == 2
    assert min(sizes) >= 100


def test_no_sentence_is_cut_unless_it_is_too_long() -> None:
    long = "He said that " + ", ".join(f"point number {n} matters to everyone" for n in range(60)) + "."
    text = f"{SENTENCE * 5}{long} {SENTENCE * 5}".strip()
    bounds = {end for _, end in sentence_spans(text)}
    long_start = text.index("He said")
    cuts = [end for _, end in check(article(text))]
    for cut in cuts:
        assert cut in bounds or (long_start < cut < long_start + len(long) and text[cut - 1] == ",")


def test_context_is_the_title_and_the_day() -> None:
    assert embedded_text(article("Body."), "Body.") == "A title — 16 March 2020\nBody."
    assert context(article("Body.", published=None)) == "A title"
    assert embedded_text(article("Body.", title="", published=None), "Body.") == "Body."


def test_a_runaway_title_is_clipped_at_a_word_piece() -> None:
    assert clip_pieces("one two three", 2) == "one two"
    assert count_pieces([context(article("Body.", "word " * 400))])[0] == 48 + 4


def test_counts_match_the_tokenizers_documentation() -> None:
    assert count_tokens(["tiktoken is great!", ""]) == [6, 0]
    assert count_pieces(["unaffable"]) == [3]  # una ##ffa ##ble
