"""Deepen a trained reader: layers among its own that at first change nothing, to be trained from there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

Weights = Mapping[str, npt.NDArray[np.floating]]

_LAYER = re.compile(r"encoder\.encoder\.layer\.(\d+)\.")
_ADDED_TO_WHAT_COMES_IN = ("attention.output.dense.", "output.dense.")


def depth(names: Iterable[str]) -> int:
    """Return how many layers the encoder has whose weights are named so."""
    return len({found[1] for name in names if (found := _LAYER.match(name))})


def grown(weights: Weights, layers: int) -> dict[str, npt.NDArray[np.floating]]:
    """Return the weights of a reader of `layers` layers that reads as the one of these does.

    The new ones are copies, evenly among the old, each with zero for what it adds to what comes in (Wu et al. 2024,
    "LLaMA Pro", section 3.2). A BERT layer then still normalises, so the copy's norms are set to the mean and deviation
    that come in: those that the norm before gives on average. Raises ValueError for fewer layers, or more than twice.
    """
    old = depth(weights)
    if not old <= layers <= 2 * old:
        raise ValueError(f"{old} layers can become {old} to {2 * old}, not {layers}")
    new = {name: value for name, value in weights.items() if not _LAYER.match(name)}
    at = 0
    for layer in range(old):
        held = {_rest(name): value for name, value in weights.items() if _at(name) == layer}
        new |= _named(held, at)
        at += 1
        if (layer + 1) * (layers - old) // old > layer * (layers - old) // old:
            new |= _named(_idle(held), at)
            at += 1
    return new


def _at(name: str) -> int | None:
    found = _LAYER.match(name)
    return int(found[1]) if found else None


def _rest(name: str) -> str:
    return _LAYER.sub("", name, count=1)


def _named(layer: Weights, at: int) -> dict[str, npt.NDArray[np.floating]]:
    return {f"encoder.encoder.layer.{at}.{name}": value for name, value in layer.items()}


def _idle(layer: Weights) -> dict[str, npt.NDArray[np.floating]]:
    copy = {n: np.zeros_like(v) if n.startswith(_ADDED_TO_WHAT_COMES_IN) else v for n, v in layer.items()}
    gain, bias = layer["output.LayerNorm.weight"], layer["output.LayerNorm.bias"]
    # what comes in is gain * z + bias, z of mean 0 and deviation 1
    deviation = np.sqrt(np.square(gain).mean() + bias.var())
    for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
        copy[f"{norm}.weight"] = np.full_like(gain, deviation)
        copy[f"{norm}.bias"] = np.full_like(bias, bias.mean())
    return copy
