"""`python -m eval.bench PART...`: measure parts, add what was found to RESULTS/PART.json, and draw the page.

    encode    passages a second against sentence-transformers
    peers     filling, starting, searching and finding beside others --articles
    growth    cost by the number of articles                         --sizes, --home
    vectors   the index alone                                        --vectors, --home
    serve     one client, then several at once                       --home, --clients, --seconds
    page      only the page

Figures are medians of `--runs`, in turn. Of `growth` and `vectors` the filling is measured once, what is asked of it
`--runs` times.
Each part is measured anew unless `--add` says that its rounds join those before: a long part can be measured in pieces.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from embeddings.encoder import load_encoder
from eval.bench.page import draw
from eval.bench.record import Round, add_round
from eval.bench.sample import answerable, articles, rows, write
from eval.peers import MODULES

PARTS = ("encode", "peers", "growth", "vectors", "serve", "page")


def main() -> None:
    given = _arguments()
    for part in given.parts:
        if part != "page":
            for number, found in enumerate(_measured(part, given)):
                add_round(given.results, part, found, fresh=number == 0 and not given.add)
                print(f"{part}: {found}", file=sys.stderr)
    draw(given.results, given.page)


def _measured(part: str, given: argparse.Namespace) -> Iterator[Round]:
    """Measure a part; each round is told as soon as it is done."""
    questions = answerable(given.questions)
    made = given.made
    load_encoder(cache=made / "models")  # exported once, before anything is timed
    if part == "encode":
        from eval.bench.encode import encode

        gold = {article for each in questions for article in each.gold}
        held = write(made / "encode.jsonl", rows(given.news, len(gold), questions))
        yield encode(articles(held), questions, made / "models", given.runs)
    elif part == "peers":
        from eval.bench.peers import compare

        chosen = rows(given.news, given.articles, questions)
        for _ in range(given.runs):
            yield compare(chosen, given.questions, made / "models", given.systems, given.cuts)
    elif part == "growth":
        from eval.bench.growth import grow

        for size in given.sizes:
            real = rows(given.news, max(given.sizes), questions)
            yield grow(real, size, given.home, questions[: given.asked], made / "models", given.runs)
    elif part == "vectors":
        from eval.bench.vectors import vectors

        for size in given.vectors:
            yield vectors(size, given.home, questions, made / "models", given.runs)
    else:
        from eval.bench.clients import many_clients, one_client

        options = given.serve.split()
        for _ in range(given.runs):
            yield {
                "one": one_client(given.home, questions[: given.asked], options),
                "two": one_client(given.home, questions[: given.asked], [*options, "--workers", "2"]),
                "many": many_clients(given.home, questions, given.clients, given.seconds, options),
            }


def _arguments() -> argparse.Namespace:
    shared = Path("../shared/data/news")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--news", type=Path, default=shared / "archive-2022.jsonl.gz")
    parser.add_argument("--questions", type=Path, default=shared / "questions-2022.jsonl")
    parser.add_argument("--home", type=Path, default=Path("build/eval/news"), help="a home that holds the news")
    parser.add_argument("--made", type=Path, default=Path("build/bench"), help="where what is made on the way goes")
    parser.add_argument("--results", type=Path, default=Path("docs/benchmarks"))
    parser.add_argument("--page", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--add", action="store_true", help="keep the rounds before")
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--systems", nargs="+", default=["askive", *MODULES], choices=["askive", *MODULES])
    parser.add_argument("--cuts", nargs="+", default=["own chunks", "our passages"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1000, 4000, 26000])
    parser.add_argument("--vectors", nargs="+", type=int, default=[38_000, 1_000_000])
    parser.add_argument("--asked", type=int, default=100, help="questions of one client")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--serve", default="", help="options of `askive serve`")
    return parser.parse_args()


if __name__ == "__main__":
    main()
