"""docs/benchmarks.md and its plots, drawn from the kept rounds: medians, each with the command that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from eval.bench.plots import bars, curves
from eval.bench.record import Round, rounds

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
    lines = [HEAD]
    for name, drawn in parts:
        if found := rounds(results, name):
            lines += [*drawn(found, results), ""]
    page.write_text("\n".join(lines).rstrip() + "\n")


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
    last = found[-1]["articles"]
    found = [each for each in found if each["articles"] == last]
    names = list(dict.fromkeys(name for each in found for name in each["systems"]))

    def middle(name: str, of: Callable[[Round], float]) -> float:
        return round(float(median(of(each["systems"][name]) for each in found if name in each["systems"])), 4)

    table = []
    for name in names:
        table.append(
            (
                name,
                round(middle(name, lambda s: s["chunks"])),
                middle(name, lambda s: s["fill_seconds"]),
                round(middle(name, lambda s: s["fill_megabytes"])),
                middle(name, lambda s: s["start_seconds"]),
                round(middle(name, lambda s: s["open_megabytes"])),
                middle(name, lambda s: s["search"]["p50"]),
                middle(name, lambda s: s["search"]["p95"]),
                middle(name, lambda s: s["hit@10"]),
                middle(name, lambda s: s["MRR@10"]),
            )
        )
    bars(results / "peers.svg", "ingest, seconds", {row[0]: row[2] for row in table})
    yield from _title("Beside other systems", "peers", found)
    head = ("", "texts", "ingest s", "ingest MB", "start s", "MB", "search p50 ms", "p95 ms", "hit@10", "MRR@10")
    yield from _table(head, table)
    versions = {k: v for each in found for s in each["systems"].values() for k, v in s["versions"].items()}
    told = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    yield (
        f"\n{last} articles (those that answer questions first), medians of {len(found)} rounds, each system in turn, "
        "filled in one process and opened in another; the same model. *Own chunks*: as its tutorial cuts "
        "(haystack-ai 512 words, llama-index 1,024 tokens, txtai an article), of which the model reads the first 256 "
        "word pieces and leaves out the rest. *Our passages*: the same texts as Askive, the same work. Memory is the "
        f"peak of the process. No bound of time on a search. {told}.\n\n![ingest](benchmarks/peers.svg)"
    )


def _serve(found: list[Round], _: Path) -> Iterable[str]:
    last = found[-1]
    one, many = last["one"], last["many"]
    yield from _title("Serving", "serve", found)
    yield from _table(
        ("figure", "value"),
        [
            ("ready after", f"{one['ready_seconds']} s"),
            ("resident when ready / after", f"{one['memory_ready']['rss']} / {one['memory_after']['rss']} MB"),
            ("of it mapped files", f"{one['memory_ready']['file']} / {one['memory_after']['file']} MB"),
            ("ask, one client", f"p50 {one['ask']['p50']} ms, p95 {one['ask']['p95']} ms"),
            ("search, one client", f"p50 {one['search']['p50']} ms, p95 {one['search']['p95']} ms"),
            (
                f"{many['clients']} clients, {many['seconds']} s",
                f"{many['rate']} answers/s, {many['errors']} errors, p50 {many['ask']['p50']} ms, "
                f"p95 {many['ask']['p95']} ms",
            ),
        ],
    )
    yield (
        f"\n`askive serve {' '.join(many['options'])}`: /v1/ask with the reader, {one['questions']} questions for one "
        "client; the clients run on the same cores."
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
        "their originals' with noise, and nothing is encoded here (see Encoding for what that takes).\n\n"
        "![growth](benchmarks/growth.svg)"
    )


def _vectors(found: list[Round], _: Path) -> Iterable[str]:
    yield from _title("The index alone", "vectors", found)
    names = list(dict.fromkeys(name for each in found for name in each if name not in ("machine", "commit", "day")))
    yield from _table(names, [[each.get(name, "") for name in names] for each in found])
    yield "\nVectors are those of the news with noise (cosine to the original 0.89); queries are the news questions."


def _title(title: str, part: str, found: Sequence[Round]) -> Iterable[str]:
    last = found[-1]
    yield f"## {title}\n\n`python -m eval.bench {part}`, commit {last['commit']}, {last['day']}, {last['machine']}\n"


def _table(head: Sequence[str], table: Iterable[Sequence[Any]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in table:
        yield f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in row)} |"
