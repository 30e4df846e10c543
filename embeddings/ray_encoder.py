"""Encoding spread over a Ray cluster by Ray Data; the one writer stays here, so nothing is written twice."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from embeddings.errors import EncoderError
from embeddings.types import Encoder, Vectors

BLOCK = 64  # passages that a worker encodes at a time, and encodes again when it is lost
WORTH = 256  # passages; fewer are encoded here, sooner than they could be sent
_RAISED = re.compile(r"^[\w.]*(?:Error|Exception): .+$", re.MULTILINE)
REACH = 10.0  # s for a connection to the cluster's address


class RayEncoder:
    """An Encoder whose long lists go to workers of a Ray cluster: that at `address`, else one begun on this machine.

    Each worker makes an encoder of its own by `load`, which is pickled by value or by import path. A worker that dies
    is begun anew by Ray and its block encoded again; rows come back with their places, each of which must be filled
    exactly once. Raises EncoderError when Ray is absent, the cluster is not there, or it cannot encode.
    """

    def __init__(
        self, encoder: Encoder, load: Callable[[], Encoder], workers: int = 2, address: str | None = None
    ) -> None:
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise EncoderError("Ray is not installed: pip install 'askive[ray]'") from error
        self._ray = ray
        self._encoder = encoder
        self._load = load
        self._workers = workers
        # Ray prints that a worker died on standard output, which is a command's answer, and has no option not to.
        ray._private.worker._worker_logs_enabled = False
        ray.data.DataContext.get_current().enable_progress_bars = False
        if ray.is_initialized():
            return
        try:
            _reach(address or "")
            # Without an address, ray.init looks at RAY_ADDRESS itself.
            ray.init(address or None, log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            where = f"at {address} (RAY_ADDRESS)" if address else "by RAY_ADDRESS or on this machine"
            raise EncoderError(f"no Ray cluster {where}: {_line(error)}") from error

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
        rows = data.from_items(
            [{"place": place, "text": text} for place, text in enumerate(texts)],
            override_num_blocks=max(self._workers, len(texts) // BLOCK),
        ).map_batches(
            _Worker,
            fn_constructor_args=(self._load,),
            batch_size=BLOCK,
            # One that waits for a core, as on a cluster with fewer of them than workers, is not waited for.
            compute=data.ActorPoolStrategy(min_size=1, max_size=self._workers, initial_size=self._workers),
            num_cpus=1,
        )
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = np.zeros(len(texts), dtype=np.int64)
        try:
            for batch in rows.iter_batches(batch_size=None, batch_format="numpy"):
                vectors[batch["place"]] = np.stack(batch["vector"])
                filled[batch["place"]] += 1
        except self._ray.exceptions.RayError as error:
            raise EncoderError(f"the Ray cluster could not encode: {_line(error)}") from error
        if not (filled == 1).all():
            raise EncoderError(f"the Ray cluster left out {int((filled == 0).sum())} of {len(texts)} passages")
        return vectors


class _Worker:
    """An encoder in a process of the cluster, on a core of its own."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._core = _own_core()
        self._encoder = load()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"place": batch["place"], "vector": self._encoder.encode(list(batch["text"]))}


def _own_core() -> socket.socket | None:
    """Keep this thread, and those it begins, to a core of the machine that no other worker has, as long as it lives.

    Ray counts cores and gives none. A runtime would take every core it may use (runtimes.cores), and told to use one,
    OpenVINO binds its thread to the first of them: all workers of a machine would be on that one.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    # A name that only one process can have, and of which the kernel lets go however that process ends.
    held = socket.socket(socket.AF_UNIX)
    cores = sorted(os.sched_getaffinity(0))
    for core in cores:
        try:
            held.bind(f"\0askive-core-{core}")
        except OSError:
            continue
        break
    else:  # more workers than cores, of two ingests or a cluster that counts more
        core = cores[os.getpid() % len(cores)]
    os.sched_setaffinity(0, {core})
    return held


def _reach(address: str) -> None:
    """Raise OSError when nobody listens at HOST:PORT: ray.init would try for twelve minutes."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.port:
        socket.create_connection((parts.hostname or "", parts.port), REACH).close()


def _line(error: Exception) -> str:
    """Return what went wrong first, of the tracebacks that Ray puts one under another; else what is said last."""
    told = str(error).strip()
    first = _RAISED.search(told)
    return first.group() if first else told.splitlines()[-1].strip() if told else type(error).__name__
