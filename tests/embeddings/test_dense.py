"""Exact search and inverted lists, each against brute force in numpy."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import pytest

from embeddings import dense as module
from embeddings.dense import Dense, DenseWriter

COUNT, WIDE = 3000, 16
IDS = np.arange(1, COUNT + 1, dtype=np.int64)


def made(seed: int = 0) -> npt.NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(COUNT, WIDE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def bits(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    allowed = np.zeros(COUNT + 1, dtype=bool)
    allowed[ids] = True
    return np.packbits(allowed, bitorder="little")


@pytest.fixture(params=["exact fp32", "IVF256,SQfp16"])
def written(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "EXACT", COUNT if request.param == "exact fp32" else 500)
    writer = DenseWriter(tmp_path, WIDE)
    vectors = made()
    for at in range(0, COUNT, 700):
        writer.add(IDS[at : at + 700], vectors[at : at + 700])
    assert writer.write()["kind"] == request.param
    return tmp_path


def test_a_narrow_filter_loses_nothing(written: Path) -> None:
    few = np.array([5, 77, 1200, 2999])
    query = made(1)[:1]
    found = Dense(written).search(query, 10, bits(few))
    wanted = sorted(few.tolist(), key=lambda i: -float(made()[i - 1] @ query[0]))
    assert [passage for passage, _ in found] == wanted
    assert [score for _, score in found] == pytest.approx([made()[i - 1] @ query[0] for i in wanted], abs=1e-3)


def test_nothing_allowed_is_nothing_found(written: Path) -> None:
    assert Dense(written).search(made()[:1], 10, bits(np.array([], dtype=np.int64))) == []


def test_vectors_come_back_by_id(written: Path) -> None:
    dense = Dense(written)
    np.testing.assert_allclose(dense.vectors([3000, 1, 42]), made()[[2999, 0, 41]], atol=1e-3)
    assert dense.vectors([]).shape == (0, WIDE)
    for absent in (0, 3001):
        with pytest.raises(KeyError):
            dense.vectors([absent])


def test_what_is_removed_is_gone_and_what_is_added_is_found(written: Path, tmp_path: Path) -> None:
    (tmp_path / "next").mkdir()
    writer = DenseWriter(tmp_path / "next", WIDE, written)
    writer.remove(IDS[:100])
    new = made(2)[:1]
    writer.add(np.array([COUNT + 7], dtype=np.int64), new)
    writer.write()
    after = Dense(tmp_path / "next")
    assert after.count == COUNT - 99
    assert after.search(new, 1, None)[0][0] == COUNT + 7
    with pytest.raises(KeyError):
        after.vectors([50])
    assert 50 not in [passage for passage, _ in after.search(made()[49:50], 100, None)]


def test_lists_that_shrink_are_exact_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT", 500)
    writer = DenseWriter(tmp_path, WIDE)
    writer.add(IDS, made())
    writer.remove(IDS[400:])
    assert writer.write()["kind"] == "exact fp32"
    query = made(3)[:1]
    best = np.argsort(-(made()[:400] @ query[0]))[:10] + 1
    assert [passage for passage, _ in Dense(tmp_path).search(query, 10, None)] == best.tolist()


def test_lists_find_nearly_what_exact_search_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT", 500)
    near = made()[:60]
    chance = np.random.default_rng(5)
    vectors = np.repeat(near, 50, axis=0) + 0.1 * chance.normal(size=(COUNT, WIDE)).astype(np.float32)
    writer = DenseWriter(tmp_path, WIDE)
    writer.add(IDS, vectors)
    writer.write()
    dense = Dense(tmp_path)
    for query in near:
        best = set((np.argsort(-(vectors @ query))[:10] + 1).tolist())
        assert len(best & {passage for passage, _ in dense.search(query[None], 10, None)}) >= 9


def test_lists_written_into_one_file_by_an_earlier_version_are_read(tmp_path: Path) -> None:
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlat(WIDE, module.METRIC), WIDE, 64, faiss.ScalarQuantizer.QT_fp16, module.METRIC, False
    )
    lists.train(made())
    lists.add_with_ids(made(), IDS)
    faiss.write_index(lists, str(tmp_path / module.FILE))
    held = _ids_by_list(lists)
    places = np.stack(
        [np.concatenate(held), np.concatenate([(n << 32) + np.arange(len(h)) for n, h in enumerate(held)])]
    )
    np.save(tmp_path / module.PLACES, places[:, np.argsort(places[0])])
    assert Dense(tmp_path).search(made()[41:42], 1, None)[0][0] == 42
    np.testing.assert_allclose(Dense(tmp_path).vectors([3000, 1]), made()[[2999, 0]], atol=1e-3)
    (tmp_path / "next").mkdir()
    writer = DenseWriter(tmp_path / "next", WIDE, tmp_path)
    writer.remove(IDS[:100])
    writer.write()
    assert Dense(tmp_path / "next").count == COUNT - 100


def _ids_by_list(lists: faiss.IndexIVF) -> list[npt.NDArray[np.int64]]:
    held = lists.invlists
    sizes = [held.list_size(number) for number in range(lists.nlist)]
    return [faiss.rev_swig_ptr(held.get_ids(n), size).copy() if size else IDS[:0] for n, size in enumerate(sizes)]


def test_files_that_were_moved_are_read_in_silence(
    written: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    written.rename(moved)
    capfd.readouterr()
    assert Dense(moved).search(made()[41:42], 1, None)[0][0] == 42
    assert capfd.readouterr() == ("", "")  # standard output may be a command's JSON


def test_a_search_takes_one_thread_and_gives_the_others_back(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dense, seen = Dense(written), []
    search = dense._index.search
    monkeypatch.setattr(
        dense._index, "search", lambda *a, **k: (seen.append(faiss.omp_get_max_threads()), search(*a, **k))[1]
    )
    faiss.omp_set_num_threads(2)
    dense.search(made()[:1], 10, None)
    assert (seen, faiss.omp_get_max_threads()) == ([1], 2)
