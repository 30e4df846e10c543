"""The log of vectors: what was written whole comes back, what was torn or flipped does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from embeddings.vectors import VectorLog, vector_key

KEYS = [vector_key("model", text) for text in ("one", "two", "three")]
VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


def fill(path: Path) -> None:
    with VectorLog(path, "model", 4) as log:
        log.add(KEYS, VECTORS)


def test_vectors_come_back_by_key_in_another_run(tmp_path: Path) -> None:
    fill(tmp_path / "log")
    with VectorLog(tmp_path / "log", "model", 4) as log:
        assert len(log) == 3
        assert vector_key("other model", "one") not in log
        np.testing.assert_array_equal(log.get([KEYS[2], KEYS[0]]), VECTORS[[2, 0]])


def test_a_torn_record_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log"
    fill(path)
    path.write_bytes(path.read_bytes()[:-5])
    with VectorLog(path, "model", 4) as log:
        assert [key in log for key in KEYS] == [True, True, False]
        log.add(KEYS[2:], VECTORS[2:])
    with VectorLog(path, "model", 4) as log:
        np.testing.assert_array_equal(log.get(KEYS), VECTORS)


def test_a_flipped_bit_costs_its_record_only(tmp_path: Path) -> None:
    path = tmp_path / "log"
    fill(path)
    data = bytearray(path.read_bytes())
    data[64 + 36 + 20] ^= 4  # in the second record's vector
    path.write_bytes(data)
    with VectorLog(path, "model", 4) as log:
        assert [key in log for key in KEYS] == [True, False, True]


def test_a_log_of_another_model_or_dimension_is_started_anew(tmp_path: Path) -> None:
    for name, dimension in (("other", 4), ("model", 8)):
        fill(tmp_path / "log")
        with VectorLog(tmp_path / "log", name, dimension) as log:
            assert len(log) == 0


def test_a_discarded_log_is_gone(tmp_path: Path) -> None:
    log = VectorLog(tmp_path / "log", "model", 4)
    log.discard()
    assert not (tmp_path / "log").exists()
