"""Is what is said in what is cited? Numbers, names and nearly every word of a sentence must stand in its quotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qa.cite import CitationError
from qa.names import find_names
from qa.terms import content_stems, signed_numbers, tokens
from qa.types import Draft, Question

WORDS_A_SLIP = 8  # one content word in this many may differ: a paraphrased word passes, a new claim does not
_NEGATIONS = frozenset("not no never none nobody nothing neither nor without cannot".split())

# The text of an article by id; None when it is not in the archive.
ArticleText = Callable[[str], str | None]


def supports(sentence: str, quote: str) -> bool:
    """Does the quote say the sentence: same numbers and names, same negation, and nearly all its content words?"""
    if sentence == quote:  # also one of common words alone, "He did."
        return bool(sentence.strip())
    if not content_stems(sentence) or not signed_numbers(sentence) <= signed_numbers(quote):
        return False
    if negates(sentence) != negates(quote):
        return False
    known = set(tokens(quote))
    for name in find_names(sentence):
        if not set(tokens(name.text)) <= known:
            return False
    stems, available = content_stems(sentence), set(content_stems(quote))
    return sum(stem not in available for stem in stems) <= len(stems) // WORDS_A_SLIP


def negates(text: str) -> bool:
    """Does the text deny something: "not", "never", "cannot", "isn't"?"""
    return any(word in _NEGATIONS or word.endswith(("n't", "n’t")) for word in tokens(text))


class QuoteVerifier:
    """Checks every citation against the archive and every sentence against its citations."""

    def __init__(self, article_text: ArticleText) -> None:
        self._article_text = article_text

    def verify(self, question: Question, draft: Draft) -> Draft:  # noqa: ARG002  # the stage's Protocol
        """Return the draft without unsupported sentences; CitationError for a quote that does not resolve."""
        quotes: dict[int, str] = {}
        for citation in draft.citations:
            text = self._article_text(citation.article_id)
            if text is None or text[citation.start : citation.end] != citation.quote:
                raise CitationError(f"citation {citation.number} does not resolve in article {citation.article_id}")
            quotes[citation.number] = citation.quote
        kept = tuple(
            sentence
            for sentence in draft.sentences
            if sentence.citations and supports(sentence.text, " ".join(quotes[n] for n in sentence.citations))
        )
        if len(kept) == len(draft.sentences):
            return draft
        used = {number for sentence in kept for number in sentence.citations}
        return replace(draft, sentences=kept, citations=tuple(c for c in draft.citations if c.number in used))
