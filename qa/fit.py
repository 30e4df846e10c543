"""Fit the order of readings and the confidence on half of a question set, and report the other half.

    python -m qa.fit HOME QUESTIONS.jsonl --data ../shared/data/reader --written examples/questions/news-2023.jsonl

Questions are sorted by id, answerable and not; the first half of each is fitted on, the second only reported; each is
asked with its `as_of` and without. The questions written on news of 2023 are asked of those articles (an archive that
is made in --news): the split the reader was calibrated on is fitted on too, so that the weights are not those of one
kind of question, and the split it was tested on is reported. The order's loss is the listwise softmax of Cao et al.
2007: -log of the share of the softmax that right readings have; the confidence is a logistic regression of whether the
first reading is right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from embeddings.types import Encoder
from qa.evidence import Belief
from qa.fitting import Case, Floats, fit_belief, fit_order, leading, ranks
from qa.fitting_cases import archive_of_news, balanced, from_questions, from_written
from qa.reader.data import load_written_examples
from qa.reader.measure import auroc
from qa.reader.runtime import load_reader
from qa.rerank import ARTICLES, Weights
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
    parser.add_argument("--news", type=Path, default=Path("build/news-2023"), help="the home of that archive")
    options = parser.parse_args()
    encoder, reader = load_encoder(cache=options.home / "models"), load_reader()
    archive_of_news(options.data, options.news, encoder)
    asked = {}
    with _opened(options.home, encoder) as (store, retriever):
        for name, dated in (("with as_of", True), ("without", False)):
            asked[name] = Halves(*from_questions(options.asked, retriever, reader, store.sources(), dated))
    news = [case for halves in asked.values() for case in halves.fitted]
    examples = load_written_examples(options.written, options.data)
    with _opened(options.news, encoder) as (store, retriever):
        kept = [from_written(examples, s, retriever, reader, store.sources()) for s in ("calibration", "test")]
    asked["written"] = Halves(balanced(kept[0], news), kept[1])
    fitted = [*news, *asked["written"].fitted]
    order = fit_order(fitted)
    shown = fit_order([case for case in news if case.answerable], articles=True)
    belief = fit_belief(fitted, order)
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
def _opened(home: Path, encoder: Encoder) -> Iterator[tuple[ArticleStore, HybridRetriever]]:
    store = ArticleStore(home / "articles.sqlite")
    yield store, HybridRetriever(Searcher(Index.open(home / "index", encoder), store))
    store.close()


def _report(label: str, cases: Sequence[Case], order: Floats, shown: Floats, belief: Floats) -> None:
    yes = [case for case in cases if case.answerable]
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
