"""Export a trained reader: `python -m qa.reader.export --data ../shared/data/reader --checkpoint DIR/checkpoint.pt`.

torch -> ONNX -> int8 weights, then Platt calibration on the calibration split, then figures of the shipped file itself
on the test split. Writes reader.int8.onnx, tokenizer.json and reader.json into --out (default: the shipped weights).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from embeddings.runtimes import OnnxRuntime
from qa.reader import measure
from qa.reader.decode import sentence_around
from qa.reader.examples import Example, split_of
from qa.reader.model import SpanReader, base_folder, layers_of, load_mean, new_reader
from qa.reader.negatives import Negatives, unanswerable_sets
from qa.reader.runtime import GRAPH, MANIFEST, PROBE, THREADS, TOKENIZER, WEIGHTS, Calibration, OnnxReader, digest
from qa.reader.scored import Scored, score_all
from qa.reader.train import examples_of

LIMIT_MB = 30
SMALLEST = 20_000  # numbers in a matrix that is worth storing as int8


def to_onnx(model: SpanReader, path: Path) -> None:
    """Write the model as fp32 ONNX with dynamic batch and length."""
    sample = {
        "input_ids": torch.tensor([[101, 2040, 102, 2002, 2003, 102]]).repeat(2, 3),
        "attention_mask": torch.ones(2, 18, dtype=torch.long),
        "token_type_ids": torch.tensor([[0, 0, 0, 1, 1, 1]]).repeat(2, 3),
    }
    names = [*sample, "start", "end", "answerable"]
    axes = {name: {0: "batch", 1: "tokens"} for name in names[:-1]} | {"answerable": {0: "batch"}}
    model.eval()
    torch.onnx.export(
        model,
        tuple(sample.values()),
        str(path),
        input_names=names[:3],
        output_names=names[3:],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def to_int8(graph: Path, out: Path) -> None:
    """Store every large matrix as int8 with a scale a column (a row of the words).

    Only what is stored is int8: Cast and Mul make floats of it again, which onnxruntime folds away once at load, and
    then fuses attention, GELU and norms. Activations quantised at run time were a third faster without VNNI, and
    moved one span in seven (docs/decisions/0004-int8-weights.md).
    """
    import onnx

    model = onnx.load(str(graph))
    _store_as_int8(model.graph)
    onnx.save(model, str(out))


def _store_as_int8(graph: Any) -> None:
    from onnx import TensorProto, helper, numpy_helper

    words = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    added = []
    for weight in [i for i in graph.initializer if len(i.dims) == 2 and i.dims[0] * i.dims[1] >= SMALLEST]:
        values = numpy_helper.to_array(weight)
        name = weight.name
        scale = np.maximum(np.abs(values).max(axis=1 if name in words else 0, keepdims=True), 1e-12) / 127
        graph.initializer.remove(weight)
        small = np.round(values / scale).astype(np.int8)
        graph.initializer.append(numpy_helper.from_array(small, f"{name}_int8"))
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"))
        added.append(helper.make_node("Cast", [f"{name}_int8"], [f"{name}_cast"], to=TensorProto.FLOAT))
        added.append(helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]))
    for node in reversed(added):
        graph.node.insert(0, node)


def fit_platt(scored: Sequence[Scored], truth: npt.NDArray[np.float64]) -> Calibration:
    """Fit Calibration by Newton's method; answerable and not weigh the same, whatever their numbers.

    A margin that would count against an answer is left out: it says again what the head says.
    """
    beta = _newton(np.array([[1.0, s.head, s.margin] for s in scored]), truth)
    if beta[2] < 0:
        beta = np.array([*_newton(np.array([[1.0, s.head] for s in scored]), truth), 0.0])
    return Calibration(*(round(float(b), 5) for b in beta))


def _newton(x: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    weight = np.where(truth > 0, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (weight * (p - truth)) + 1e-4 * beta
        curve = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(x.shape[1])
        beta -= np.linalg.solve(curve, slope)
    return beta


def pairs_of(examples: Sequence[Example], split: str, seed: int) -> dict[str, list[Example]]:
    """Return the split's answerable examples (under "answerable") and one negative of each kind for each."""
    kept = [e for e in examples if split_of(e) == split]
    return {"answerable": [e for e in kept if e.spans], **unanswerable_sets(Negatives(kept), kept, seed)}


def figures(scored: dict[str, list[Scored]], examples: dict[str, list[Example]], fit: Calibration) -> dict[str, Any]:
    """Return span F1, exact match and right sentence by source, and AUROC by kind of negative, fit included."""
    by_source: dict[str, list[tuple[float, bool]]] = {}
    for example, found in zip(examples["answerable"], scored["answerable"], strict=True):
        said = example.text[found.start : found.end]
        value = max(measure.f1(said, example.text[a:b]) for a, b in example.spans)
        first, last = sentence_around(example.text, found.start, found.end)
        right = any(first <= a and b <= last for a, b in example.spans)
        by_source.setdefault(example.source, []).append((value, right))
    odds = {kind: [fit.logit(s.head, s.margin) for s in rows] for kind, rows in scored.items()}
    positive = odds.pop("answerable")
    every = [value for rows in odds.values() for value in rows]
    return {
        "examples": {source: len(rows) for source, rows in sorted(by_source.items())},
        "f1": {s: round(float(np.mean([f for f, _ in rows])), 4) for s, rows in sorted(by_source.items())},
        "exact": {s: round(float(np.mean([f == 1 for f, _ in rows])), 4) for s, rows in sorted(by_source.items())},
        "sentence": {s: round(float(np.mean([r for _, r in rows])), 4) for s, rows in sorted(by_source.items())},
        "auroc": {kind: round(measure.auroc(positive, values), 4) for kind, values in odds.items()},
        "auroc_all": round(measure.auroc(positive, every), 4),
        "negatives": {kind: len(values) for kind, values in odds.items()},
    }


def export(model: SpanReader, examples: Sequence[Example], out: Path, seed: int) -> None:
    """Write the three files into `out`, and print the figures of the int8 file and how far it is from fp32."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "reader.onnx"
        to_onnx(model, plain)
        to_int8(plain, out / GRAPH)
        shutil.copyfile(base_folder() / "tokenizer.json", out / TOKENIZER)
        calibration, test = pairs_of(examples, "calibration", seed), pairs_of(examples, "test", seed)
        whole, small = _reader(plain, out), _reader(out / GRAPH, out)
        held = {kind: score_all(small, rows) for kind, rows in calibration.items()}
        flat = [s for rows in held.values() for s in rows]
        truth = np.array([float(kind == "answerable") for kind, rows in held.items() for _ in rows])
        fit = fit_platt(flat, truth)
        measured = figures({kind: score_all(small, rows) for kind, rows in test.items()}, test, fit)
        start, end, head, _ = small.raw([PROBE])[0][0]
        drift = _drift(whole, small, test["answerable"][:100])
    size = sum((out / name).stat().st_size for name in (GRAPH, TOKENIZER)) / 1e6
    if size > LIMIT_MB:
        print(f"{size:.1f} MB is over the {LIMIT_MB} MB that may ship", file=sys.stderr)
    manifest = {
        "sha256": {name: digest(out / name) for name in (GRAPH, TOKENIZER)},
        "calibration": {"bias": fit.bias, "head": fit.head, "margin": fit.margin},
        "probe": {"start": start, "end": end, "head": round(head, 4)},
        "measured": {**measured, "int8_against_fp32": drift, "megabytes": round(size, 1)},
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(manifest["measured"], indent=1))


def _reader(graph: Path, folder: Path) -> OnnxReader:
    return OnnxReader(
        OnnxRuntime(graph, THREADS), Tokenizer.from_file(str(folder / TOKENIZER)), Calibration(0.0, 1.0, 0.0)
    )


def _drift(whole: OnnxReader, small: OnnxReader, examples: Sequence[Example]) -> dict[str, float]:
    a, b = score_all(whole, examples), score_all(small, examples)
    same = [(x.start, x.end) == (y.start, y.end) for x, y in zip(a, b, strict=True)]
    moved = [abs(x.head - y.head) for x, y in zip(a, b, strict=True)]
    return {"same_span": round(float(np.mean(same)), 4), "head_logit": round(float(np.mean(moved)), 4)}


def _share(told: str) -> tuple[Path, float]:
    path, _, share = told.partition("=")
    return Path(path), float(share or 1)


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of reader sets (shared/data/reader)")
    parser.add_argument(
        "--checkpoint",
        nargs="+",
        required=True,
        metavar="PATH[=SHARE]",
        help="checkpoint.pt of qa.reader.train, or a graph; of several, the mean of their weights by these shares",
    )
    parser.add_argument("--archive", type=Path, help="the archive trained on too, as given to qa.reader.train")
    parser.add_argument("--questions", type=Path, help="the questions of --archive")
    parser.add_argument("--written", type=Path, help="questions on news of 2023, as given to qa.reader.train")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    examples = examples_of(parser, options)
    parts = [_share(each) for each in options.checkpoint]
    model = new_reader(layers=max(layers_of(path) for path, _ in parts), exported=True)
    load_mean(model, parts)
    export(model, examples, options.out, options.seed)


if __name__ == "__main__":
    main()
