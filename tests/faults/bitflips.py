"""One bit flipped at a time in the files of an index: `python -m tests.faults.bitflips --flips 100`.

Every file is flipped in turn, at a random place. Detected means: opening the index does not use the damaged file (the
generation before serves, or for the pointer the one it should have named), and `askive check` names it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embeddings import generation as gen
from embeddings.index import Index
from embeddings.vectors import VectorLog
from tests.faults.worlds import ENCODER, check_home, ingest, source


def make(place: Path) -> Path:
    """A home with two whole generations."""
    home = place / "home"
    for part in range(2):
        state: dict[int, int | None] = dict.fromkeys(range(60 * part, 60 * part + 60), 0)
        ingest([source(place / "news.jsonl", state)], home, encoder=ENCODER)
    return home


def flips(home: Path, count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """Flip `count` bits one after another and yield (file, was it detected); each is put right again."""
    random_ = random.Random(seed)
    index = home / "index"
    serving, before = gen.current(index).name, min(path.name for path in index.glob("gen-*"))
    files = [path for path in sorted((index / serving).rglob("*")) if path.is_file() and path.stat().st_size]
    files = [path for path in [index / gen.CURRENT, *files] if not path.name.endswith(".lock")]
    for number in range(count):
        path = files[number % len(files)]
        good = path.read_bytes()
        bad = bytearray(good)
        bad[random_.randrange(len(bad))] ^= 1 << random_.randrange(8)
        path.write_bytes(bad)
        expected = serving if path.name == gen.CURRENT else before
        opened = Index.open(index, ENCODER).generation
        part = f"index/{gen.CURRENT}" if path.name == gen.CURRENT else f"index/{serving}"
        named = part in [finding.part for finding in check_home(home, ENCODER)]
        path.write_bytes(good)
        yield str(path.relative_to(index)), opened == expected and named


def log_flips(place: Path, count: int, seed: int) -> Iterator[bool]:
    """Flip bits of the log of an unfinished ingest; detected means that the record is encoded anew, never used."""
    random_ = random.Random(seed)
    path = place / "vectors.log"
    vectors = ENCODER.encode([f"text {number}" for number in range(20)])
    keys = [number.to_bytes(16, "little") for number in range(20)]
    for _ in range(count):
        path.unlink(missing_ok=True)
        with VectorLog(path, ENCODER.name, ENCODER.dimension) as log:
            log.add(keys, vectors)
        bad = bytearray(path.read_bytes())
        bad[random_.randrange(len(bad))] ^= 1 << random_.randrange(8)
        path.write_bytes(bad)
        with VectorLog(path, ENCODER.name, ENCODER.dimension) as log:
            kept = [row for row, key in enumerate(keys) if key in log]
            yield len(log) == len(kept) < 20 and bool((log.get([keys[row] for row in kept]) == vectors[kept]).all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20240229)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="askive-flips-") as place:
        seen = list(flips(make(Path(place)), given.flips, given.seed))
        logged = list(log_flips(Path(place), given.flips, given.seed))
    for name in sorted({name for name, _ in seen}):
        results = [found for file, found in seen if file == name]
        print(f"{name}: {sum(results)} of {len(results)}")
    detected = sum(found for _, found in seen)
    print(f"{detected} of {given.flips} bit flips in the index detected")
    print(f"{sum(logged)} of {given.flips} bit flips in the log of an unfinished ingest detected")
    sys.exit(detected + sum(logged) != 2 * given.flips)


if __name__ == "__main__":
    main()
