"""Points and bars as the paths and boxes of an inline SVG of WIDTH by HEIGHT, the origin at the lower left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

WIDTH, HEIGHT = 300.0, 180.0
BARS = 24
POINTS = 200  # a curve of more is thinned: a screen does not show them


def line(points: Sequence[tuple[float, float]]) -> str:
    """Return the path through points of [0, 1] x [0, 1]; empty without points."""
    step = max(1, len(points) // POINTS)
    kept = [*points[:-1:step], *points[-1:]]
    return "M" + " L".join(f"{x * WIDTH:.1f},{(1 - y) * HEIGHT:.1f}" for x, y in kept) if points else ""


def mark(x: float | None, y: float | None) -> tuple[float, float] | None:
    """Return the place of one point of [0, 1] x [0, 1] in the plot; None where it has no place."""
    return None if x is None or y is None else (round(x * WIDTH, 1), round((1 - y) * HEIGHT, 1))


def histogram(values: Sequence[float]) -> dict[str, Any]:
    """Return {bars: (x, y, width, height, count, from, to) each, low, high} of equal bins up to the 99th percentile.

    What lies beyond it is counted in the last bar, so that one slow question does not squeeze the others.
    """
    if not values:
        return {"bars": [], "low": 0.0, "high": 0.0}
    low, high = float(min(values)), float(np.percentile(values, 99))
    counts, edges = np.histogram(
        np.minimum(values, high), bins=BARS, range=(low, high if high - low > 1e-6 else low + 1)
    )
    wide, unit = WIDTH / BARS, (HEIGHT - 5) / counts.max()
    bars = [
        (i * wide + 1, HEIGHT - count * unit, wide - 2, count * unit, int(count), float(edges[i]), float(edges[i + 1]))
        for i, count in enumerate(counts)
    ]
    return {"bars": bars, "low": low, "high": high}
