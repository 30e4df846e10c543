"""Encoding by a real Ray cluster of two workers on this machine, one of which is killed amid its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import ray
from fakes import HashedEncoder

from archive.store import ArticleStore
from embeddings.errors import EncoderError
from embeddings.index import Index
from embeddings.ingest import ingest
from embeddings.ray_encoder import RayEncoder
from embeddings.search import Searcher
from embeddings.types import Vectors

TEXTS = [f"Word{number}x was seen in the harbour with the ferry and the mill." for number in range(600)]
ROOT = Path(__file__).resolve().parents[2]


class Killed(HashedEncoder):
    """Kills the process it first encodes in, as a machine that is lost would; notes each process and its cores."""

    def __init__(self, notes: Path) -> None:
        super().__init__(64)
        self._notes = notes
        (notes / f"{os.getpid()}.json").write_text(json.dumps(sorted(os.sched_getaffinity(0))))

    def encode(self, texts: Sequence[str]) -> Vectors:
        try:
            (self._notes / "killed").touch(exist_ok=False)
        except FileExistsError:
            return super().encode(texts)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class Unable(HashedEncoder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError(f"{len(texts)} texts\nare too many")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    from ray import cloudpickle

    for name in (__name__, "fakes"):  # the workers cannot import what only this test run can
        cloudpickle.register_pickle_by_value(sys.modules[name])
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def test_an_address_where_no_cluster_is_is_one_line() -> None:
    for address in ("127.0.0.1:1", "nonsense", "host:port"):
        with pytest.raises(EncoderError, match=rf"^no Ray cluster at {address} \(RAY_ADDRESS\): [^\n]+$"):
            RayEncoder(HashedEncoder(64), HashedEncoder, address=address)
    assert not ray.is_initialized()


@pytest.mark.slow
def test_an_ingest_by_the_command_line_is_found(tmp_path: Path, models: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    news = tmp_path / "news.jsonl"
    told = [{"id": str(n), "title": f"Harbour notice {n}", "text": text} for n, text in enumerate(TEXTS)]
    told[321]["text"] = "Bakers of the old town handed out free bread when the flood had gone."
    news.write_text("".join(json.dumps(each) + "\n" for each in told))
    environment = {**os.environ, "ASKIVE_HOME": str(home), "RAY_ADDRESS": "local"}

    def askive(*arguments: str) -> dict[str, object]:
        command = [sys.executable, "-m", "api.cli", *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    report = askive("ingest", "--engine", "ray", "--workers", "2", str(news))
    assert (report["articles"], report["passages"], report["added"], report["failed"]) == (600, 600, 600, [])
    hits = askive("search", "loaves given away after the inundation", "-k", "1")["hits"]  # shares no word with it
    assert isinstance(hits, list)
    assert hits[0]["title"] == "Harbour notice 321"


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, notes = HashedEncoder(64), tmp_path / "notes"
    notes.mkdir()
    encoder = RayEncoder(plain, lambda: Killed(notes), workers=2)
    news = tmp_path / "news.jsonl"
    news.write_text("".join(f'{{"title": "T{n}", "text": "{text}"}}\n' for n, text in enumerate(TEXTS)))
    report = ingest([news], tmp_path / "home", encoder=encoder)
    assert (notes / "killed").exists()
    assert (report.articles, report.passages) == (600, 600)
    index = Index.open(tmp_path / "home" / "index", plain)
    assert index.faults() == []
    searcher = Searcher(index, ArticleStore(tmp_path / "home" / "articles.sqlite"))
    assert all(searcher.search(TEXTS[n], 1, mode="dense")[0].score > 0.9 for n in range(0, 600, 50))
    assert np.array_equal(encoder.encode(TEXTS), plain.encode(TEXTS))
    workers = [json.loads(note.read_text()) for note in notes.glob("*.json")]
    assert {len(cores) for cores in workers} == {1}
    assert len({cores[0] for cores in workers}) == min(2, len(os.sched_getaffinity(0)))
    assert capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_worker_that_waits_for_a_core_is_not_waited_for() -> None:
    plain = HashedEncoder(64)
    assert np.array_equal(RayEncoder(plain, lambda: HashedEncoder(64), workers=3).encode(TEXTS), plain.encode(TEXTS))


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_what_a_worker_cannot_encode_is_one_line() -> None:
    with pytest.raises(EncoderError, match=r"^the Ray cluster could not encode: [\w.]+EncoderError: 64 texts$"):
        RayEncoder(HashedEncoder(64), lambda: Unable(64)).encode(TEXTS)
