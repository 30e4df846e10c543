"""Measure follow-ups on conversations in the MTRAG format: `python -m qa.measure_followup FILE.jsonl.gz`.

All turns' contexts are pooled into one index; recall@10 is the share of a turn's own contexts among the first ten
documents, meant over the turns that have any. Recovered is (rewritten - last turn) / (best other way - last turn), the
other ways being the whole conversation and, where given, people's own rewrites: a turn's `rewrite`, or the lines
{"_id": task id, "text"} of --rewrites. With --answers the whole pipeline is asked too, and AUROC says how well
its confidence tells answerable turns (also partly) from unanswerable ones (Fawcett 2006: the chance that one of the
first is above one of the second).
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archive.store import ArticleStore
from archive.types import Article
from embeddings.encoder import load_encoder
from embeddings.index import Index
from embeddings.search import Searcher
from embeddings.update import update_index
from qa.assemble import build_pipeline
from qa.followup import standalone
from qa.pipeline import Pipeline
from qa.question import understand
from qa.types import Turn

DEPTH = 10  # documents
PASSAGES = 60  # searched, so that ten documents are among them


@dataclass(frozen=True, slots=True)
class Asked:
    """The last turn of a conversation, what came before it, and the documents it was answered from."""

    question: str
    history: tuple[Turn, ...]
    gold: frozenset[str]
    answerability: str
    rewrite: str | None = None


def load(path: Path, rewrites: Path | None = None) -> tuple[list[Asked], dict[str, str]]:
    """Return the turns, and the text of every context by its document."""
    given = {}
    if rewrites is not None:
        rows = map(json.loads, rewrites.read_text(encoding="utf-8").splitlines())
        given = {row["_id"]: row["text"].removeprefix("|user|:").strip() for row in rows}
    asked: list[Asked] = []
    documents: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            documents.update({c["document_id"]: c["text"] for c in row["contexts"]})
            gold = frozenset(c["document_id"] for c in row["contexts"])
            said = [turn["text"] for turn in row["input"]]
            pairs = zip(said[:-1:2], said[1::2], strict=True)  # user and agent take turns; the user has the last word
            history = tuple(Turn(question, answer) for question, answer in pairs)
            rewrite = given.get(row["task_id"], row.get("rewrite"))
            asked.append(Asked(said[-1], history, gold, row["answerability"][0], rewrite))
    return asked, documents


def chained(asked: Asked) -> tuple[Turn, ...]:
    """The history as a conversation keeps it: every question as it was understood in its turn."""
    turns: list[Turn] = []
    for turn in asked.history:
        turns.append(Turn(standalone(turn.question, turns), turn.answer))
    return tuple(turns)


def rewritten(asked: Asked) -> str:
    return standalone(asked.question, chained(asked))


def whole(asked: Asked) -> str:
    return " ".join([part for turn in asked.history for part in (turn.question, turn.answer)] + [asked.question])


def recall(searcher: Searcher, turns: Sequence[Asked], query: Callable[[Asked], str]) -> float:
    """Return mean recall@10 of documents over the turns that have contexts."""
    found = []
    for asked in turns:
        hits = searcher.search(query(asked), PASSAGES)
        first = list(dict.fromkeys(hit.article.id for hit in hits))[:DEPTH]
        found.append(len(asked.gold & set(first)) / len(asked.gold))
    return float(np.mean(found))


def recovered(last: float, ours: float, others: Sequence[float]) -> float | None:
    """Return our share of the gap between the last turn alone and the best other way; None when there is no gap."""
    gap = max(others) - last
    return (ours - last) / gap if gap > 0 else None


def auroc(pipeline: Pipeline, turns: Sequence[Asked]) -> float:
    """Return how often an answerable turn gets more confidence than an unanswerable one; ties count half."""
    sure: dict[bool, list[float]] = {True: [], False: []}
    for asked in turns:
        if asked.answerability in ("ANSWERABLE", "PARTIAL", "UNANSWERABLE"):
            answer = pipeline.ask(understand(asked.question, history=chained(asked)))
            sure[asked.answerability != "UNANSWERABLE"].append(answer.confidence)
    yes, no = np.array(sure[True])[:, None], np.array(sure[False])[None, :]
    return float(np.mean((yes > no) + 0.5 * (yes == no)))


def _opened(folder: Path, documents: dict[str, str]) -> Iterator[tuple[Searcher, ArticleStore]]:
    encoder = load_encoder(cache=folder / "models")
    kept = (folder / "index").exists()
    store = ArticleStore(folder / "articles.sqlite")
    if not kept:
        store.upsert(Article(name, None, "", text, None, None) for name, text in documents.items())
        update_index(folder / "index", encoder, store.iterate(), [])
    yield Searcher(Index.open(folder / "index", encoder), store), store
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure follow-ups on conversations in the MTRAG format.")
    parser.add_argument("conversations", type=Path)
    parser.add_argument("--answers", action="store_true", help="ask the pipeline too and give the AUROC")
    parser.add_argument("--rewrites", type=Path, help="people's rewrites, a JSON object a line")
    parser.add_argument("--keep", type=Path, help="keep the index in this folder, and use it if it is there")
    options = parser.parse_args()
    turns, documents = load(options.conversations, options.rewrites)
    with tempfile.TemporaryDirectory() as folder:
        for searcher, store in _opened(options.keep or Path(folder), documents):
            _report(searcher, turns)
            if options.answers:
                print(f"AUROC of confidence: {auroc(build_pipeline(searcher, store), turns):.4f}")


def _report(searcher: Searcher, turns: Sequence[Asked]) -> None:
    grounded = [asked for asked in turns if asked.gold]
    documents = {name for asked in grounded for name in asked.gold}
    print(json.dumps({"turns": len(turns), "with contexts": len(grounded), "documents": len(documents)}))
    ways = {"last turn": lambda asked: asked.question, "rewritten": rewritten, "whole conversation": whole}
    if any(asked.rewrite for asked in grounded):
        ways["people's rewrites"] = lambda asked: asked.rewrite or asked.question
    figures = {}
    for name, query in ways.items():
        figures[name] = recall(searcher, grounded, query)
        print(f"recall@{DEPTH} {name}: {figures[name]:.4f}", flush=True)
    last, ours, *others = figures.values()
    share = recovered(last, ours, others)
    print("recovered: no other way is better than the last turn" if share is None else f"recovered: {share:.2f}")


if __name__ == "__main__":
    main()
