"""Vectors kept by what they were made from, so that nothing is encoded twice, not even after a kill."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path
from types import TracebackType

import numpy as np

from embeddings.types import Vectors

KEY_BYTES = 16
_MAGIC = b"ASKIVEV1"
_HEADER_BYTES = 64


def vector_key(encoder_name: str, text: str) -> bytes:
    """Return the 16 bytes that name the vector of a text under an encoder (BLAKE2b)."""
    return hashlib.blake2b(f"{encoder_name}\0{text}".encode(), digest_size=KEY_BYTES).digest()


class VectorLog:
    """An append-only file of (key, vector, crc32) records; a torn or flipped record is left out when it is read.

    It holds what an unfinished ingest has encoded, and is deleted once a generation holds the same vectors.
    A file of another encoder or dimension is started anew.
    """

    def __init__(self, path: Path, encoder_name: str, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        self._record = KEY_BYTES + 4 * dimension + 4
        name = hashlib.blake2b(encoder_name.encode(), digest_size=KEY_BYTES).digest()
        self._header = (_MAGIC + dimension.to_bytes(4, "little") + name).ljust(_HEADER_BYTES, b"\0")
        self._rows: dict[bytes, int] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        usable = self._load()
        # Unbuffered: what add() returned from is with the operating system, and close() has nothing left to fail on.
        self._file = open(path, "r+b" if usable else "w+b", buffering=0)  # noqa: SIM115 - closed by close()
        if not usable:
            self._write(self._header)
        self._file.truncate(_HEADER_BYTES + self._written * self._record)
        self._file.seek(0, os.SEEK_END)

    def _load(self) -> bool:
        """Read the keys of intact records; return whether the file is ours to go on with."""
        self._written = 0
        if not self._path.is_file():
            return False
        with open(self._path, "rb") as file:
            if file.read(_HEADER_BYTES) != self._header:
                return False
            while len(record := file.read(self._record)) == self._record:
                if zlib.crc32(record[:-4]) == int.from_bytes(record[-4:], "little"):
                    self._rows[record[:KEY_BYTES]] = self._written
                self._written += 1
        return True

    def _write(self, data: bytes | bytearray) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: bytes) -> bool:
        return key in self._rows

    def add(self, keys: list[bytes], vectors: Vectors) -> None:
        """Append vectors of shape (len(keys), dimension) and hand them to the operating system."""
        records = bytearray()
        for key, vector in zip(keys, np.ascontiguousarray(vectors, dtype="<f4"), strict=True):
            body = key + vector.tobytes()
            records += body + zlib.crc32(body).to_bytes(4, "little")
        self._write(records)
        self._rows.update((key, self._written + place) for place, key in enumerate(keys))
        self._written += len(keys)

    def get(self, keys: list[bytes]) -> Vectors:
        """Return the vectors of keys that are here, in their order, as float32 of shape (len(keys), dimension)."""
        found = np.empty((len(keys), self._dimension), dtype=np.float32)
        for place, key in enumerate(keys):
            self._file.seek(_HEADER_BYTES + self._rows[key] * self._record + KEY_BYTES)
            found[place] = np.frombuffer(self._file.read(4 * self._dimension), dtype="<f4")
        self._file.seek(0, os.SEEK_END)
        return found

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        """Close and delete the file: its vectors are kept elsewhere now."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> VectorLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
