"""Askive and other systems over the same articles and the same model: filling, starting, searching, finding.

Each system fills itself in a process of its own and is opened in another. A peer is measured twice: with the chunks of
its own tutorial, of which the model reads the first 256 word pieces and leaves out the rest, and with Askive's
passages, which is the same work.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from archive.types import Article
from embeddings.chunk import split
from embeddings.export import model_folder
from eval.bench.process import run
from eval.bench.record import Round, spread
from eval.bench.sample import Row, answerable, articles, write
from eval.peers import MODULES, peer_module, versions
from eval.run import Peer
from eval.types import EvalQuestion

OURS = "askive"
CUTS = ("own chunks", "our passages")
TOP = 10
DEPTH = 30  # chunks asked for: ten articles are wanted


def compare(rows: Sequence[Row], questions: Path, models: Path, systems: Sequence[str], cuts: Sequence[str]) -> Round:
    """Return what each system took and found over the rows; `models` is where Askive's exported model is kept."""
    found: dict[str, Round] = {}
    with TemporaryDirectory(prefix="askive-bench-") as place:
        source = write(Path(place, "articles.jsonl"), list(rows))
        for system in systems:
            for cut in cuts if system != OURS else CUTS[1:]:
                folder = Path(place, f"{system} {cut}".replace(" ", "-"))
                folder.mkdir()
                if system == OURS:
                    (folder / "models").symlink_to(models.resolve())
                    filled = run("api.cli", "ingest", str(source), "--home", str(folder), "--json")
                    chunks = filled.told["passages"]
                else:
                    filled = run("eval.bench.peers", "fill", system, cut, str(source), str(folder))
                    chunks = filled.told["chunks"]
                opened = run("eval.bench.peers", "open", system, cut, str(source), str(folder), str(questions))
                found[system if system == OURS else f"{system}, {cut}"] = {
                    "versions": {} if system == OURS else versions(system),
                    "chunks": chunks,
                    "fill_seconds": round(filled.seconds, 2),
                    "fill_megabytes": round(filled.peak / 1e6),
                    "open_megabytes": round(opened.peak / 1e6),
                    **opened.told,
                }
    return {"articles": len(rows), "systems": found}


def passages(found: Iterable[Article]) -> list[Article]:
    """Return each passage of articles as an article of its own, `ID#NUMBER`, for a peer to take as it is."""
    return [
        Article(f"{a.id}#{number}", a.url, a.title, a.text[start:end], a.published, a.source)
        for a in found
        for number, (start, end) in enumerate(split(a))
    ]


def fill(system: str, cut: str, source: Path, folder: Path) -> Round:
    """Build a peer over the articles and save it; says of how many texts."""
    given = articles(source)
    texts = passages(given) if cut == CUTS[1] else given
    peer = peer_module(system).build(texts, str(model_folder()))
    peer.save(folder)
    return {"chunks": len(texts)}


def opened(system: str, folder: Path, source: Path, questions: Path) -> Round:
    """Open what was filled and search it; `start_seconds` is from the first import to the first answer."""
    began = time.perf_counter()
    peer: Peer = _Own(folder) if system == OURS else peer_module(system).load(folder, str(model_folder()))
    peer.search("Is anything new?", TOP)
    start = time.perf_counter() - began
    asked = _inside(questions, source)
    spent, hits, reciprocal = [], [], []
    for each in asked:
        began = time.perf_counter()
        found = peer.search(each.question, DEPTH)
        spent.append((time.perf_counter() - began) * 1000)
        ranked = list(dict.fromkeys(article.partition("#")[0] for article, _ in found))[:TOP]
        places = [place for place, article in enumerate(ranked, 1) if article in each.gold]
        hits.append(bool(places))
        reciprocal.append(1 / places[0] if places else 0.0)
    return {
        "start_seconds": round(start, 2),
        "search": spread(spent),
        "questions": len(asked),
        "hit@10": round(float(np.mean(hits)), 4),
        "MRR@10": round(float(np.mean(reciprocal)), 4),
    }


def _inside(questions: Path, source: Path) -> list[EvalQuestion]:
    """The questions that the articles can answer."""
    held = {article.id for article in articles(source)}
    return [each for each in answerable(questions) if set(each.gold) <= held]


class _Own:
    """Askive's search without a bound of time, as the peers have none."""

    def __init__(self, home: Path) -> None:
        from archive.store import ArticleStore
        from embeddings.encoder import load_encoder
        from embeddings.index import Index
        from embeddings.search import Searcher

        index = Index.open(home / "index", load_encoder(cache=home / "models"))
        self._searcher = Searcher(index, ArticleStore(home / "articles.sqlite"))

    def search(self, text: str, k: int) -> list[tuple[str, str]]:
        return [(hit.article.id, hit.passage.text) for hit in self._searcher.search(text, k)]


def main() -> None:
    """One child of `compare`: fills or opens one system and prints what it found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("fill", "open"))
    parser.add_argument("system", choices=(OURS, *MODULES))
    parser.add_argument("cut", choices=CUTS)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", type=Path, nargs="?")
    given = parser.parse_args()
    if given.what == "fill":
        print(json.dumps(fill(given.system, given.cut, given.source, given.folder)))
    else:
        print(json.dumps(opened(given.system, given.folder, given.source, given.questions)))


if __name__ == "__main__":
    main()
