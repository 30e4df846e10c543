"""Encoding by a real Ray cluster of two workers on this machine, one of which is killed amid its work."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import HashedEncoder

from archive.store import ArticleStore
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.ray_encoder import RayEncoder
from embeddings.search import Searcher
from embeddings.types import Vectors

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'askive[ray]'")
TEXTS = [f"Word{number}x was seen in the harbour with the ferry and the mill." for number in range(600)]


class Killed(HashedEncoder):
    """Kills the process it first encodes in, as a machine that is lost would."""

    def __init__(self, mark: Path) -> None:
        super().__init__(64)
        self._mark = mark

    def encode(self, texts: Sequence[str]) -> Vectors:
        try:
            self._mark.touch(exist_ok=False)
        except FileExistsError:
            return super().encode(texts)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    from ray import cloudpickle

    for name in (__name__, "fakes"):  # the workers cannot import what only this test run can
        cloudpickle.register_pickle_by_value(sys.modules[name])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    mark, plain = tmp_path / "killed", HashedEncoder(64)
    encoder = RayEncoder(plain, lambda: Killed(mark), workers=2)
    news = tmp_path / "news.jsonl"
    news.write_text("".join(f'{{"title": "T{n}", "text": "{text}"}}\n' for n, text in enumerate(TEXTS)))
    report = ingest([news], tmp_path / "home", encoder=encoder)
    assert mark.exists()
    assert (report.articles, report.passages) == (600, 600)
    index = Index.open(tmp_path / "home" / "index", plain)
    assert index.faults() == []
    searcher = Searcher(index, ArticleStore(tmp_path / "home" / "articles.sqlite"))
    assert all(searcher.search(TEXTS[n], 1, mode="dense")[0].score > 0.9 for n in range(0, 600, 50))
    assert np.array_equal(encoder.encode(TEXTS), plain.encode(TEXTS))
