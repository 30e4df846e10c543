"""The report: one HTML file that stands alone, for a person to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from eval.abstention import reliability, risk_coverage
from eval.errors import EvalError
from eval.plots import histogram, line, mark
from eval.run import OURS
from eval.runs import SIGNIFICANT, against
from eval.scores import answered, of_rankings, right
from eval.types import Outcome, Run

WORST = 20
ROWS = 12  # of a breakdown; the rest is summed up
COLUMNS = ("MRR@10", "hit@1", "hit@5", "hit@10", "recall@10", "nDCG@10", "answer recall@5", "median, ms")


def write_report(run: Run, path: Path) -> None:
    """Write the report of a run. Raises EvalError if the file cannot be written."""
    page = Environment(
        loader=PackageLoader("eval"), autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.render(**_context(run)), encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{path}: cannot be written: {error.strerror}") from error


def _context(run: Run) -> dict[str, Any]:
    sure, true = [o.confidence for o in run.outcomes], [right(o) for o in run.outcomes]
    curve = [(float(x), float(y)) for x, y in zip(*risk_coverage(sure, true), strict=True)] if sure else []
    spent = [o.rankings[OURS].milliseconds for o in run.outcomes if OURS in o.rankings]
    return {
        "run": run,
        "answerable": sum(o.answerable for o in run.outcomes),
        "methods": _methods(run),
        "columns": [c for c in COLUMNS if any(c in v for g, v in run.measures.items() if g.startswith("retrieval"))],
        "risk": line(curve),
        "at": mark(
            run.measures["abstention"].get("coverage"), run.measures["abstention"].get("wrong of those answered")
        ),
        "reliability": reliability(sure, true) if sure else [],
        "latency": histogram(spent),
        "breakdowns": {
            "Question word": _breakdown(run, lambda o: o.word),
            "Kind": _breakdown(run, lambda o: o.kind or "none"),
            "Year": _breakdown(run, _year),
            "Source": _breakdown(run, lambda o: next((str(c.source) for c in o.cited if c.source), "none")),
        },
        "worst": _worst(run),
    }


def _methods(run: Run) -> list[dict[str, Any]]:
    """A row a method, Askive first: its figures, and whether Askive's MRR@10 is better or worse than its."""
    told = against(run) if any(o.answerable for o in run.outcomes) else {}
    rows = []
    for group, values in run.measures.items():
        if not group.startswith("retrieval, "):
            continue
        name = group.removeprefix("retrieval, ")
        change, p = told.get(name, (0.0, 1.0))
        verdict = "" if name == OURS else "not significantly different"
        if p < SIGNIFICANT:
            verdict = f"{'better' if change > 0 else 'worse'} by {abs(change):.3f}, p {p:.4f}"
        peer = (run.configuration.get("peers") or {}).get(name, {})
        rows.append({"name": name, "values": values, "verdict": verdict, "versions": peer})
    return rows


def _worst(run: Run) -> list[Outcome]:
    """The most confident of what is not right, shown or not."""
    return sorted((o for o in run.outcomes if not right(o)), key=lambda o: -o.confidence)[:WORST]


def _breakdown(run: Run, key: Callable[[Outcome], str]) -> list[dict[str, Any]]:
    """A row a value of the key: how many questions, and what they are worth. Small groups are summed up last."""
    reciprocal = of_rankings(run.outcomes).get(OURS, {}).get("MRR@10", {})
    parts: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        parts.setdefault(key(outcome), []).append(outcome)
    listed = sorted(parts.items(), key=lambda item: (-len(item[1]), item[0]))
    if len(listed) > ROWS:
        rest = [outcome for _, outcomes in listed[ROWS:] for outcome in outcomes]
        listed = [*listed[:ROWS], (f"{len(listed) - ROWS} others", rest)]
    rows = []
    for name, outcomes in listed:
        asked = [o for o in outcomes if o.answerable]
        in_vain = [float(answered(o, run.threshold)) for o in outcomes if not o.answerable]
        rows.append(
            {
                "key": name,
                "count": len(outcomes),
                "mrr": _mean([reciprocal[o.id] for o in asked]),
                "right": _mean([o.scores["right"] for o in asked]),
                "answered": _mean([float(answered(o, run.threshold)) for o in asked]),
                "wrongly": _mean(in_vain),
            }
        )
    return rows


def _year(outcome: Outcome) -> str:
    """The year asked from; of a question without one, the year of what is cited first."""
    days = [outcome.as_of, *(cited.published for cited in outcome.cited)]
    return next((day[:4] for day in days if day), "none")


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
