"""The shipped encoder against sentence-transformers on every path of this machine, its fall-backs and its refusals."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import encoder as module
from embeddings import export as exporting
from embeddings.encoder import BATCH, FLOOR, PackagedEncoder, TorchEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.export import PROBES, Export, check_weights, exported, model_folder
from embeddings.runtimes import OnnxRuntime, OpenVinoRuntime, Outputs, computes_bf16
from embeddings.types import Vectors

TEXTS = [
    "Which airline carried Jack Ma's donation?",
    "",
    "Title — 16 March 2020\nThe flight landed on Sunday with testing kits and masks for doctors. " * 8,
    "捐赠 is a word. So is Zürich — and 🦊.",
    "word " * 900,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def export(cache: Path) -> Export:
    return exported(cache)


@pytest.fixture(params=["onnxruntime", "openvino"])
def encoder(request: pytest.FixtureRequest, export: Export) -> PackagedEncoder:
    if request.param == "onnxruntime":
        return PackagedEncoder(OnnxRuntime(export.onnx))
    return PackagedEncoder(OpenVinoRuntime(export.openvino))


@pytest.mark.slow
def test_vectors_are_those_of_sentence_transformers(encoder: PackagedEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(model_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * reference).sum(axis=1).min() > FLOOR
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.slow
def test_a_text_has_one_vector_whatever_its_neighbours(
    encoder: PackagedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    monkeypatch.setattr(module, "WINDOW", BATCH + 3)  # several windows, the last not full
    many = encoder.encode(TEXTS * 9)
    assert (many * np.tile(alone, (9, 1))).sum(axis=1).min() > 0.9999  # bf16 rounds by the width of the batch


@pytest.mark.slow
def test_the_path_is_the_first_that_agrees(export: Export) -> None:
    expected = "openvino bf16" if computes_bf16() else "onnxruntime fp32"
    assert load_encoder(cache=export.onnx.parent).runtime == expected  # type: ignore[attr-defined]


class Wrong:
    """A path whose outputs are noise."""

    name = "wrong"
    streams = 1
    joins = False

    def __init__(self, _path: Path) -> None: ...

    def __call__(self, feed: dict[str, np.ndarray]) -> Outputs:
        shape = (*feed["input_ids"].shape, 384)
        return [np.random.default_rng(1).standard_normal(shape, dtype=np.float32)]


class Broken(Wrong):
    """A path that opens and cannot be run."""

    name = "broken"

    def __call__(self, feed: dict[str, np.ndarray]) -> Outputs:
        raise RuntimeError(f"Exception from infer_request.cpp:223:\nno kernel for {len(feed)} inputs")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        (Wrong, "wrong disagrees with torch (cosine"),
        (Broken, "Exception from infer_request.cpp:223: no kernel for 3 inputs; falling back"),
    ],
)
def test_a_path_that_disagrees_or_fails_is_left_and_said(
    runtime: type[Wrong],
    said: str,
    export: Export,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "computes_bf16", lambda: True)
    monkeypatch.setattr(module, "OpenVinoRuntime", runtime)
    with caplog.at_level(logging.WARNING):
        found = module.fastest(export)
    assert found.runtime == "onnxruntime fp32"  # type: ignore[attr-defined]
    assert said in caplog.text
    monkeypatch.setattr(module, "OnnxRuntime", runtime)
    with pytest.raises(EncoderError, match="no way to run"):
        module.fastest(export)


class OnGpu(TorchEncoder):
    """torch where it says that it found a GPU, whatever this machine has."""

    device = "cuda"


class OutOfMemory(OnGpu):
    def encode(self, _texts: Sequence[str]) -> Vectors:
        raise RuntimeError("CUDA error: out of memory")


@pytest.mark.slow
def test_a_gpus_vectors_are_held_to_the_same_floor(
    export: Export, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "has_gpu", lambda: True)
    monkeypatch.setattr(module, "TorchEncoder", OnGpu)
    with caplog.at_level(logging.INFO):
        bulk = load_encoder(cache=export.onnx.parent, bulk=True)
    assert isinstance(bulk, OnGpu)
    assert bulk.name == module.NAME
    assert "encoding by torch on the GPU, cosine to torch on the processor 1.0" in caplog.text
    monkeypatch.setattr(module, "agreement", lambda *_: 0.99 if not isinstance(_[0], PackagedEncoder) else 1.0)
    assert isinstance(load_encoder(cache=export.onnx.parent, bulk=True), PackagedEncoder)
    assert "encoding without the GPU: it disagrees with torch on the processor (cosine 0.9900)" in caplog.text


def on_processor(model: str, name: str) -> TorchEncoder:
    made = TorchEncoder(model, name)
    made._model.to("cpu")
    return made


def no_model(*_: object) -> None:
    raise EncoderError("CUDA driver version is insufficient")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("torch", "said"),
    [
        (on_processor, "torch, as it is installed, runs on cpu"),
        (OutOfMemory, "CUDA error: out of memory"),
        (no_model, "CUDA driver version is insufficient"),
    ],
)
def test_a_gpu_that_torch_cannot_use_is_left_and_said(
    torch: object, said: str, export: Export, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "has_gpu", lambda: True)
    monkeypatch.setattr(module, "TorchEncoder", torch)
    with caplog.at_level(logging.WARNING):
        found = load_encoder(cache=export.onnx.parent, bulk=True)
    assert isinstance(found, PackagedEncoder)
    assert caplog.messages == [f"encoding without the GPU: {said}"]


@pytest.mark.slow
def test_the_export_is_made_once_and_again_when_a_file_of_it_is_damaged(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = export.openvino.with_suffix(".bin")
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    assert not export.sealed.whole()
    assert exported(export.onnx.parent).sealed.whole()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("exported again")

    monkeypatch.setattr(exporting.subprocess, "run", refuse)
    assert exported(export.onnx.parent).probes().shape == (len(PROBES), 384)


@pytest.mark.slow
def test_exporting_leaves_torch_out_of_this_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from embeddings.encoder import load_encoder; "
        "load_encoder(cache=Path(sys.argv[1])).encode(['one']); "
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, cwd=Path(__file__).parents[2])


def test_an_export_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EncoderError, match="the model cannot be written: Not a directory"):
        exported(tmp_path / "file" / "models")


def test_what_a_killed_export_left_is_removed_and_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onnx import TensorProto, helper, save

    def write_small(path: Path) -> None:  # in place of the model, whose export takes ten seconds
        ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
        graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "small", ends[:1], ends[1:])
        save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)

    monkeypatch.setattr(exporting, "_write_onnx", write_small)
    monkeypatch.setattr(exporting, "_torch_vectors", lambda: np.float32([[3, 4]]))
    for pid in (os.getpid(), 1):
        (tmp_path / f"new-{pid}").mkdir()
        (tmp_path / f"new-{pid}" / "half.onnx").write_bytes(b"half")
    exporting._make(tmp_path)
    made = Export.inside(tmp_path)
    assert set(tmp_path.iterdir()) == set(made.sealed.files)
    assert made.probes().tolist() == [[3, 4]]


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "model.safetensors"
    shutil.copy(model_folder() / "model.safetensors", copy)
    check_weights(copy)
    with copy.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\1")
    with pytest.raises(EncoderError, match="not the published model"):
        check_weights(copy)
    copy.unlink()
    with pytest.raises(EncoderError, match="missing"):
        check_weights(copy)


def test_a_model_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(str(tmp_path / "no-such-model"))


@pytest.mark.parametrize(("runtime", "suffix"), [(OnnxRuntime, ".onnx"), (OpenVinoRuntime, ".xml")])
def test_an_export_that_cannot_be_run_is_a_typed_error(
    tmp_path: Path, runtime: type[OnnxRuntime | OpenVinoRuntime], suffix: str
) -> None:
    (tmp_path / f"bad{suffix}").write_bytes(b"not a graph")
    with pytest.raises(EncoderError, match="delete it"):
        runtime(tmp_path / f"bad{suffix}")
