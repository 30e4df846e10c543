"""List what a language model puts on the page: `python -m qa.llm.measure HOME QUESTIONS.jsonl --base-url URL`.

Every sentence shown is printed with the quote it cites, so that a person can read them all; those the quote does not
support by `qa.verify.supports` are counted and make the exit status 1. The questions are also asked without the
model, to compare abstention. A small real server: `python tests/support/small_model.py`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from archive.store import ArticleStore
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from qa.assemble import build_composer, build_pipeline
from qa.llm.client import OpenAIChat
from qa.pipeline import Pipeline
from qa.question import understand
from qa.reader.runtime import load_reader
from qa.types import Answer, Sentence, Turn
from qa.verify import supports


@dataclass(slots=True)
class Tally:
    """Counts over a question set; `first` is seconds to the first sentence of each answer."""

    questions: int = 0
    answered: int = 0
    changed: int = 0  # answered with the model but not without it, or the other way round
    sentences: int = 0
    by_model: int = 0
    unsupported: int = 0
    first: list[float] = field(default_factory=list)


def measure(with_model: Pipeline, alone: Pipeline, row: dict[str, Any], tally: Tally) -> None:
    """Ask one question both ways, print what is shown, and count."""
    history = tuple(Turn(turn["question"], turn["answer"]) for turn in row.get("history", ()))
    as_of = date.fromisoformat(row["as_of"]) if row.get("as_of") else None
    question = understand(row["question"], history=history, as_of=as_of)
    began, first = time.perf_counter(), None
    for event in with_model.stream(question):
        if isinstance(event.data, Sentence) and first is None:
            first = time.perf_counter() - began
        if isinstance(event.data, Answer):
            answer = event.data
    own = alone.ask(question)
    tally.questions += 1
    tally.answered += answer.status == "answered"
    tally.changed += answer.status != own.status
    quotes = {cited.number: cited.quote for cited in answer.citations}
    archives = {sentence.text for sentence in own.sentences}
    for sentence in answer.sentences:
        quote = " ".join(quotes[number] for number in sentence.citations)
        holds = supports(sentence.text, quote)
        model = answer.reason is None and sentence.text not in archives
        tally.sentences += 1
        tally.by_model += model
        tally.unsupported += not holds
        print(
            f"{'ok' if holds else 'UNSUPPORTED'}\t{'model' if model else 'archive'}\t{sentence.text}\t<- {quote}",
            flush=True,
        )
    if first is not None:
        tally.first.append(first)


def main() -> None:
    parser = argparse.ArgumentParser(description="List what a language model puts on the page, beside its quotes.")
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--prompt-tokens", type=int, default=320)
    parser.add_argument("--max-tokens", type=int, default=120)
    options = parser.parse_args()
    store = ArticleStore(options.home / "articles.sqlite")
    encoder = load_encoder(cache=options.home / "models")
    searcher = Searcher(Index.open(options.home / "index", encoder), store)
    reader = load_reader()
    chat = OpenAIChat(options.base_url, options.model, max_tokens=options.max_tokens)
    composer = build_composer(chat, reader, options.prompt_tokens)
    with_model = build_pipeline(searcher, store, reader=reader, composer=composer)
    alone = build_pipeline(searcher, store, reader=reader)
    tally = Tally()
    for line in options.questions.read_text(encoding="utf-8").splitlines():
        measure(with_model, alone, json.loads(line), tally)
    first = (
        f", first after {statistics.median(tally.first):.2f} s, at most {max(tally.first):.2f}" if tally.first else ""
    )
    print(
        f"{tally.questions} questions, {tally.answered} answered, {tally.changed} otherwise than without the model; "
        f"{tally.sentences} sentences shown, {tally.by_model} by the model, {tally.unsupported} unsupported{first}"
    )
    sys.exit(1 if tally.unsupported else 0)


if __name__ == "__main__":
    main()
