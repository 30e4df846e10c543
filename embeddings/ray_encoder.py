"""Encoding spread over a Ray cluster by Ray Data; the one writer stays here, so nothing is written twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from embeddings.errors import EncoderError
from embeddings.types import Encoder, Vectors

BLOCK = 64  # passages that a worker encodes at a time, and encodes again when it is lost
WORTH = 256  # passages; fewer are encoded here, sooner than they could be sent


class RayEncoder:
    """An Encoder whose long lists go to workers of a Ray cluster: that of RAY_ADDRESS, else one begun on this machine.

    Each worker makes an encoder of its own by `load`, which is pickled by value or by import path. A worker that dies
    is begun anew by Ray and its block encoded again; rows come back with their places, each of which must be filled
    exactly once. Raises EncoderError when Ray is absent or a block cannot be encoded.
    """

    def __init__(self, encoder: Encoder, load: Callable[[], Encoder], workers: int = 2) -> None:
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise EncoderError("Ray is not installed: pip install 'askive[ray]'") from error
        self._ray = ray
        self._encoder = encoder
        self._load = load
        self._workers = workers
        if not ray.is_initialized():
            ray.init(log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), rows of length 1, in the order of `texts`."""
        if len(texts) < WORTH:
            return self._encoder.encode(texts)
        data = self._ray.data
        blocks = max(self._workers, len(texts) // BLOCK)
        rows = data.from_items(
            [{"place": place, "text": text} for place, text in enumerate(texts)], override_num_blocks=blocks
        ).map_batches(
            _Worker,
            fn_constructor_args=(self._load,),
            batch_size=BLOCK,
            compute=data.ActorPoolStrategy(size=self._workers),
            num_cpus=1,
        )
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = np.zeros(len(texts), dtype=np.int64)
        try:
            for batch in rows.iter_batches(batch_size=None, batch_format="numpy"):
                vectors[batch["place"]] = np.stack(batch["vector"])
                filled[batch["place"]] += 1
        except self._ray.exceptions.RayError as error:
            raise EncoderError(f"the Ray cluster could not encode: {str(error).splitlines()[0]}") from error
        if not (filled == 1).all():
            raise EncoderError(f"the Ray cluster left out {int((filled == 0).sum())} of {len(texts)} passages")
        return vectors


class _Worker:
    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._encoder = load()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"place": batch["place"], "vector": self._encoder.encode(list(batch["text"]))}
