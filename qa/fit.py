"""Fit the order of readings and the confidence on half of a question set, and report the other half.

    python -m qa.fit HOME QUESTIONS.jsonl --data ../shared/data/reader [--archive examples/archive --questions ...]

Questions are sorted by id, answerable and not; the first half of each is fitted on, the second only reported; each is
asked with its `as_of` and without. The reader's calibration split (examples it was not trained on, one passage each)
is fitted on too, so that the weights are not those of one kind of question. The order's loss is the listwise softmax
of Cao et al. 2007: -log of the share of the softmax that right readings have; the confidence is a logistic regression
of whether the first reading is right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from qa.evidence import Belief
from qa.fitting import Case, Floats, fit_belief, fit_order, leading, ranks
from qa.fitting_cases import from_examples, from_questions
from qa.reader.data import load_archive_examples, load_examples, load_written_examples
from qa.reader.measure import auroc
from qa.reader.runtime import load_reader
from qa.reader.train import articles_of
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
    parser.add_argument("--archive", type=Path, help="the archive whose own questions the reader was trained on")
    parser.add_argument("--questions", type=Path, help="those questions (examples/questions/train.jsonl)")
    parser.add_argument("--written", type=Path, help="questions on news of 2023 (examples/questions/news-2023.jsonl)")
    options = parser.parse_args()
    store = ArticleStore(options.home / "articles.sqlite")
    encoder = load_encoder(cache=options.home / "models")
    retriever = HybridRetriever(Searcher(Index.open(options.home / "index", encoder), store))
    reader = load_reader()
    examples = load_examples(options.data)
    if options.archive and options.questions:
        examples += load_archive_examples(options.questions, articles_of(options.archive))
    if options.written:
        examples += load_written_examples(options.written, options.data)
    held = from_examples(reader, examples)
    asked = {
        name: Halves(*from_questions(options.asked, retriever, reader, store.sources(), dated))
        for name, dated in (("with as_of", True), ("without", False))
    }
    fitted = [case for halves in asked.values() for case in halves.fitted]
    order = fit_order([*held, *fitted])
    shown = fit_order([case for case in fitted if case.answerable], articles=True)
    belief = fit_belief([*held, *fitted], order)
    print("order ", dict(zip(Weights.__dataclass_fields__, np.round(order, 3).tolist(), strict=True)))
    print("shown ", dict(zip(Weights.__dataclass_fields__, np.round(shown, 3).tolist(), strict=True)))
    print("belief", dict(zip(Belief.__dataclass_fields__, np.round(belief, 3).tolist(), strict=True)))
    shipped = np.array(astuple(Weights())), np.array(astuple(ARTICLES)), np.array(astuple(Belief()))
    for name, halves in asked.items():
        for part, cases in (("first half", halves.fitted), ("second half", halves.reported)):
            for label, weights in (("fitted", (order, shown, belief)), ("shipped", shipped)):
                _report(f"{name:10} {part:11} {label:8}", cases, *weights)
    for label, weights in (("fitted", (order, shown, belief)), ("shipped", shipped)):
        _report(f"{'calibration split':22} {label:8}", held, *weights)
    return 0


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
