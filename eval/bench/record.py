"""Results of a part, kept as rounds in one JSON file a part, so that a page is drawn from what was measured when."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

Round = dict[str, Any]
RESULTS = (":(top,exclude)docs/benchmarks", ":(top,exclude)docs/benchmarks.md")  # one part's, written before the next


def add_round(folder: Path, part: str, found: Round, *, fresh: bool = False) -> None:
    """Append one round of a part, with the machine, the commit and the day; `fresh` drops the rounds before."""
    folder.mkdir(parents=True, exist_ok=True)
    before = [] if fresh else rounds(folder, part)
    held = [*before, {"machine": machine(), "commit": commit(), "day": date.today().isoformat(), **found}]
    (folder / f"{part}.json").write_text(json.dumps(held, indent=1) + "\n")


def rounds(folder: Path, part: str) -> list[Round]:
    """Return the rounds of a part, the oldest first; none when it was never measured."""
    file = folder / f"{part}.json"
    return json.loads(file.read_text()) if file.is_file() else []


def medians(found: Sequence[Any]) -> Any:
    """Return one round out of several: the median of each number, of all else the last's.

    What only some rounds have is the median of those.
    """
    last = found[-1]
    if isinstance(last, dict):
        names = dict.fromkeys(name for each in found for name in each)
        return {name: medians([each[name] for each in found if name in each]) for name in names}
    if isinstance(last, bool) or not isinstance(last, int | float):
        return last
    middle = median(found)
    return int(middle) if middle == int(middle) and isinstance(last, int) else round(middle, 4)


def machine() -> str:
    """Return the processor, how many of its cores this process may use, and the memory."""
    text = Path("/proc/cpuinfo").read_text()
    name = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "?")
    flags = " with AVX-512 bf16" if "avx512_bf16" in text else ""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{name}{flags}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"


def commit() -> str:
    """Return the commit that is measured, with "-dirty" where more is changed than results; "unknown" outside one."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":/", *RESULTS)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name}-dirty" if changed else name


def _git(*arguments: str) -> str:
    told = subprocess.run(["git", *arguments], capture_output=True, text=True, cwd=Path(__file__).parent, check=True)
    return told.stdout.strip()


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Return p50, p95 and how many there are."""
    return {
        "p50": round(float(np.percentile(milliseconds, 50)), 2),
        "p95": round(float(np.percentile(milliseconds, 95)), 2),
        "count": len(milliseconds),
    }
