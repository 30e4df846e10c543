"""The baseline reader on sentences whose order is plain."""

from __future__ import annotations

from fakes import HashedEncoder

from archive.types import Article
from embeddings.types import Hit, Passage
from qa.baseline import BaselineReader


def test_it_picks_the_sentence_that_shares_the_questions_words() -> None:
    text = "The library lends seeds. The ferry was built by Marrow Yards. It rained."
    hit = Hit(Passage(1, "a", text, 0, len(text)), Article("a", None, "t", text, None, None), 1.0, {})
    encoder = HashedEncoder()
    (reading,) = BaselineReader(encoder).read("Who built the ferry?", [hit])
    sentence = "The ferry was built by Marrow Yards."
    assert text[reading.start : reading.end] == sentence
    asked, said = encoder.encode(["Who built the ferry?", sentence])
    assert abs(reading.score - (float(asked @ said) + 1.0)) < 1e-6  # both content words, built and ferry, are shared


def test_no_hits_no_readings() -> None:
    assert BaselineReader(HashedEncoder()).read("Who?", []) == []
