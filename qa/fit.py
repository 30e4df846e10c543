"""Fit the order of readings and the confidence on half of a question set, and report the other half.

    python -m qa.fit HOME QUESTIONS.jsonl --data ../shared/data/reader --written examples/questions/news-2023.jsonl

Questions are sorted by id, answerable and not; the first half of each is fitted on, the second only reported; each is
asked with its `as_of` and without. So that the weights are not those of one kind of question, two others are fitted on
as well, each with the split the reader was calibrated on, and reported with the one it was tested on: questions written
on news of 2023, asked of those articles, and questions that people asked a search engine (NQ, CLAP NQ), asked of the
passages they are on (those for the confidence alone: a passage there has no date and no neighbours, and the order gets
no better by it). Their archives are made under --made. The order's loss is the listwise softmax of Cao et al.
2007: -log of the share of the softmax that right readings have; the confidence is a logistic regression of whether the
first reading says the answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from embeddings.types import Encoder
from qa.evidence import Belief
from qa.fitting import Case, Floats, fit_belief, fit_order, judged, leading, ranks
from qa.fitting_cases import (
    archive_of_news,
    archive_of_passages,
    balanced,
    from_public,
    from_questions,
    from_written,
)
from qa.reader.data import load_examples, load_written_examples
from qa.reader.measure import auroc
from qa.reader.runtime import load_reader
from qa.rerank import ARTICLES, OF_ARTICLES, Weights
from qa.retrieve import HybridRetriever


@dataclass(frozen=True, slots=True)
class Halves:
    """Cases to fit on and cases to report."""

    fitted: list[Case]
    reported: list[Case]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("asked", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--data", type=Path, required=True, help="the folder of reader sets (shared/data/reader)")
    parser.add_argument("--written", type=Path, required=True, help="questions on them (examples/questions/news-2023)")
    parser.add_argument("--made", type=Path, default=Path("build/fit"), help="where the two archives are made")
    options = parser.parse_args()
    encoder, reader = load_encoder(cache=options.home / "models"), load_reader()
    written = load_written_examples(options.written, options.data)
    public = [example for example in load_examples(options.data) if example.source in ("nq", "clapnq")]
    archive_of_news(options.data, options.made / "news-2023", encoder)
    archive_of_passages(public, options.made / "passages", encoder)
    asked = {}
    with opened(options.home, encoder) as (store, retriever):
        for name, dated in (("with as_of", True), ("without", False)):
            asked[name] = Halves(*from_questions(options.asked, retriever, reader, store.sources(), dated))
    news = [case for halves in asked.values() for case in halves.fitted]
    with opened(options.made / "news-2023", encoder) as (store, retriever):
        kept = [from_written(written, s, retriever, reader, store.sources()) for s in ("calibration", "test")]
    asked["written"] = Halves(*kept)
    with opened(options.made / "passages", encoder) as (_, retriever):
        asked["public"] = Halves(*(from_public(public, s, retriever, reader) for s in ("calibration", "test")))
    order = fit_order([*news, *balanced(asked["written"].fitted, news)])
    without = [place for place, name in enumerate(Weights.__dataclass_fields__) if name not in OF_ARTICLES]
    shown = fit_order([case for case in news if case.answerable], articles=True, without=without)
    others = [balanced(judged(asked[name].fitted, order), news) for name in ("written", "public")]
    belief = fit_belief([*news, *chain.from_iterable(others)], order)
    print("order ", dict(zip(Weights.__dataclass_fields__, np.round(order, 3).tolist(), strict=True)))
    print("shown ", dict(zip(Weights.__dataclass_fields__, np.round(shown, 3).tolist(), strict=True)))
    print("belief", dict(zip(Belief.__dataclass_fields__, np.round(belief, 3).tolist(), strict=True)))
    shipped = np.array(astuple(Weights())), np.array(astuple(ARTICLES)), np.array(astuple(Belief()))
    for name, halves in asked.items():
        for part, cases in (("fitted on", halves.fitted), ("kept back", halves.reported)):
            for label, weights in (("fitted", (order, shown, belief)), ("shipped", shipped)):
                _report(f"{name:10} {part:11} {label:8}", cases, *weights)
    return 0


@contextmanager
def opened(home: Path, encoder: Encoder) -> Iterator[tuple[ArticleStore, HybridRetriever]]:
    """Yield the store of a home and a retriever over it; the store is closed after."""
    store = ArticleStore(home / "articles.sqlite")
    yield store, HybridRetriever(Searcher(Index.open(home / "index", encoder), store))
    store.close()


def _report(label: str, cases: Sequence[Case], order: Floats, shown: Floats, belief: Floats) -> None:
    yes = [case for case in cases if case.answerable]
    cases = judged(cases, order)
    first = [leading(case, order) for case in cases]
    sure: npt.NDArray[np.float64] = np.array([case.told[i] @ belief for case, i in zip(cases, first, strict=True)])
    right = np.array([case.right[i] for case, i in zip(cases, first, strict=True)])
    answerable = np.array([case.answerable for case in cases])
    figures = {**ranks(yes, shown), "right sentence": float(right[answerable].mean())}
    if not answerable.all():
        figures["AUROC"] = auroc(sure[answerable].tolist(), sure[~answerable].tolist())
    print(label, " ".join(f"{k} {v:.3f}" for k, v in figures.items()), f"({len(yes)} of {len(cases)} answerable)")


if __name__ == "__main__":
    sys.exit(main())
