"""Generations: the last whole one serves, whatever happened to the newer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import HashedEncoder

from archive.types import Article
from embeddings import generation as generation_module
from embeddings.errors import IndexCorruptError, IndexMissingError
from embeddings.generation import CURRENT, MANIFEST, SEAL, current, named, next_folder, verify
from embeddings.index import Index
from embeddings.update import update_index

ENCODER = HashedEncoder()


@pytest.fixture
def folder(tmp_path: Path, news: list[Article]) -> Path:
    update_index(tmp_path, ENCODER, news[:3], [])
    update_index(tmp_path, ENCODER, news[3:], [])
    return tmp_path


def test_the_pointer_names_the_newest(folder: Path) -> None:
    assert named(folder) == "gen-000002"
    assert current(folder).name == "gen-000002"
    assert Index.open(folder, ENCODER).passages == 5


def test_a_flipped_bit_in_any_file_is_seen_and_the_one_before_serves(folder: Path) -> None:
    generation = folder / "gen-000002"
    random = np.random.default_rng(5)
    for name in [MANIFEST, SEAL, *sorted(verify(generation)["files"])]:
        path = generation / name
        good = path.read_bytes()
        if not good:
            continue
        bad = bytearray(good)
        bad[random.integers(len(bad))] ^= 1 << int(random.integers(8))
        path.write_bytes(bad)
        with pytest.raises(IndexCorruptError, match=path.name if name != SEAL else MANIFEST):
            verify(generation)
        assert Index.open(folder, ENCODER).generation == "gen-000001", name
        path.write_bytes(good)
    verify(generation)


def test_any_flipped_bit_of_the_pointer_is_seen_and_the_newest_whole_one_serves(folder: Path) -> None:
    good = (folder / CURRENT).read_bytes()
    for bit in range(8 * len(good)):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        (folder / CURRENT).write_bytes(bad)
        assert named(folder) is None
    assert current(folder).name == "gen-000002"


def test_a_generation_switched_away_while_it_is_looked_at_is_looked_for_again(
    folder: Path, news: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def slow(generation: Path) -> dict[str, object]:
        if not looked:  # before the first look is over, a writer switches twice, and this one is dropped
            looked.append(generation.name)
            update_index(folder, ENCODER, news[:1], [])
            update_index(folder, ENCODER, news[:2], [])
        return verify(generation)

    monkeypatch.setattr(generation_module, "verify", slow)
    assert Index.open(folder, ENCODER).generation in ("gen-000003", "gen-000004")
    assert looked == ["gen-000002"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}"])
def test_a_broken_manifest_is_corruption(folder: Path, damage: str) -> None:
    (folder / "gen-000002" / "manifest.json").write_text(damage)
    assert current(folder).name == "gen-000001"


def test_a_missing_file_is_corruption(folder: Path) -> None:
    (folder / "gen-000002" / "dense.faiss").unlink()
    assert Index.open(folder, ENCODER).passages == 3


def test_when_none_is_whole_the_error_names_the_damage(folder: Path) -> None:
    for generation in folder.glob("gen-*"):
        (generation / "dense.faiss").write_bytes(b"")
    with pytest.raises(IndexMissingError, match=r"dense.faiss does not match.*rebuild"):
        current(folder)


def test_a_change_on_a_damaged_generation_starts_from_the_good_one(folder: Path, news: list[Article]) -> None:
    (folder / "gen-000002" / "dense.faiss").write_bytes(b"")
    index = update_index(folder, ENCODER, news[3:], [])
    assert index.generation == "gen-000003"
    assert not (folder / "gen-000002").exists()
    assert verify(folder / "gen-000001")
    assert set(index.articles()) == set("abcde")


def test_a_failed_build_leaves_nothing_and_the_old_one_serves(folder: Path, news: list[Article]) -> None:
    def broken(_texts: list[str], _articles: int) -> np.ndarray:
        raise RuntimeError("the model is gone")

    with pytest.raises(RuntimeError, match="the model is gone"):
        update_index(folder, ENCODER, news[:1], [], encode=broken)
    assert sorted(path.name for path in folder.iterdir()) == [CURRENT, "gen-000001", "gen-000002"]


def test_what_killed_writers_left_half_written_is_removed_before_the_next_is_written(folder: Path) -> None:
    for number in (3, 7):
        left = folder / f"gen-{number:06d}"
        (left / "lexical").mkdir(parents=True)
        (left / "added.tmp").write_bytes(b"vectors")
    fresh = next_folder(folder)
    assert fresh.name == "gen-000008"
    assert list(fresh.iterdir()) == []
    assert sorted(path.name for path in folder.glob("gen-*")) == ["gen-000001", "gen-000002", "gen-000008"]
    assert current(folder).name == "gen-000002"


def test_the_generation_that_serves_is_not_removed_even_without_its_manifest(folder: Path) -> None:
    (folder / "gen-000002" / MANIFEST).unlink()
    assert next_folder(folder).name == "gen-000003"
    assert (folder / "gen-000002" / "dense.faiss").is_file()


def test_two_generations_are_kept_and_an_open_one_stays_readable(folder: Path, news: list[Article]) -> None:
    open_index = Index.open(folder, ENCODER)
    for _ in range(3):
        update_index(folder, ENCODER, news[:1], [])
    assert sorted(path.name for path in folder.glob("gen-*")) == ["gen-000004", "gen-000005"]
    assert open_index.search("ferry", 5)[0].article_id in "de"
