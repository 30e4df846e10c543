"""A gate: the floors and ceilings that a run must keep, so that a release that got worse is stopped."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path

from eval.errors import EvalError
from eval.types import Run

Bounds = Mapping[str, Mapping[str, Mapping[str, float]]]  # group, measure, {"min" | "max": value}

# What fails any run, gate or no gate: a quote that is not the article's, anything from after the day asked from.
ALWAYS: Bounds = {
    "citations": {"unresolved": {"max": 0}},
    "time": {"cited after as_of": {"max": 0}, "shown after as_of": {"max": 0}},
}


def load_gate(path: Path, name: str) -> Bounds:
    """Read the bounds of one question set from a gate file. Raises EvalError.

    A gate file has a table a set (its file's name), in it a table a group of measures, in it a measure's bounds:
    `"MRR@10" = {min = 0.9}`, `{max = …}` or both.
    """
    try:
        gate = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EvalError(f"{path}: {error}") from error
    for each, groups in gate.items():
        for group, names in _table(groups, f"{path}: {each}").items():
            for measure, bounds in _table(names, f"{path}: {each}: {group}").items():
                if not isinstance(bounds, dict) or not bounds or not set(bounds) <= {"min", "max"}:
                    raise EvalError(f"{path}: {each}: {group}: {measure}: expected {{min = …}} or {{max = …}}")
                if not all(isinstance(bound, int | float) for bound in bounds.values()):
                    raise EvalError(f"{path}: {each}: {group}: {measure}: a bound must be a number")
    if name not in gate:
        raise EvalError(f"{path}: it has no floors for {name}, only for {', '.join(gate) or 'nothing'}")
    found: Bounds = gate[name]
    return found


def check(run: Run, gate: Bounds) -> list[str]:
    """Return a line for every bound the run breaks, with those of ALWAYS.

    A figure that the run does not have, or that is NaN, breaks its bound too.
    """
    broken = []
    for bounds in (ALWAYS, gate):
        for group, names in bounds.items():
            for name, each in names.items():
                value = run.measures.get(group, {}).get(name, math.nan)
                if "min" in each and not value >= each["min"]:
                    broken.append(f"{group}: {name} is {value:.3f}, the floor is {each['min']}")
                if "max" in each and not value <= each["max"]:
                    broken.append(f"{group}: {name} is {value:.3f}, the ceiling is {each['max']}")
    return list(dict.fromkeys(broken))


def _table(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict) or not value:  # one that bounds nothing would hold for any run
        raise EvalError(f"{place}: expected a table with something in it")
    return value
