"""What one question is worth by each measure that needs no threshold: values in [0, 1], more is better."""

from __future__ import annotations

from collections.abc import Sequence

from eval import retrieval
from eval.answers import contains, exact_match, token_f1
from eval.types import Outcome
from qa.digest import MAX_DIGEST

FROM_GOLD = "sentences from gold"  # the one measure that an answerable question may lack in one run and have in another


def scores(outcome: Outcome) -> dict[str, float]:
    """Return the values of an outcome; a measure that the question cannot be held to is left out.

    `right`: an accepted answer is said and a gold article cited; a set without answer strings is judged by the
    citations alone; an unanswerable question has no right answer. `right sentence first`: the sentence of the best
    reading holds an accepted answer and cites a gold article. `answer sentence hit`: some sentence does. `answer
    said`: an accepted answer is said, whatever is cited. `span exact match`, `span F1`: of the best reading's marked
    answer, else of the first sentence (SQuAD). `every part said`: of a question that needs several articles, the share
    of parts. Without answer strings, as of a digest: `gold articles told`, the share of the gold articles that are
    cited, of as many as a digest holds; `sentences from gold`, the share of sentences that cite one.
    """
    if not outcome.answerable:
        return {"right": 0.0}
    cites_gold = [any(c.article in outcome.gold for c in said.cited) for said in outcome.said]
    found = {"right": float(any(cites_gold) and (not outcome.answers or contains(outcome.text, outcome.answers)))}
    if outcome.answers:
        held = [contains(said.text, outcome.answers) for said in outcome.said]
        hits = [gold and holds for gold, holds in zip(cites_gold, held, strict=True)]
        first = outcome.said[outcome.first].text if outcome.said else ""
        span = outcome.spans[0] if outcome.spans else first
        found |= {
            "right sentence first": float(bool(hits) and hits[outcome.first]),
            "answer sentence hit": float(any(hits)),
            "answer said": float(contains(outcome.text, outcome.answers)),
            "span exact match": exact_match(span, outcome.answers),
            "span F1": token_f1(span, outcome.answers),
        }
    else:
        told = {c.article for c in outcome.cited if c.article in outcome.gold}
        found["gold articles told"] = min(1.0, len(told) / min(len(outcome.gold), MAX_DIGEST))
        if outcome.said:
            found[FROM_GOLD] = sum(cites_gold) / len(cites_gold)
    return found


def parts_said(text: str, parts: tuple[tuple[str, ...], ...]) -> float:
    """Return the share of a question's parts of which some accepted string is said."""
    return sum(contains(text, part) for part in parts) / len(parts)


def of_rankings(outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, float]]]:
    """Return {method: {measure: {question: value}}} of the answerable questions, by ir-measures and DPR's recall."""
    asked = [outcome for outcome in outcomes if outcome.answerable]
    methods = list(asked[0].rankings) if asked else []
    gold = {outcome.id: outcome.gold for outcome in asked}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for method in methods:
        found[method] = retrieval.per_question(gold, {o.id: o.rankings[method].articles for o in asked})
        for k in retrieval.ANSWER_DEPTHS:
            worded = [o for o in asked if "answer said" in o.scores]
            held = {o.id: retrieval.answer_recall(o.rankings[method].held, k) for o in worded}
            if held:
                found[method][f"answer recall@{k}"] = held
    return found


def settled(outcome: Outcome, threshold: float) -> float:
    """Return 1 for a right answer, or for saying nothing where there is nothing to say."""
    return outcome.scores["right"] if answered(outcome, threshold) else float(not outcome.answerable)


def answered(outcome: Outcome, threshold: float) -> bool:
    """Is the answer given at this threshold?"""
    return outcome.confidence >= threshold and bool(outcome.said)


def right(outcome: Outcome) -> bool:
    """Is what would be answered right?"""
    return bool(outcome.scores["right"])
