"""Run files: what was measured, on what, with what; and whether one run is better than another."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eval.bootstrap import paired
from eval.errors import EvalError
from eval.run import OURS
from eval.scores import FROM_GOLD, of_rankings, settled
from eval.types import Cited, GoldPlace, Outcome, Ranking, Run, Said

PACKAGES = ("askive", "faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "numpy", "ir-measures")
SIGNIFICANT = 0.05
COMPARED = ("MRR@10", "hit@1", "hit@10", "nDCG@10", "answer recall@5")  # of the rankings


def described(**more: Any) -> dict[str, Any]:
    """Return what a run was made with: commit, machine, versions, and whatever the caller adds."""
    return {
        "commit": _commit(),
        "python": sys.version.split()[0],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_processor()}",
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        **more,
    }


def save(run: Run, path: Path) -> None:
    """Write a run as JSON, an outcome a line. Raises EvalError if it cannot be written."""
    held = asdict(run)
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in held.pop("outcomes"))
    head = json.dumps(held, ensure_ascii=False, indent=1)[:-2]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{head},\n "outcomes": [\n{lines}\n]}}\n', encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{path}: cannot be written: {error.strerror}") from error


def load(path: Path) -> Run:
    """Read a run that `save` wrote. Raises EvalError for anything else."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        outcomes = tuple(_outcome(each) for each in held["outcomes"])
        return Run(held["name"], held["threshold"], outcomes, held["measures"], held["configuration"])
    except OSError as error:
        raise EvalError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvalError(f"{path}: not a run file: {type(error).__name__} {error}") from error


def without_text(run: Run) -> Run:
    """Return the run without a word of the archive or of the questions; every figure and comparison stays."""
    return replace(run, outcomes=tuple(_bare(outcome) for outcome in run.outcomes))


def compare(a: Run, b: Run) -> list[dict[str, Any]]:
    """Return a row a measure: the change from a to b, its p, and a verdict that is only given when significant.

    Raises EvalError unless both asked the same questions: none may vanish.
    """
    left, right = {o.id: o for o in a.outcomes}, {o.id: o for o in b.outcomes}
    if set(left) != set(right):
        raise EvalError(f"the runs differ in questions: {', '.join(sorted(set(left) ^ set(right))[:3])}")
    changed = [i for i, o in left.items() if (o.gold, o.answerable) != (right[i].gold, right[i].answerable)]
    if changed:
        raise EvalError(f"the runs differ in what is gold: {', '.join(changed[:3])}")
    before, after = _values(a), _values(b)
    if FROM_GOLD in before and FROM_GOLD in after:  # of nothing said none is from gold, and none is not
        both = before[FROM_GOLD].keys() & after[FROM_GOLD].keys()
        for values in (before, after):
            values[FROM_GOLD] = {i: value for i, value in values[FROM_GOLD].items() if i in both}
    return [_row(name, before[name], after[name]) for name in before if before[name] and after.get(name)]


def against(run: Run, measure: str = "MRR@10") -> dict[str, tuple[float, float]]:
    """Return {method: (Askive's mean less the method's, p)} of one measure of retrieval, in the same run."""
    values = {method: found[measure] for method, found in of_rankings(run.outcomes).items()}
    ours = values.pop(OURS, {})
    return {method: paired(list(found.values()), [ours[q] for q in found]) for method, found in values.items()}


def _row(name: str, before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, Any]:
    if set(before) != set(after):
        raise EvalError(f"{name}: the runs hold it of different questions")
    change, p = paired(list(before.values()), [after[i] for i in before])
    verdict = "no significant difference"
    if p < SIGNIFICANT:
        verdict = "better" if change > 0 else "worse"
    means = {"a": sum(before.values()) / len(before), "b": sum(after.values()) / len(after)}
    return {"measure": name, **means, "change": change, "p": p, "verdict": verdict}


def _values(run: Run) -> dict[str, dict[str, float]]:
    """What each question is worth by each measure that is compared; more is better in all of them."""
    rankings = of_rankings(run.outcomes).get(OURS, {})
    found = {name: rankings[name] for name in COMPARED if name in rankings}
    asked = [o for o in run.outcomes if o.answerable]
    for name in dict.fromkeys(name for o in asked for name in o.scores):
        found[name] = {o.id: o.scores[name] for o in asked if name in o.scores}
    found["right, or rightly silent"] = {o.id: settled(o, run.threshold) for o in run.outcomes}
    return {name: values for name, values in found.items() if values}


def _bare(outcome: Outcome) -> Outcome:
    said = tuple(
        replace(s, text="", cited=tuple(replace(c, title="", quote="") for c in s.cited)) for s in outcome.said
    )
    return replace(outcome, question="", asked_as="", answers=(), spans=(), said=said, places=())


def _outcome(held: dict[str, Any]) -> Outcome:
    said = tuple(
        Said(s["text"], s["verbatim"], s["grounded"], tuple(Cited(**c) for c in s["cited"])) for s in held.pop("said")
    )
    rankings = {
        method: Ranking(tuple(r["articles"]), tuple(r["held"]), r["milliseconds"])
        for method, r in held.pop("rankings").items()
    }
    places = tuple(GoldPlace(**place) for place in held.pop("places"))
    held |= {name: tuple(held[name]) for name in ("gold", "answers", "spans")}
    return Outcome(**{**held, "said": said, "rankings": rankings, "places": places})


def _commit() -> str | None:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
