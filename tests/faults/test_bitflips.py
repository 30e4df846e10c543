"""A small `python -m tests.faults.bitflips`: each file of the index once."""

from __future__ import annotations

from pathlib import Path

from tests.faults.bitflips import flips, log_flips, make


def test_a_flipped_bit_in_any_file_of_the_index_is_detected_and_named(tmp_path: Path) -> None:
    seen = list(flips(make(tmp_path), 12, 3))
    assert len({name for name, _ in seen}) >= 8
    assert [name for name, detected in seen if not detected] == []


def test_a_flipped_bit_in_the_log_of_an_unfinished_ingest_is_detected(tmp_path: Path) -> None:
    assert all(log_flips(tmp_path, 20, 3))
