"""`askive eval`: measure a home on a question set, hold it to a gate, compare runs, calibrate."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.options import Home, open_service
from api.commands.progress import progress_bar

if TYPE_CHECKING:
    from api.service import Service
    from eval.types import EvalQuestion, Run

NAMED = 10  # questions with gold that the archive lacks, named one by one


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a set is to be asked."""

    path: Path
    half: str | None
    no_as_of: bool
    peers: tuple[str, ...]


def evaluate(
    questions: Annotated[
        list[Path], typer.Argument(metavar="QUESTIONS", help="A question set; two run files with --compare.")
    ],
    home: Home = None,
    json_out: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the run here.")] = None,
    html_out: Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Write the report here.")] = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave the words of the archive and of the questions out of both.")
    ] = False,
    gate: Annotated[Path | None, typer.Option(help="Bounds to hold; exit 1 names each that is missed.")] = None,
    peer: Annotated[
        list[str] | None,
        typer.Option(help="Measure haystack-ai, llama-index or txtai on the same articles; may be given again."),
    ] = None,
    half: Annotated[str | None, typer.Option(help="Only the first or the second half of the set.")] = None,
    no_as_of: Annotated[bool, typer.Option("--no-as-of", help="Ask without the day asked from.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="Compare two run files instead of asking.")] = False,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit confidence and threshold to this set and write them to the home.")
    ] = False,
    wanted_rate: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Of unanswerable questions, how many may be answered.", show_default="0.1"),
    ] = None,
    wanted_wrong: Annotated[
        float | None, typer.Option(min=0, max=1, help="Of the answers given, how many may be wrong.")
    ] = None,
) -> None:
    """Measure how well a home answers: retrieval, answers, citations, abstention, time, speed.

    askive eval eval/sets/own.jsonl --json run.json --html report.html
    askive eval --compare before.json after.json
    askive eval mine.jsonl --calibrate --wanted-rate 0.05
    """
    from eval import runs
    from eval.gate import check, load_gate

    if not calibrate and (wanted_rate is not None or wanted_wrong is not None):
        raise typer.BadParameter("--wanted-rate and --wanted-wrong go with --calibrate")
    if compare:
        if len(questions) != 2:
            raise typer.BadParameter("--compare takes two run files")
        _print_comparison(runs.compare(runs.load(questions[0]), runs.load(questions[1])))
        return
    if len(questions) != 1:
        raise typer.BadParameter("one question set at a time")
    if half not in (None, "first", "second"):
        raise typer.BadParameter("--half is first or second")
    if wanted_rate is not None and wanted_wrong is not None:
        raise typer.BadParameter("--wanted-rate or --wanted-wrong, not both")
    floors = load_gate(gate, questions[0].name) if gate else {}
    wanted = _Wanted(wanted_rate, wanted_wrong) if calibrate else None
    run = _measured(_Asked(questions[0], half, no_as_of, tuple(peer or ())), home, wanted)
    _write(runs.without_text(run) if no_text else run, json_out, html_out)
    _print_measures(run)
    broken = check(run, floors)
    for line in broken:
        print(f"askive: gate: {line}", file=sys.stderr)
    raise typer.Exit(1 if broken else 0)


@dataclass(frozen=True, slots=True)
class _Wanted:
    rate: float | None
    wrong: float | None


def _measured(asked: _Asked, home: Path | None, wanted: _Wanted | None) -> Run:
    from dataclasses import asdict, replace

    from eval.peers import load_peer, versions
    from eval.questions import halves, load
    from eval.run import evaluate as run
    from eval.runs import described

    found = load(asked.path)  # a broken set is told before anything is opened
    chosen = list(found.questions)
    if asked.half:
        chosen = halves(chosen)[asked.half == "second"]
    if asked.no_as_of:
        chosen = [replace(question, as_of=None) for question in chosen]
    service = open_service(home)
    if asked.peers:
        os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # read when it is imported: it would call home
    peers = {name: load_peer(name, service.store.iterate, _model(service)) for name in asked.peers}
    lacking = _report_missing(chosen, service)
    pipeline = service.pipeline
    held = described(
        set=found.name,
        half=asked.half,
        as_of=not asked.no_as_of,
        settings=service.settings.model_dump(mode="json", exclude={"home", "llm_api_key"}),
        scaling=asdict(pipeline.scaling),
        articles=service.store.count(),
        passages=service.index.passages,
        model=service.encoder.name,
        peers={name: versions(name) for name in asked.peers},
        missing_gold=lacking,
    )
    with progress_bar() as progress:
        measured = run(
            pipeline,
            service.searcher,
            service.store.get,
            chosen,
            name=found.name,
            known_sources=service.store.sources(),
            peers=peers,
            configuration=held,
            progress=progress,
        )
    return _calibrated(measured, service, wanted) if wanted else measured


def _model(service: Service) -> str:
    """The folder or name by which a peer loads the home's own embedding model."""
    from embeddings.export import DEFAULT_MODEL, model_folder

    name = service.settings.encoder.model
    return str(model_folder()) if name in (None, DEFAULT_MODEL) else str(name)


def _report_missing(questions: list[EvalQuestion], service: Service) -> int:
    """Name the gold articles that the archive lacks; return of how many questions. They are asked all the same."""
    from eval.questions import missing_gold

    missing = missing_gold(questions, service.store.hashes())
    for question, articles in list(missing.items())[:NAMED]:
        print(f"askive: {question}: the archive lacks the gold article {', '.join(articles)}", file=sys.stderr)
    if missing:
        print(f"askive: {len(missing)} of {len(questions)} questions have gold that the archive lacks", file=sys.stderr)
    return len(missing)


def _calibrated(run: Run, service: Service, wanted: _Wanted) -> Run:
    from api.calibration import Calibration, write_calibration
    from eval.calibrate import calibrate, scaled, unscaled

    run = unscaled(run, service.pipeline.scaling)  # asked as it serves: what is told may hang on the scaling in force
    fitted = calibrate(run, wanted_rate=wanted.rate, wanted_wrong=wanted.wrong)
    place = write_calibration(service.settings.home, Calibration(fitted.threshold, fitted.scaling, run.name))
    print(
        f"askive: threshold {fitted.threshold:.3f}, bias {fitted.scaling.bias:.3f}, scale {fitted.scaling.scale:.3f} "
        f"written to {place}; calibration error {fitted.before:.3f} before, {fitted.after:.3f} after, "
        f"{fitted.held_out:.3f} on questions left out of the fit",
        file=sys.stderr,
    )
    return scaled(run, fitted)


def _write(run: Run, json_out: Path | None, html_out: Path | None) -> None:
    from eval import runs
    from eval.report import write_report

    if json_out:
        runs.save(run, json_out)
    if html_out:
        write_report(run, html_out)


def _print_measures(run: Run) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "measure", "value", "95% interval", title=f"{run.name}, {len(run.outcomes)} questions", show_lines=False
    )
    for group, values in run.measures.items():
        table.add_section()
        for name, value in values.items():
            if name.endswith((" low", " high")):
                continue
            low, high = values.get(f"{name} low"), values.get(f"{name} high")
            interval = f"{low:.3f} to {high:.3f}" if low is not None and high is not None else ""
            table.add_row(f"{group}: {name}", f"{value:.3f}", interval)
    Console(width=110).print(table)


def _print_comparison(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        figures = f"{row['a']:.3f} -> {row['b']:.3f}  {row['change']:+.3f}  p {row['p']:.4f}"
        print(f"{row['measure']:26} {figures}  {row['verdict']}")
