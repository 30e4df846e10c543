"""Bars and curves as SVG files by matplotlib, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.errors import EvalError

COLOUR, OTHERS = "#8a1c1c", "#9aa3ad"


def bars(path: Path, title: str, values: Mapping[str, float]) -> None:
    """Draw one horizontal bar a name; Askive's in another colour."""
    figure, axes = _plot(1)
    names = list(values)[::-1]
    colours = [COLOUR if name == "askive" else OTHERS for name in names]
    drawn = axes[0].barh(names, [values[name] for name in names], color=colours)
    axes[0].bar_label(drawn, padding=3)
    axes[0].set_title(title)
    axes[0].spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def curves(path: Path, across: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draw one small plot a name, each from zero."""
    figure, axes = _plot(len(lines))
    for axis, (name, points) in zip(axes, lines.items(), strict=True):
        axis.plot([x for x, _ in points], [y for _, y in points], marker="o", color=COLOUR)
        axis.set_title(name)
        axis.set_xlabel(across)
        axis.set_ylim(bottom=0)
        axis.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _plot(count: int) -> tuple[Any, Any]:
    try:
        import matplotlib
    except ImportError as error:
        raise EvalError("the plots need matplotlib: pip install 'askive[bench]'") from error
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "askive", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, count, figsize=(max(6, 2.6 * count), 2.4), squeeze=False)
    return figure, axes[0]


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
