"""What loads the libraries that run models. That they compute what torch does is test_encoder.py's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.export import Export

ROOT = Path(__file__).resolve().parents[2]

# numpy's version is asked for by OpenVINO's binding at its first array, in Python: here that takes long enough for the
# other thread to come there too. A thread that still runs at the end would hold the GIL: so the process is what ends.
TWO_FIRST = """
import sys, threading, time
import numpy as np, numpy.lib
from embeddings.runtimes import OnnxRuntime, OpenVinoRuntime

version, asked = numpy.lib.NumpyVersion, []
def slowly(text):
    asked.append(text)
    time.sleep(0.3)
    return version(text)
numpy.lib.NumpyVersion = slowly

kind = {"onnx": OnnxRuntime, "xml": OpenVinoRuntime}[sys.argv[1].rpartition(".")[2]]
feed = {name: np.ones((1, 8), dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
shapes = []
def first():
    shapes.append(kind(sys.argv[1])(feed)[0].shape)

threads = [threading.Thread(target=first) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(asked), shapes)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["openvino", "onnx"])
def test_two_threads_that_first_run_a_model_at_once_both_do(models: Path, kind: str) -> None:
    """`askive serve` loads its two models so; without load_openvino it hung before it served, now and then."""
    path: Path = getattr(Export.inside(models), kind)
    command = [sys.executable, "-c", TWO_FIRST, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    asked, _, shapes = done.stdout.partition(" ")
    assert shapes.strip() == "[(1, 8, 384), (1, 8, 384)]"
    if kind == "openvino":
        assert int(asked) >= 1  # else this shows nothing: the binding no longer asks
