"""A home in one file: what cannot be made again and the index that serves, taken while others read and write."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

from archive.errors import AskiveError, StoreError
from embeddings import generation as gen
from embeddings.errors import IndexMissingError
from embeddings.lock import writer_lock
from embeddings.placement import HERE, Placement
from embeddings.sealed import digest

FORMAT = 1
MANIFEST = "backup.json"  # the first member: every other one with its size and SHA-256
BUSY_SECONDS = 30.0
_TRIES = 5
# A home's own files and its index's: no way out of it. Its models are made again.
_NAME = re.compile(r"[\w-][\w.-]*\.(?:sqlite|json|toml)|index/(?:lexical/)?\.?[\w-][\w.-]*")


class BackupError(AskiveError):
    """A backup that cannot be written, or a file that is not a whole backup."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; `generation` is None when the home had no index, `size` is in bytes, unpacked."""

    generation: str | None
    articles: int
    files: int
    size: int


def backup(home: Path, file: Path, placement: Placement = HERE) -> Backup:
    """Write the home into one tar (gzipped if its name ends in .gz); it appears whole or not at all.

    Store and index are of one moment: the answers of a restored home are those of this one at that moment. A running
    ingest is not waited for; what it has stored but not indexed is in the backup, and the next ingest indexes it.
    Raises BackupError, StoreError.
    """
    if placement.store is not None:
        raise BackupError(
            "the articles are in the database of store.url: back that up with pg_dump, then copy the home"
        )
    if not (home / "articles.sqlite").is_file():
        raise StoreError(f"{home}: there is no archive here to back up")
    if file.resolve().is_relative_to(home.resolve()):
        raise BackupError(f"{file}: a backup inside the home would be lost with it; put it elsewhere")
    try:
        with _beside(file) as stage:
            content = stage / "content"
            name = _moment(home, content)
            made = _described(content, name)
            packed = stage / file.name
            _pack(content, made, packed)
            os.replace(packed, file)
            gen.sync(file.parent)
    except OSError as error:
        raise BackupError(f"{file}: the backup cannot be written: {error.strerror or error}") from error
    files = made["files"]
    return Backup(name, made["articles"], len(files), sum(each["bytes"] for each in files.values()))


def _moment(home: Path, content: Path) -> str | None:
    """Take store and index of one moment: none at which a writer switched the index in between."""
    for _ in range(_TRIES):
        before = gen.named(home / "index")
        name = _take(home, content)
        if gen.named(home / "index") == before:
            return name
    with writer_lock(home, wait=BUSY_SECONDS):  # short writes follow each other too fast: stand in their line
        return _take(home, content)


def is_member(name: str) -> bool:
    """May a backup hold a file of this name (of the home)? Others are left out of it, and refused by a restore."""
    return _NAME.fullmatch(name) is not None and name != MANIFEST and not name.endswith(".lock")


def _take(home: Path, content: Path) -> str | None:
    shutil.rmtree(content, ignore_errors=True)
    content.mkdir()
    try:
        generation = gen.current(home / "index")
        for path in generation.rglob("*"):
            name = f"index/{path.relative_to(generation)}"
            if is_member(name) and path.is_file():
                (content / name).parent.mkdir(parents=True, exist_ok=True)
                _link(path, content / name)
        gen.verify(content / "index")
        taken: str | None = generation.name
    except (IndexMissingError, FileNotFoundError):
        shutil.rmtree(content / "index", ignore_errors=True)
        taken = None
    for path in home.iterdir():
        if is_member(path.name) and path.is_file():
            (snapshot if path.suffix == ".sqlite" else shutil.copyfile)(path, content / path.name)
    return taken


def snapshot(database: Path, copy: Path) -> None:
    """Copy an SQLite database as of one moment, by SQLite's own backup; StoreError when it is damaged."""
    address = f"file:{quote(str(database.resolve()))}?mode=ro"
    if not os.access(database.parent, os.W_OK):
        address += "&immutable=1"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            state = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"{database}: cannot be copied: {error}; `askive check` looks closer") from error
    if state != "ok":
        raise StoreError(f"{database}: is damaged ({state}); `askive check` looks closer")


def _link(path: Path, copy: Path) -> None:
    """A second name for a file of a generation, which never changes; a copy where the disk is another."""
    try:
        os.link(path, copy)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, copy)


def _described(content: Path, generation: str | None) -> dict[str, Any]:
    with closing(sqlite3.connect(content / "articles.sqlite")) as database:
        articles = database.execute("SELECT count(*) FROM articles").fetchone()[0]
    paths = sorted(path for path in content.rglob("*") if path.is_file())
    files = {str(p.relative_to(content)): {"bytes": p.stat().st_size, "sha256": digest(p)} for p in paths}
    return {
        "format": FORMAT,
        "askive": version("askive"),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "generation": generation,
        "articles": articles,
        "files": files,
    }


def _pack(content: Path, made: dict[str, Any], packed: Path) -> None:
    text = json.dumps(made, indent=1).encode()
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds what readers asked
    with open(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz" if packed.suffix == ".gz" else "w") as tar:
            tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
            for name, known in made["files"].items():
                with (content / name).open("rb") as part:
                    tar.addfile(_member(name, known["bytes"]), part)
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder beside the file, gone at the end; what a killed backup to the same file left goes too."""
    prefix = f".{file.name}.partial-"
    file.parent.mkdir(parents=True, exist_ok=True)
    for left in file.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    stage = Path(mkdtemp(prefix=prefix, dir=file.parent))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
