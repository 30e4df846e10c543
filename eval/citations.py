"""Does what is cited carry what is said? Each quote against the archive, each sentence against its quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from archive.types import Article
from eval.answers import contains
from eval.types import Cited, Said
from qa.types import Answer, Citation, Sentence
from qa.verify import supports

# The archive's own article by id; None when it holds none.
Lookup = Callable[[str], Article | None]


def hold(answer: Answer, article: Lookup, as_of: date | None) -> tuple[Said, ...]:
    """Hold every sentence of an answer against what it cites, as ALCE does (Gao et al. 2023).

    What is cited is read from the archive, at the citation's place, never from the citation. A sentence is grounded
    when its citations together carry it (ALCE's recall); a citation is needed when it carries the sentence alone, or
    when the others do not without it (ALCE's precision counts it if the sentence is grounded too). ALCE asks an
    entailment model; here `carries` decides.
    """
    by_number = {citation.number: citation for citation in answer.citations}
    return tuple(_said(s, [by_number[n] for n in s.citations], article, as_of) for s in answer.sentences)


def carries(sentence: str, evidence: str) -> bool:
    """Does the sentence stand in the evidence, or does that say the same by `qa.verify.supports`?"""
    return stands_in(sentence, evidence) or supports(sentence, evidence)


def stands_in(sentence: str, evidence: str) -> bool:
    """Does the sentence stand in the evidence word by word, whatever its punctuation and case?"""
    return contains(evidence, [sentence])


def past(day: date | None, as_of: date | None) -> bool:
    """Was it published after the day asked from? What has no day may have been."""
    return as_of is not None and (day is None or day > as_of)


def _said(sentence: Sentence, citations: Sequence[Citation], article: Lookup, as_of: date | None) -> Said:
    held = [article(citation.article_id) for citation in citations]
    places = [a.text[c.start : c.end] if a else "" for a, c in zip(held, citations, strict=True)]
    together = " ".join(places)
    cited = []
    for i, (citation, found) in enumerate(zip(citations, held, strict=True)):
        alone = carries(sentence.text, places[i])
        day = found.published if found else citation.published
        cited.append(
            Cited(
                citation.article_id,
                citation.title,
                citation.source,
                day.isoformat() if day else None,
                citation.quote,
                citation.start,
                citation.end,
                resolves=found is not None and bool(citation.quote) and places[i] == citation.quote,
                late=past(day, as_of),
                supports=alone,
                needed=alone or not carries(sentence.text, " ".join(places[:i] + places[i + 1 :])),
            )
        )
    return Said(sentence.text, stands_in(sentence.text, together), carries(sentence.text, together), tuple(cited))
