"""One generation of an index on disk: its files, their checksums, and the atomic switch to it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.errors import IndexCorruptError, IndexMissingError, IndexWriteError
from embeddings.sealed import digest

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"  # of the manifest, which holds the checksums of everything else
CURRENT = "CURRENT"


def current(folder: Path) -> Path:
    """Return the generation that CURRENT names, else the newest other that is whole; IndexMissingError without one."""
    while True:
        name = named(folder)
        newest = sorted(
            folder.glob("gen-*"), key=lambda generation: (generation.name == name, generation), reverse=True
        )
        damage = ""
        for generation in newest:
            try:
                verify(generation)
            except IndexCorruptError as error:
                damage = damage or f" ({error})"
                continue
            return generation
        if named(folder) == name:  # else a writer has switched, and dropped what was just looked at
            raise IndexMissingError(
                f"{folder}: no index here that can be read{damage}; run `askive ingest` or `askive rebuild`"
            )


def named(folder: Path) -> str | None:
    """Return the name that CURRENT holds, or None when there is no such file or it is damaged."""
    try:
        name, _, seal = (folder / CURRENT).read_bytes().decode("ascii").partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return name if seal == _name_seal(name) else None


def verify(generation: Path) -> dict[str, Any]:
    """Return the manifest after checking its own SHA-256 and every file's against it; IndexCorruptError names one."""
    try:
        manifest: dict[str, Any] = json.loads((generation / MANIFEST).read_bytes())
        seal = generation / SEAL
        if seal.is_file() and seal.read_bytes() != digest(generation / MANIFEST).encode():
            raise IndexCorruptError(f"{generation.name}/{MANIFEST} does not match its checksum")
        for name, known in manifest["files"].items():
            if digest(generation / name) != known:
                raise IndexCorruptError(f"{generation.name}/{name} does not match its checksum")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexCorruptError(f"{generation.name} is incomplete: {error}") from error
    return manifest


def next_folder(folder: Path) -> Path:
    """Make the folder of the generation after the last, empty; whoever writes here holds the home's lock.

    What killed writers left half-written is removed: without a manifest it cannot be opened.
    """
    there = list(folder.glob("gen-*"))
    last = max((int(g.name[4:]) for g in there if g.name[4:].isdigit()), default=0)
    serves = named(folder)
    for left in there:
        if left.name != serves and not (left / MANIFEST).exists():
            shutil.rmtree(left, ignore_errors=True)
    fresh = folder / f"gen-{last + 1:06d}"
    try:
        fresh.mkdir(parents=True)
    except OSError as error:
        raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror}") from error
    return fresh


def publish(generation: Path, manifest: dict[str, Any], base: Path | None) -> None:
    """Write the manifest and its seal, sync everything, switch CURRENT to the generation, and drop the others.

    What it was built on (`base`, else what CURRENT named) is kept: the last good one, should this be damaged.
    """
    folder = generation.parent
    names = [str(path.relative_to(generation)) for path in _files(generation)]
    manifest = {**manifest, "files": {name: digest(generation / name) for name in names}}
    (generation / MANIFEST).write_text(json.dumps(manifest, indent=1))
    (generation / SEAL).write_text(digest(generation / MANIFEST))
    for path in [*generation.rglob("*"), generation, folder]:
        sync(path)
    name = named(folder)
    before = base or (folder / name if name else None)
    pointer = folder / f"{CURRENT}.new"
    pointer.write_text(f"{generation.name} {_name_seal(generation.name)}")
    sync(pointer)
    os.replace(pointer, folder / CURRENT)
    sync(folder)
    for other in folder.glob("gen-*"):
        if other not in (generation, before):
            (other / MANIFEST).unlink(missing_ok=True)  # first: what a kill leaves of it is then no generation
            shutil.rmtree(other, ignore_errors=True)


def _files(generation: Path) -> Iterator[Path]:
    """Every file that counts; tantivy's lock files do not."""
    for path in sorted(generation.rglob("*")):
        if path.is_file() and path.name not in (MANIFEST, SEAL) and not path.name.endswith(".lock"):
            yield path


def _name_seal(name: str) -> str:
    """A checksum beside the name: one flipped bit of a number would name another generation."""
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


def sync(path: Path) -> None:
    """Hand a file, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
