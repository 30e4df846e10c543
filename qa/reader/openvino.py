"""The shipped graph as OpenVINO's own files, made once in a folder of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from embeddings.runtimes import load_openvino
from embeddings.sealed import Sealed


def converted(graph: Path, digest: str, folder: Path) -> Path:
    """Return the .xml that OpenVINO runs for `graph`, whose SHA-256 is `digest`; made at first use. OSError.

    Its weights are fp16, mapped from the file. Read from the ONNX file itself they would be 75 MB more of the process.
    """
    stem = folder / f"reader-{digest[:12]}"
    xml, weights = stem.with_suffix(".xml"), stem.with_suffix(".bin")
    Sealed((xml, weights), stem.with_suffix(".sha256")).ensure(lambda: _convert(graph, xml))
    return xml


def _convert(graph: Path, xml: Path) -> None:
    openvino = load_openvino()
    model = openvino.Core().read_model(str(graph))
    _widen(model)
    openvino.save_model(model, str(xml), compress_to_fp16=True)


def _widen(model: Any) -> None:
    """Make of every weight stored as int8 and a scale what it stands for.

    The plugin would compute with the int8 itself: other words for every other passage, and for some lengths a division
    by zero that ends the process (OpenVINO 2026.4; docs/decisions/0053-reader-in-bf16.md).
    """
    from openvino import opset13

    for scaled in model.get_ops():
        if scaled.get_type_name() != "Multiply":
            continue
        cast, scale = (scaled.input_value(i).get_node() for i in (0, 1))
        if (cast.get_type_name(), scale.get_type_name()) != ("Convert", "Constant"):
            continue
        held = cast.input_value(0).get_node()
        if held.get_type_name() == "Constant" and held.get_data().dtype == np.int8:
            weight = held.get_data().astype(np.float32) * scale.get_data()
            scaled.output(0).replace(opset13.constant(weight).output(0))
