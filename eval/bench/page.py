"""docs/benchmarks.md and its plots, drawn from the kept rounds: medians, each with the command that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from eval.bench.plots import bars, curves
from eval.bench.record import Round, medians, rounds

HEAD = """# Benchmarks

Written by `make bench` (`python -m eval.bench PART...`) from the rounds in `docs/benchmarks/*.json`; do not edit it by
hand. Each part says on which machine and at which commit it was measured. Where there are several rounds, the figures
are their medians. Times include what a user waits for: processes are started, HTTP is spoken.
"""


def draw(results: Path, page: Path) -> None:
    """Write the page and its plots beside the results. A part that was never measured is left out."""
    parts: list[tuple[str, Callable[[list[Round], Path], Iterable[str]]]] = [
        ("encode", _encode),
        ("peers", _peers),
        ("serve", _serve),
        ("growth", _growth),
        ("vectors", _vectors),
    ]
    lines = [HEAD, *floors(results), ""]
    for name, drawn in parts:
        if found := rounds(results, name):
            lines += [*drawn(found, results), ""]
    page.write_text("\n".join(lines).rstrip() + "\n")


def floors(results: Path) -> Iterable[str]:
    """Yield a table of what must be reached and what was, by the medians of the parts that were measured."""
    made = {name: rounds(results, name) for name in ("encode", "peers", "serve", "growth", "vectors")}
    middle = {name: medians(found) for name, found in made.items() if found}
    rows: list[tuple[str, str, str, bool]] = []
    if encode := middle.get("encode"):
        lost = encode["hit@10"]["sentence-transformers"] - encode["hit@10"]["askive"]
        rows += [
            ("encoding, times sentence-transformers as it comes", "3.0", f"{encode['times']}", encode["times"] >= 3),
            ("hit@10 lost by it", "0.005", f"{lost:.4f}", lost <= 0.005),
        ]
    if peers := made["peers"]:
        took = {name: of["fill_seconds"] for name, of in medians(_alike(peers))["systems"].items()}
        for cut in ("our passages", "own chunks"):
            theirs = [seconds for name, seconds in took.items() if name.endswith(cut)]
            if theirs and "askive" in took:
                best = min(theirs) / took["askive"]
                rows.append((f"ingest, times the fastest peer, {cut}", "2.5", f"{best:.2f}", best >= 2.5))
    if serve := middle.get("serve"):
        one, many = serve["one"], serve["many"]
        errors = _errors(made["serve"])
        held = max(one["memory_after"]["rss"], many["memory"]["rss"])
        rows += [
            ("ask, one client, p50", "120 ms", f"{one['ask']['p50']} ms", one["ask"]["p50"] <= 120),
            ("ask, one client, p95", "250 ms", f"{one['ask']['p95']} ms", one["ask"]["p95"] <= 250),
            (f"{many['clients']} clients, answers a second", "10", f"{many['rate']}", many["rate"] >= 10),
            ("the same, errors", "0", f"{errors}", errors == 0),
            ("the same, p95", "1,500 ms", f"{many['ask']['p95']} ms", many["ask"]["p95"] <= 1500),
            ("ready", "3 s", f"{one['ready_seconds']} s", one["ready_seconds"] <= 3),
            ("resident, after either", "600 MB", f"{held} MB", held <= 600),
        ]
    if found := made["vectors"]:
        most = found[-1]
        size = f"{most['passages']:,} passages: "
        rows += [
            (f"{size}recall@10", "0.98", f"{most['recall@10']}", most["recall@10"] >= 0.98),
            (f"{size}dense p95", "5 ms", f"{most['dense']['p95']} ms", most["dense"]["p95"] <= 5),
            (f"{size}memory", "1,000 MB", f"{most['mapped_megabytes']} MB", most["mapped_megabytes"] <= 1000),
            (f"{size}hybrid p95", "40 ms", f"{most['hybrid']['p95']} ms", most["hybrid"]["p95"] <= 40),
        ]
    by_size = {each["articles"]: each for each in made["growth"]}
    if {4000, 26_000} <= by_size.keys():
        less, more = by_size[4000], by_size[26_000]
        grown = max(more["ask"][name] / less["ask"][name] for name in ("p50", "p95"))
        peak = more["ingest_megabytes"]
        rows += [
            ("ingest of 26,000 articles, peak", "2,000 MB", f"{peak} MB", peak <= 2000),
            ("ask, 26,000 articles to 4,000, the larger of p50 and p95", "1.3", f"{grown:.2f}", grown <= 1.3),
        ]
    if rows:
        yield "## Floors\n"
        yield from _table(
            ("figure", "floor", "measured", ""), [(*row, "reached" if ok else "**not reached**") for *row, ok in rows]
        )


def _encode(found: list[Round], results: Path) -> Iterable[str]:
    last = found[-1]
    theirs, ours = last["rate"]["sentence-transformers"], last["rate"]["askive"]
    bars(results / "encode.svg", "passages a second", {"sentence-transformers": theirs, "askive": ours})
    yield from _title("Encoding", "encode", found)
    yield from _table(
        ("", "passages/s", "hit@10"),
        [(name, last["rate"][name], last["hit@10"][name]) for name in ("sentence-transformers", "askive")],
    )
    yield (
        f"\n{last['times']} times as fast ({last['path']}; {last['passages']} passages, medians of {last['runs']} runs "
        f"in turn, one process). hit@10: exact dense search over {last['searched']} passages, {last['questions']} "
        f"questions; the worst cosine between the two is {last['worst cosine']}.\n\n![encoding](benchmarks/encode.svg)"
    )


def _peers(found: list[Round], results: Path) -> Iterable[str]:
    found = _alike(found)
    count = found[-1]["articles"]
    table = [
        (
            name,
            of["chunks"],
            of["fill_seconds"],
            of["fill_megabytes"],
            of["start_seconds"],
            of["open_megabytes"],
            of["search"]["p50"],
            of["search"]["p95"],
            of["hit@10"],
            of["MRR@10"],
        )
        for name, of in medians(found)["systems"].items()
    ]
    bars(results / "peers.svg", "ingest, seconds", {row[0]: row[2] for row in table})
    yield from _title("Beside other systems", "peers", found)
    head = ("", "texts", "ingest s", "ingest MB", "start s", "MB", "search p50 ms", "p95 ms", "hit@10", "MRR@10")
    yield from _table(head, table)
    versions = {k: v for each in found for s in each["systems"].values() for k, v in s["versions"].items()}
    told = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    yield (
        f"\n{count} articles (those that answer questions first), medians of {len(found)} rounds, each system in turn, "
        "filled in one process and opened in another; the same model. *Own chunks*: as its tutorial cuts "
        "(haystack-ai 512 words, llama-index 1,024 tokens, txtai an article), of which the model reads the first 256 "
        "word pieces and leaves out the rest. *Our passages*: the same texts as Askive, the same work. Memory is the "
        f"peak of the process. No bound of time on a search. {told}.\n\n![ingest](benchmarks/peers.svg)"
    )


def _serve(found: list[Round], _: Path) -> Iterable[str]:
    middle = medians(found)
    one, two, many = middle["one"], middle["two"], middle["many"]
    errors = _errors(found)
    yield from _title("Serving", "serve", found)
    yield from _table(
        ("figure", "value"),
        [
            ("ready after", f"{one['ready_seconds']} s"),
            ("resident when ready / after", f"{one['memory_ready']['rss']} / {one['memory_after']['rss']} MB"),
            ("of it mapped files", f"{one['memory_ready']['file']} / {one['memory_after']['file']} MB"),
            (f"resident after {many['clients']} clients", f"{many['memory']['rss']} MB"),
            (
                "two workers, what they share counted once / twice",
                f"{two['memory_after']['pss']} / {two['memory_after']['rss']} MB",
            ),
            ("ask, one client", f"p50 {one['ask']['p50']} ms, p95 {one['ask']['p95']} ms"),
            ("search, one client", f"p50 {one['search']['p50']} ms, p95 {one['search']['p95']} ms"),
            (
                f"{many['clients']} clients, {many['seconds']} s",
                f"{many['rate']} answers/s, {errors} errors in all, p50 {many['ask']['p50']} ms, "
                f"p95 {many['ask']['p95']} ms",
            ),
        ],
    )
    yield (
        f"\n`askive serve {' '.join(many['options'])}`, medians of {len(found)} rounds: /v1/ask with the reader, "
        f"{one['questions']} questions for one client; the clients run on the same cores."
    )


def _growth(found: list[Round], results: Path) -> Iterable[str]:
    sizes = {each["articles"]: each for each in found}
    table = [sizes[size] for size in sorted(sizes)]
    curves(
        results / "growth.svg",
        "articles",
        {
            "ask p50, ms": [(each["articles"], each["ask"]["p50"]) for each in table],
            "search p50, ms": [(each["articles"], each["search"]["p50"]) for each in table],
            "ingest peak, MB": [(each["articles"], each["ingest_megabytes"]) for each in table],
            "serving, MB resident": [(each["articles"], each["memory_after"]["rss"]) for each in table],
        },
    )
    yield from _title("Growth", "growth", found)
    yield from _table(
        (
            "articles",
            "of them changed copies",
            "passages",
            "ingest s, without encoding",
            "ingest peak MB",
            "disk MB",
            "ready s",
            "resident MB",
            "ask p50 / p95 ms",
            "search p50 / p95 ms",
        ),
        [
            (
                each["articles"],
                each["changed copies"],
                each["passages"],
                each["ingest_seconds"],
                each["ingest_megabytes"],
                each["disk_megabytes"],
                each["ready_seconds"],
                each["memory_after"]["rss"],
                f"{each['ask']['p50']} / {each['ask']['p95']}",
                f"{each['search']['p50']} / {each['search']['p95']}",
            )
            for each in table
        ],
    )
    yield (
        "\nPast the real articles they are copies with 30% of the words changed; the vectors of those passages are "
        "their originals' with noise, and nothing is encoded here (see Encoding for what that takes). Filled once; "
        f"ready, resident and times are medians of {table[-1]['runs']} services started on it.\n\n"
        "![growth](benchmarks/growth.svg)"
    )


def _vectors(found: list[Round], _: Path) -> Iterable[str]:
    yield from _title("The index alone", "vectors", found)
    yield from _table(
        (
            "passages",
            "kind",
            "build s",
            "file MB",
            "mapped MB",
            "recall@10",
            "dense p50 / p95 ms",
            "hybrid p50 / p95 ms",
            "dated p50 / p95 ms",
        ),
        [
            (
                each["passages"],
                each["kind"],
                each["build_seconds"],
                each["file_megabytes"],
                each["mapped_megabytes"],
                each["recall@10"],
                *(f"{each[name]['p50']} / {each[name]['p95']}" for name in ("dense", "hybrid", "dated")),
            )
            for each in found
        ],
    )
    yield (
        "\nVectors are those of the news with noise (cosine to the original 0.89); queries are the news questions, "
        "encoded before. *Hybrid* is a whole search: both halves, the cosines of what only words found, fusing; "
        f"*dated* with the bound of the question's `as_of`. Times are medians of {found[-1]['runs']} passes over "
        f"{found[-1]['queries']} questions."
    )


def _alike(found: list[Round]) -> list[Round]:
    """The rounds over as many articles as the last."""
    return [each for each in found if each["articles"] == found[-1]["articles"]]


def _errors(found: Sequence[Round]) -> int:
    """Of all rounds together: an error is not averaged away."""
    return sum(each["many"]["errors"] for each in found)


def _title(title: str, part: str, found: Sequence[Round]) -> Iterable[str]:
    last = found[-1]
    yield f"## {title}\n\n`python -m eval.bench {part}`, commit {last['commit']}, {last['day']}, {last['machine']}\n"


def _table(head: Sequence[str], table: Iterable[Sequence[Any]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in table:
        yield f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in row)} |"
