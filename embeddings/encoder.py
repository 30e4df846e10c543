"""Texts to unit vectors: all-MiniLM-L6-v2 without torch, or any other model through sentence-transformers."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from embeddings.errors import EncoderError
from embeddings.export import DEFAULT_MODEL, MAX_PIECES, PROBES, Export, exported, model_folder
from embeddings.runtimes import Feed, Ids, OnnxRuntime, OpenVinoRuntime, Runtime, computes_bf16, padded
from embeddings.together import Together
from embeddings.types import Encoder, Vectors

NAME = f"{DEFAULT_MODEL}/mean/{MAX_PIECES}"  # the same whatever runs it: every path is held to torch's vectors
BATCH = 8  # of texts of 130 to 256 pieces, 4 to 8 a batch are the quickest: more leave the cache
WINDOW = 2048  # texts sorted by length together; the next window is tokenised while one is run
FLOOR = 0.999  # cosine between a path and torch on the probe texts; below it the next path is taken
_log = logging.getLogger(__name__)


def load_encoder(model: str | None = None, cache: Path | None = None, *, bulk: bool = False) -> Encoder:
    """Return the encoder of a model: by default all-MiniLM-L6-v2 from its package, exported once into `cache`.

    It is run by the first of the machine's paths that agrees with torch. `bulk` says that an archive is to be
    encoded: then a GPU is used where there is one. Any other name or folder is loaded by sentence-transformers.
    Raises EncoderError when weights are missing or are not the published ones.
    """
    if model not in (None, DEFAULT_MODEL):
        return TorchEncoder(str(model))
    export = exported(cache or Path.home() / ".cache" / "askive")
    return (on_gpu(export) if bulk and has_gpu() else None) or fastest(export)


def has_gpu() -> bool:
    """Say whether an Nvidia driver is loaded; asking torch would import it."""
    return Path("/proc/driver/nvidia/version").is_file()


def on_gpu(export: Export) -> Encoder | None:
    """Return the packaged model on the GPU; None, with a warning, where torch does not use it, fails or disagrees."""
    try:
        encoder = TorchEncoder(str(model_folder()), NAME)
        if encoder.device != "cuda":  # a CPU build of torch, or the GPU is hidden: our other paths are 4 times as fast
            raise EncoderError(f"torch, as it is installed, runs on {encoder.device}")
        worst = agreement(encoder, export)
        if worst < FLOOR:
            raise EncoderError(f"it disagrees with torch on the processor (cosine {worst:.4f})")
    except Exception as error:  # CUDA, its libraries and its memory can each fail in their own way
        _log.warning("encoding without the GPU: %s", _line(error))
        return None
    _log.info("encoding by torch on the GPU, cosine to torch on the processor %.6f", worst)
    return encoder


def fastest(export: Export) -> Encoder:
    """Return the packaged model on the first path that agrees with torch: OpenVINO bf16 where it is native, ONNX fp32.

    Raises EncoderError when none does.
    """
    paths: list[Callable[[], Runtime]] = [lambda: OnnxRuntime(export.onnx)]
    if computes_bf16():
        paths.insert(0, lambda: OpenVinoRuntime(export.openvino))
    told = []
    for opened in paths:
        try:
            encoder = PackagedEncoder(opened())
            worst = agreement(encoder, export)
        except Exception as error:  # onnxruntime raises types of its own that it does not export
            told.append(_line(error))
        else:
            if worst >= FLOOR:
                _log.info("encoding by %s, cosine to torch %.6f", encoder.runtime, worst)
                return encoder
            told.append(f"{encoder.runtime} disagrees with torch (cosine {worst:.4f})")
        _log.warning("%s; falling back", told[-1])
    raise EncoderError(f"no way to run {DEFAULT_MODEL} here: {'; '.join(told)}")


def agreement(encoder: Encoder, export: Export) -> float:
    """Return the worst cosine between an encoder and torch over the probe texts.

    One text a batch: what a runtime keeps for the largest batch it has met, it keeps for good.
    """
    vectors = np.concatenate([encoder.encode([text]) for text in PROBES])
    return float((vectors * export.probes()).sum(axis=1).min())


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or repr(error)


class PackagedEncoder:
    """all-MiniLM-L6-v2: word pieces, mean of the last states, unit length. Needs no torch."""

    name = NAME
    dimension = 384

    def __init__(self, runtime: Runtime) -> None:
        from tokenizers import Tokenizer

        self._runtime = Together(runtime)
        self._tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_PIECES)
        self._tokenizer.no_padding()
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="tokenizer")

    @property
    def runtime(self) -> str:
        return self._runtime.name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), 384), rows of length 1. Batches are of like length, so little is padded."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at, pieces in self._tokenised(texts):
            order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]), reverse=True)
            # The longest first, so that the streams end together.
            batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
            feeds = [_feed([pieces[i] for i in rows]) for rows in batches]
            coming = deque(self._runtime.submit(feeds))
            for rows, feed in zip(batches, feeds, strict=True):
                states = coming.popleft().result()[0]  # let go of at once: megabytes each
                vectors[[at + row for row in rows]] = _pooled(states, feed["attention_mask"])
        return vectors

    def _tokenised(self, texts: Sequence[str]) -> Iterator[tuple[int, list[list[int]]]]:
        """Yield windows of texts as word pieces, with where each begins; the next is made while one is used."""
        windows = [(at, list(texts[at : at + WINDOW])) for at in range(0, len(texts), WINDOW)]
        if len(windows) == 1:
            yield 0, self._pieces(windows[0][1])
            return
        coming = self._ahead.submit(self._pieces, windows[0][1]) if windows else None
        for number, (at, _) in enumerate(windows):
            pieces = coming.result() if coming else []
            following = windows[number + 1 : number + 2]
            coming = self._ahead.submit(self._pieces, following[0][1]) if following else None
            yield at, pieces

    def _pieces(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]


def _feed(ids: Sequence[Sequence[int]]) -> Feed:
    """Return texts of word pieces, padded to one width."""
    width = padded(max(map(len, ids)))
    inputs = np.zeros((len(ids), width), dtype=np.int64)
    mask = np.zeros_like(inputs)
    for number, row in enumerate(ids):
        inputs[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": inputs, "attention_mask": mask, "token_type_ids": np.zeros_like(inputs)}


def _pooled(states: Vectors, mask: Ids) -> Vectors:
    """Return the mean of the states (batch, tokens, width) that are of a text, of unit length."""
    summed = (mask[:, None, :].astype(np.float32) @ states)[:, 0]
    unit: Vectors = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    return unit


class TorchEncoder:
    """Any model that sentence-transformers loads, by name or folder, on a GPU where torch finds one."""

    def __init__(self, model: str, name: str | None = None) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            # Without safetensors a model would be unpickled: whoever made it could run code here.
            self._model = SentenceTransformer(model, model_kwargs={"use_safetensors": True})
        except Exception as error:  # a hub, a disk and a hundred formats can each fail in their own way
            raise EncoderError(f"the model {model!r} cannot be loaded: {str(error).splitlines()[0]}") from error
        self.name = name or f"sentence-transformers/{model}"
        self.dimension = int(self._model.get_sentence_embedding_dimension() or 0)

    @property
    def device(self) -> str:
        """What the model is on: cuda, cpu, mps..."""
        return str(self._model.device.type)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return vectors.astype(np.float32)
