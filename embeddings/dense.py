"""The dense half of an index: exact while that is fast enough, inverted lists of fp16 above, mapped from disk.

The sizes are from `python -m eval.bench vectors` (docs/decisions/0026-dense-index.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.types import Vectors

METRIC = faiss.METRIC_INNER_PRODUCT  # of unit vectors: the cosine
EXACT = 50_000  # vectors that are searched one by one: 58 MB are read within the time of the lists' overhead
PROBED = 5 / 512  # share of the lists that is looked into; at 1 million recall@10 is above 0.98 of exact
LEAST = 40  # lists that are looked into however few there are
TRAINED = 40  # vectors a list that the lists are learnt from
BATCH = 16_384
FILE, PLACES = "dense.faiss", "places.npy"
Ids = npt.NDArray[np.int64]
Bitmap = npt.NDArray[np.uint8]


class Dense:
    """Vectors by passage id, opened for search; what is searched stays on disk and is mapped."""

    def __init__(self, folder: Path) -> None:
        path = str(folder / FILE)
        self._lists = (folder / PLACES).is_file()
        self._index: Any = faiss.read_index(path, faiss.IO_FLAG_MMAP if self._lists else faiss.IO_FLAG_MMAP_IFC)
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
    """A generation's vectors in memory, to be changed and written: adding costs what is added, deletes are real."""

    def __init__(self, dimension: int, old: Path | None = None) -> None:
        self._dimension = dimension
        self._index: Any = faiss.read_index(str(old / FILE)) if old else _exact(dimension)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors under ids that are not there yet."""
        self._index.add_with_ids(vectors, ids)
        if not self._has_lists and self._index.ntotal > 2 * EXACT:
            self._regroup()  # already now: what is still to come is kept in half the memory

    def remove(self, ids: Ids) -> None:
        """Take vectors out; the place they took is given back."""
        if len(ids):
            self._index.remove_ids(ids)

    def write(self, folder: Path) -> Mapping[str, Any]:
        """Write it to a generation and return what the manifest is to say of it. Raises OSError."""
        count = self._index.ntotal
        if self._has_lists and count <= EXACT:
            self._flatten()
        elif count > EXACT and (not self._has_lists or self._index.nlist < _lists(count)):
            self._regroup()
        try:
            faiss.write_index(self._index, str(folder / FILE))
        except RuntimeError as error:  # how FAISS says that a file cannot be written
            raise OSError(f"{FILE}: {str(error).splitlines()[-1]}") from error
        if not self._has_lists:
            return {"kind": "exact fp32"}
        np.save(folder / PLACES, _places(self._index))
        return {"kind": f"IVF{self._index.nlist},SQfp16", "probed": PROBED}

    @property
    def _has_lists(self) -> bool:
        return isinstance(self._index, faiss.IndexIVF)

    def _regroup(self) -> None:
        """Put the vectors into lists learnt from a sample of them (k-means)."""
        old, count = self._index, self._index.ntotal
        number = _lists(count)
        fresh = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlat(self._dimension, METRIC),
            self._dimension,
            number,
            faiss.ScalarQuantizer.QT_fp16,
            METRIC,
            False,  # whole vectors: a residual is no more exact in fp16, and slower to read
        )
        fresh.cp.niter = 8
        step = max(1, count // (number * TRAINED))
        fresh.train(np.concatenate([vectors[::step] for _, vectors in _held(old)]))
        for ids, vectors in _held(old):
            fresh.add_with_ids(vectors, ids)
        self._index = fresh

    def _flatten(self) -> None:
        fresh = _exact(self._dimension)
        for ids, vectors in _held(self._index):
            fresh.add_with_ids(vectors, ids)
        self._index = fresh


def _exact(dimension: int) -> Any:
    return faiss.IndexIDMap2(faiss.IndexFlat(dimension, METRIC))


def _lists(count: int) -> int:
    """Return into how many lists so many vectors go: the power of two at or above 4 sqrt(n).

    It doubles where there are four times as many, and then they are learnt again.
    """
    return 1 << math.ceil(math.log2(4 * math.sqrt(count)))


def _held(index: Any) -> Iterable[tuple[Ids, Vectors]]:
    """Yield (ids, vectors) of an index, a part at a time."""
    if isinstance(index, faiss.IndexIVF):
        lists: Any = index.invlists
        for number in range(index.nlist):
            size = lists.list_size(number)
            if size:
                ids = faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
                codes = faiss.rev_swig_ptr(lists.get_codes(number), size * index.code_size)
                yield ids, codes.view(np.float16).reshape(size, -1).astype(np.float32)
        return
    ids = faiss.vector_to_array(index.id_map)
    inner = cast(Any, faiss.downcast_index(index.index))
    for at in range(0, index.ntotal, BATCH):
        yield ids[at : at + BATCH], inner.reconstruct_n(at, min(BATCH, index.ntotal - at))


def _places(index: Any) -> Ids:
    """Return int64 (2, n): passage ids in order, and of each the list it is in (upper 32 bits) and where there."""
    ids, places = [], []
    for number in range(index.nlist):
        size = index.invlists.list_size(number)
        if size:
            ids.append(faiss.rev_swig_ptr(index.invlists.get_ids(number), size).copy())
            places.append((number << 32) + np.arange(size, dtype=np.int64))
    every = np.stack([np.concatenate(ids), np.concatenate(places)])
    ordered: Ids = every[:, np.argsort(every[0])]
    return ordered
