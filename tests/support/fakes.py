"""Fakes that are functions of their input, so that ranking can be tested."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from embeddings.types import Vectors


class HashedEncoder:
    """Bag of hashed tokens: texts that share words are near, and the same text always has the same vector."""

    def __init__(self, dimension: int = 256, name: str = "hashed") -> None:
        self._dimension = dimension
        self._name = f"{name}-{dimension}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for token in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(token.encode(), digest_size=8).digest()
                vectors[row, int.from_bytes(digest) % self._dimension] += 1.0
            vectors[row, 0] += 1e-3  # an empty text still has a direction
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
