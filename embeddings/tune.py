"""Show the fusion's constants on half of a question set, and what is shipped on the other half.

    python -m embeddings.tune HOME QUESTIONS.jsonl

Questions are sorted by id; the first half of the answerable ones is looked at, the second only reported. Articles are
ranked by their best passage. Each question is asked with its `as_of`, when nothing published later is searched, and
without.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.ids import article_id
from embeddings.encoder import load_encoder
from embeddings.fuse import COMPANY, DENSE_WEIGHT, fuse, plain_rrf
from embeddings.index import DEPTH, Candidates, Index, Mode
from embeddings.lexical import TITLE_BOOST
from embeddings.types import Filters

WEIGHTS = (0.2, 0.3, 0.35, 0.4, 0.5, 0.6)
MODES: tuple[Mode, Mode] = ("fused", "rrf")
TITLE_BOOSTS = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A question's candidates, the article of each passage, the day of each article, and the ids of the gold ones.

    `plain` is what the baselines are made of: BM25 without pairs of words.
    """

    found: Candidates
    plain: Candidates
    articles: Mapping[int, str]
    days: Mapping[str, int]
    gold: frozenset[str]


Scorer = Callable[[Case], Mapping[int, float]]


def main() -> int:
    if len(sys.argv) != 3:
        print(f"usage: python -m embeddings.tune HOME QUESTIONS.jsonl\n\n{__doc__}", file=sys.stderr)
        return 2
    home, questions = Path(sys.argv[1]), Path(sys.argv[2])
    index = Index.open(home / "index", load_encoder(cache=home / "models"))
    rows = sorted(map(json.loads, questions.read_text().splitlines()), key=lambda row: str(row["id"]))
    rows = [row for row in rows if row["answerable"]]
    half = len(rows) // 2
    for boost in TITLE_BOOSTS:
        cases = [_case(index, row, boost, dated=False) for row in rows[:half]]
        for weight in WEIGHTS:
            mrr, hit = measure(cases, _fused(weight, COMPANY))
            print(f"first half   dense {weight}, title {boost:<6} MRR@10 {mrr:.3f} hit@5 {hit:.3f}")
    for dated in (True, False):
        cases = [_case(index, row, TITLE_BOOST, dated=dated) for row in rows]
        for label, part in (("first half", cases[:half]), ("second half", cases[half:]), ("all", cases)):
            for method, score in METHODS.items():
                mrr, hit = measure(part, score)
                told = "with as_of" if dated else "without"
                print(f"{told:10} {label:11} {method:15} MRR@10 {mrr:.3f} hit@5 {hit:.3f} ({len(part)} questions)")
    return 0


def measure(cases: Iterable[Case], scorer: Scorer) -> tuple[float, float]:
    """Return (MRR@10, hit@5) of the gold articles, articles ranked by their best passage."""
    ranks = [_rank(case, scorer(case)) for case in cases]
    return (
        sum(1 / rank for rank in ranks if rank and rank <= 10) / len(ranks),
        sum(1 for rank in ranks if rank and rank <= 5) / len(ranks),
    )


def _rank(case: Case, scores: Mapping[int, float]) -> int | None:
    ordered = dict.fromkeys(case.articles[p] for p in sorted(scores, key=lambda p: (-scores[p], p)))
    return next((rank for rank, article in enumerate(ordered, 1) if article in case.gold), None)


def _case(index: Index, row: Mapping[str, object], title_boost: float, *, dated: bool) -> Case:
    filters = Filters(published_to=date.fromisoformat(str(row["as_of"]))) if dated else Filters()
    found, plain = (index.candidates(str(row["question"]), DEPTH, filters, mode, title_boost) for mode in MODES)
    passages = {*found.cosines, *plain.dense, *plain.lexical}
    urls = row["gold"] if isinstance(row["gold"], list) else []
    gold = frozenset(article_id(str(url), None, "", None) for url in urls)
    return Case(found, plain, {p: index.place(p)[0] for p in passages}, index.days(passages), gold)


def _fused(weight: float, company: float) -> Scorer:
    def score(case: Case) -> Mapping[int, float]:
        found = case.found
        return fuse(found.cosines, found.lexical, case.articles, case.days, weight=weight, company=company)

    return score


METHODS: Mapping[str, Scorer] = {
    "lexical": lambda case: case.plain.lexical,
    "dense": lambda case: case.plain.dense,
    "rrf": lambda case: plain_rrf([list(case.plain.dense), list(case.plain.lexical)]),
    "without company": _fused(DENSE_WEIGHT, 0.0),
    "fused": _fused(DENSE_WEIGHT, COMPANY),
}


if __name__ == "__main__":
    sys.exit(main())
