"""The dense half of an index: exact while that is fast enough, inverted lists of fp16 above, mapped from disk.

The sizes are from `python -m eval.bench vectors` (docs/decisions/0026-dense-index.md).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.types import Vectors

METRIC = faiss.METRIC_INNER_PRODUCT  # of unit vectors: the cosine
EXACT = 50_000  # vectors that are searched one by one: 77 MB in about 8 ms; lists would take 1.3 and lose some
PROBED = 5 / 512  # share of the lists that is looked into; at 1 million recall@10 is above 0.98 of exact
LEAST = 40  # lists that are looked into however few there are
TRAINED = 40  # vectors a list that the lists are learnt from
BATCH = 16_384
FILE, LISTS, PLACES = "dense.faiss", "dense.lists", "places.npy"
WAITING = "added.tmp"
ID_BYTES = 8
Ids = npt.NDArray[np.int64]
Bitmap = npt.NDArray[np.uint8]
Part = tuple[Ids, Vectors, int | None]  # some passages, their vectors, and the list that all of them are in


class Dense:
    """Vectors by passage id, opened for search; what is searched stays on disk and is mapped."""

    def __init__(self, folder: Path) -> None:
        self._lists = (folder / PLACES).is_file()
        self._index: Any = _opened(folder)
        self._places = np.load(folder / PLACES, mmap_mode="r") if self._lists else None
        self.count = int(self._index.ntotal)

    def search(self, vector: Vectors, k: int, allowed: Bitmap | None) -> list[tuple[int, float]]:
        """Return (passage id, cosine) of at most k passages of `allowed` (all: None), best first.

        The fewer are allowed the more lists are looked into, so that a narrow filter loses nothing.
        """
        held = self.count if allowed is None else int(np.bitwise_count(allowed).sum())
        if held == 0:
            return []
        selector = None if allowed is None else faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg, arg-type]  # its stubs lack it
        parameters: Any = faiss.SearchParameters(sel=selector) if selector is not None else None  # type: ignore[call-arg]
        if self._lists:
            probed = min(self._index.nlist, math.ceil(max(LEAST, self._index.nlist * PROBED) * self.count / held))
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probed)  # type: ignore[call-arg]
        with _one_thread():
            scores, ids = self._index.search(vector, k, params=parameters)
        return [(int(p), float(s)) for p, s in zip(ids[0], scores[0], strict=True) if p >= 0]

    def vectors(self, ids: Iterable[int]) -> Vectors:
        """Return the vectors of passages that are here, float32 (count, dimension). Raises KeyError."""
        wanted = np.fromiter(ids, dtype=np.int64)
        found = np.empty((len(wanted), self._index.d), dtype=np.float32)
        if self._places is None:
            for row, passage in enumerate(wanted.tolist()):
                try:
                    self._index.reconstruct(passage, found[row])
                except RuntimeError as error:
                    raise KeyError(passage) from error
            return found
        at = np.minimum(np.searchsorted(self._places[0], wanted), self.count - 1)
        if (self._places[0][at] != wanted).any():
            raise KeyError(int(wanted[self._places[0][at] != wanted][0]))
        lists, wide = self._index.invlists, self._index.code_size
        for row, place in enumerate(self._places[1][at].tolist()):
            code = lists.get_single_code(place >> 32, place & 0xFFFFFFFF)
            found[row] = faiss.rev_swig_ptr(code, wide).view(np.float16)
            lists.release_codes(place >> 32, code)
        return found


class DenseWriter:
    """A generation's vectors on their way to its files: what is added waits on disk, and deletes are real.

    Memory holds the ids, and at the end what lists are learnt from; of vectors only BATCH at a time.
    """

    def __init__(self, folder: Path, dimension: int, old: Path | None = None) -> None:
        self._folder = folder
        self._dimension = dimension
        self._old: Any = _opened(old) if old else None
        self._ids: list[Ids] = []
        self._removed: list[Ids] = []
        self._waiting = (folder / WAITING).open("w+b")

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors under ids that are not there yet. Raises OSError."""
        self._ids.append(ids)
        self._waiting.write(np.ascontiguousarray(vectors, dtype=np.float32).data)

    def remove(self, ids: Ids) -> None:
        """Take out vectors that are there; the place they took is given back."""
        self._removed.append(ids)

    def write(self) -> Mapping[str, Any]:
        """Write the files and return what the manifest is to say of them. Raises OSError."""
        count = (self._old.ntotal if self._old else 0) + sum(map(len, self._ids)) - sum(map(len, self._removed))
        places = None
        if count <= EXACT:
            index: Any = _exact(self._dimension)
            for ids, vectors, _ in self._parts():
                index.add_with_ids(vectors, ids)
        elif isinstance(self._old, faiss.IndexIVF) and self._old.nlist >= _lists(count):
            index = self._grouped(self._old.nlist, faiss.clone_index(self._old.quantizer))
            places = self._write_lists(index, known=True)
        else:
            index = self._grouped(_lists(count), faiss.IndexFlat(self._dimension, METRIC))
            index.train(self._sample(count, index.nlist * TRAINED))
            places = self._write_lists(index, known=False)
        self._waiting.close()
        (self._folder / WAITING).unlink()
        try:
            faiss.write_index(index, str(self._folder / FILE))
        except RuntimeError as error:  # how FAISS says that a file cannot be written
            raise OSError(f"{FILE}: {str(error).splitlines()[-1]}") from error
        if places is None:
            return {"kind": "exact fp32"}
        np.save(self._folder / PLACES, places)
        return {"kind": f"IVF{index.nlist},SQfp16", "probed": PROBED}

    def _parts(self) -> Iterator[Part]:
        """Yield what stays and what was added, a part at a time, in the same order each time."""
        removed = np.concatenate(self._removed) if self._removed else np.empty(0, dtype=np.int64)
        for ids, vectors, number in chain(_held(self._old) if self._old else (), self._added()):
            kept = np.isin(ids, removed, invert=True)
            yield (ids, vectors, number) if kept.all() else (ids[kept], vectors[kept], number)

    def _added(self) -> Iterator[Part]:
        self._waiting.seek(0)
        for ids in self._ids:
            for at in range(0, len(ids), BATCH):
                part = ids[at : at + BATCH]
                vectors = np.frombuffer(self._waiting.read(4 * self._dimension * len(part)), dtype=np.float32)
                yield part, vectors.reshape(len(part), self._dimension), None

    def _grouped(self, number: int, quantizer: Any) -> Any:
        """Return lists without anything in them."""
        index = faiss.IndexIVFScalarQuantizer(
            quantizer,
            self._dimension,
            number,
            faiss.ScalarQuantizer.QT_fp16,
            METRIC,
            False,  # whole vectors: a residual is no more exact in fp16, and slower to read
        )
        index.cp.niter = 8
        index.is_trained = quantizer.ntotal == number  # fp16 itself learns nothing
        return index

    def _sample(self, count: int, wanted: int) -> Vectors:
        """Return `wanted` vectors (all, where there are fewer), evenly spaced among all `count`."""
        wanted = min(count, wanted)
        chosen = np.arange(wanted) * count // wanted
        sample = np.empty((wanted, self._dimension), dtype=np.float32)
        seen = 0
        for _, vectors, _ in self._parts():
            first, last = np.searchsorted(chosen, (seen, seen + len(vectors)))
            sample[first:last] = vectors[chosen[first:last] - seen]
            seen += len(vectors)
        return sample

    def _write_lists(self, index: Any, known: bool) -> Ids:
        """Write the vectors of each list side by side, then its ids, as FAISS maps them; returns `places`.

        `known` keeps every vector in the list it is in.
        """
        parts = []
        for part, vectors, number in self._parts():
            stays = known and number is not None
            parts.append((part, np.full(len(part), number) if stays else index.quantizer.search(vectors, 1)[1][:, 0]))
        ids, lists = (np.concatenate(each) for each in zip(*parts, strict=True))
        sizes = np.bincount(lists, minlength=index.nlist).astype(np.uint64)
        order = np.argsort(lists, kind="stable")
        firsts = np.cumsum(sizes) - sizes
        rank = np.empty(len(ids), dtype=np.int64)  # of each vector in its list
        rank[order] = np.arange(len(ids)) - firsts[lists[order]].astype(np.int64)
        wide = index.code_size
        starts = firsts.astype(np.int64) * (wide + ID_BYTES)
        offsets = starts[lists] + rank * wide
        with (self._folder / LISTS).open("wb") as file:
            at = 0
            for part, vectors, _ in self._parts():
                for code, offset in zip(index.sq.compute_codes(vectors), offsets[at : at + len(part)], strict=True):
                    os.pwrite(file.fileno(), code.data, int(offset))
                at += len(part)
            for number, size in enumerate(sizes.tolist()):
                held = ids[order[firsts[number] : firsts[number] + sizes[number]]]
                os.pwrite(file.fileno(), held.data, int(starts[number]) + size * wide)
        mapped: Any = faiss.OnDiskInvertedLists(index.nlist, wide, str(self._folder / LISTS))
        mapped.set_all_lists_sizes(faiss.swig_ptr(sizes))
        mapped.totsize = len(ids) * (wide + ID_BYTES)
        index.replace_invlists(mapped, True)
        mapped.this.disown()  # it is the index's now
        index.ntotal = len(ids)
        by_id = np.argsort(ids)
        places: Ids = np.stack([ids, (lists << 32) + rank])[:, by_id]
        return places


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let FAISS search with the thread that asks: for one question a second only waits, and costs what it waits."""
    before = faiss.omp_get_max_threads()  # OpenMP keeps it for each thread
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _opened(folder: Path) -> Any:
    """Map the vectors of a generation; nothing is read until it is asked for."""
    path = str(folder / FILE)
    if (folder / LISTS).is_file():
        index: Any = faiss.read_index(path, faiss.IO_FLAG_SKIP_IVF_DATA)
        lists: Any = faiss.downcast_InvertedLists(index.invlists)
        lists.filename, lists.read_only = str(folder / LISTS), True  # a home may have been moved
        lists.do_mmap()
    elif (folder / PLACES).is_file():  # written before the lists had a file of their own: they are in this one
        index = faiss.read_index(path, faiss.IO_FLAG_MMAP)
        lists = faiss.downcast_InvertedLists(index.invlists)
    else:
        return faiss.read_index(path, faiss.IO_FLAG_MMAP_IFC)
    lists.prefetch_nthread = 0  # threads begun for every search, to touch what is mapped a moment later anyway
    return index


def _exact(dimension: int) -> Any:
    return faiss.IndexIDMap2(faiss.IndexFlat(dimension, METRIC))


def _lists(count: int) -> int:
    """Return into how many lists so many vectors go: the power of two at or above 4 sqrt(n).

    It doubles where there are four times as many, and then they are learnt again.
    """
    return 1 << math.ceil(math.log2(4 * math.sqrt(count)))


def _held(index: Any) -> Iterator[Part]:
    """Yield what an index holds, a part at a time."""
    if isinstance(index, faiss.IndexIVF):
        lists: Any = index.invlists
        for number in range(index.nlist):
            size = lists.list_size(number)
            if size:
                ids = faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
                codes = faiss.rev_swig_ptr(lists.get_codes(number), size * index.code_size)
                yield ids, codes.view(np.float16).reshape(size, -1).astype(np.float32), number
        return
    ids = faiss.vector_to_array(index.id_map)
    inner = cast(Any, faiss.downcast_index(index.index))
    for at in range(0, index.ntotal, BATCH):
        yield ids[at : at + BATCH], inner.reconstruct_n(at, min(BATCH, index.ntotal - at)), None
