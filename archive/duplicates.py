"""Near-duplicates: MinHash over word shingles, banded so that likely copies share a key in the store."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import numpy.typing as npt

SHINGLE = 5  # words
PERMUTATIONS = 64
ROWS = 8  # a band; 8 bands of 8 rows pass half of the pairs of similarity 0.77, and then the estimate decides
THRESHOLD = 0.7  # estimated Jaccard; a wire story with another headline and a cut paragraph stays above it
MIN_WORDS = 40  # shorter texts share shingles by chance
_PRIME = np.uint64((1 << 61) - 1)
_RANDOM = np.random.default_rng(20240229)
_A = _RANDOM.integers(1, 1 << 31, PERMUTATIONS, dtype=np.uint64)
_B = _RANDOM.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint64)
_WORD = re.compile(r"\w+")

Signature = npt.NDArray[np.uint64]


def signature(text: str) -> Signature | None:
    """Return the MinHash (Broder 1997) of a text, shape (PERMUTATIONS,), or None when it is too short to compare."""
    words = _WORD.findall(text.casefold())
    if len(words) < MIN_WORDS:
        return None
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    hashes = np.fromiter((hash32(s) for s in shingles), dtype=np.uint64, count=len(shingles))
    # 31-bit factors times 32-bit hashes stay inside 64 bits, so the modulus is exact.
    minhash: Signature = ((hashes[:, None] * _A + _B) % _PRIME).min(axis=0)
    return minhash


def hash32(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=4).digest(), "big")


def bands(minhash: Signature) -> list[int]:
    """Return a signed 63-bit key for each band; two texts that share one are candidates."""
    keys = []
    for number, part in enumerate(minhash.reshape(-1, ROWS)):
        digest = hashlib.blake2b(bytes([number]) + part.tobytes(), digest_size=8).digest()
        keys.append(int.from_bytes(digest, "big") >> 1)
    return keys


def similarity(a: Signature, b: Signature) -> float:
    """Return the estimated Jaccard similarity of the two texts' shingles, in [0, 1]."""
    return float(np.mean(a == b))
