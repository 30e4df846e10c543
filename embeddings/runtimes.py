"""What runs a transformer on this machine: OpenVINO in bf16 where the processor computes in it, else onnxruntime.

A runtime takes token ids and their mask, int64 (batch, tokens), and returns its graph's outputs as float32. It is
thread-safe, and one call uses one core: `streams` calls at a time use the machine, which for batches of this size is
faster than all cores on one call (docs/decisions/0025-encoder-path.md).
"""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.errors import EncoderError

BF16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}  # the last as Arm's processors name it
# Rows are padded to a multiple: matrix tiles have 16 rows and what is left over is slow, and OpenVINO keeps a plan in
# memory for each width it has met.
WIDTH = 16
Ids = npt.NDArray[np.int64]
Feed = dict[str, Ids]
Outputs = list[npt.NDArray[np.float32]]


class Runtime(Protocol):
    """`name` says which library in which precision; `streams` how many calls at a time use the whole machine.

    `joins` says that a row's outputs are the same, bit for bit, whatever other rows of its width are in the call.
    """

    @property
    def name(self) -> str: ...

    @property
    def streams(self) -> int: ...

    @property
    def joins(self) -> bool: ...

    def __call__(self, feed: Feed) -> Outputs:
        """Return the graph's outputs, in its order, for its inputs by name."""
        ...


def padded(pieces: int) -> int:
    """Return the width of a row of so many word pieces."""
    return -(-pieces // WIDTH) * WIDTH


def cores() -> int:
    """The cores this process may use, at most four: past that the memory is what is waited for."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@cache
def computes_bf16() -> bool:
    """Say whether the processor has instructions for bf16; without them bf16 is emulated, and slower than fp32."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    flags = next((line for line in text.splitlines() if line.lower().startswith(("flags", "features"))), "")
    return not BF16_FLAGS.isdisjoint(flags.split())


_first = threading.Lock()


def load_openvino() -> Any:
    """Import OpenVINO, and use an array of it once in one thread only.

    Two threads that first do so at once wait for ever: its binding fills a C++ static there, runs Python for it, and so
    may hand the GIL to the other thread, which keeps it while it waits for the static.
    """
    with _first:
        import openvino

        _ = openvino.Tensor(np.zeros(1, dtype=np.float32)).data
        return openvino


class OnnxRuntime:
    """A graph in fp32, or with int8 weights, by onnxruntime; int8 takes one scale for all rows of a call."""

    name = "onnxruntime fp32"
    joins = False

    def __init__(self, path: Path, streams: int | None = None) -> None:
        import onnxruntime

        self.streams = streams or cores()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises types of its own that it does not export
            raise EncoderError(f"{path}: the exported model cannot be run; delete it, and it is made again") from error

    def __call__(self, feed: Feed) -> Outputs:
        outputs: Outputs = self._session.run(None, feed)
        return outputs


class OpenVinoRuntime:
    """A graph in bf16 by OpenVINO."""

    name = "openvino bf16"
    joins = True

    def __init__(self, path: Path, streams: int | None = None) -> None:
        openvino = load_openvino()
        self.streams = streams or cores()
        options = {
            "INFERENCE_PRECISION_HINT": "bf16",
            "NUM_STREAMS": self.streams,
            "INFERENCE_NUM_THREADS": self.streams,
        }
        try:
            self._model = openvino.Core().compile_model(str(path), "CPU", options)
        except RuntimeError as error:
            raise EncoderError(f"{path}: the exported model cannot be run; delete it, and it is made again") from error
        self._requests: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self.streams):
            self._requests.put(self._model.create_infer_request())

    def __call__(self, feed: Feed) -> Outputs:
        request = self._requests.get()
        try:
            found = request.infer(feed)
            return [np.array(value, dtype=np.float32) for value in found.values()]
        finally:
            self._requests.put(request)
