"""A backup put back, into a new home or under a running service; nothing is touched before all of it is checked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

from api.backup import BUSY_SECONDS, FORMAT, MANIFEST, Backup, BackupError, is_member
from archive.database import open_database
from archive.errors import StoreError
from embeddings import generation as gen
from embeddings.errors import IndexCorruptError
from embeddings.lock import writer_lock

_MAX_MANIFEST = 16 << 20
_CHUNK = 1 << 20


def restore(file: Path, home: Path, *, wait: float = 0.0) -> Backup:
    """Make a home what it was when the backup was made; the home's models and files of other names stay.

    A service that runs on the home goes on: each database changes in one transaction, and the index by its switch.
    Between these two, for milliseconds, hits whose article is another now are left out. Raises BackupError (a file
    that is no whole backup: nothing was changed), StoreError, IndexLockedError.
    """
    with writer_lock(home, wait):
        stage = home / "restore.partial"
        shutil.rmtree(stage, ignore_errors=True)  # of a restore that was killed
        try:
            stage.mkdir()
            made = _unpack(file, stage)
            return _apply(stage, made, home)
        except OSError as error:
            raise StoreError(f"{home}: the backup cannot be restored: {error.strerror or error}") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _unpack(file: Path, stage: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:*") as tar:
            made = _manifest(tar)
            missing = dict(made["files"])
            needed = sum(int(known["bytes"]) for known in missing.values())
            if needed > (free := shutil.disk_usage(stage).free):
                raise BackupError(f"{file}: needs {needed:,} bytes, and {free:,} are free at {stage.parent}")
            while (member := tar.next()) is not None:
                known = missing.pop(member.name, None)
                if known is None or not member.isfile() or member.size != known["bytes"]:
                    raise BackupError(f"{file}: holds {member.name[:100]!r}, which its list does not")
                _put(tar, member, known["sha256"], stage)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{file}: is no whole backup: {str(error)[:200]}") from error
    except OSError as error:
        if error.errno is None or error.filename == str(file):
            raise BackupError(f"{file}: cannot be read: {error.strerror or error}") from error
        raise
    if missing:
        raise BackupError(f"{file}: is cut short; {min(missing)} and what follows is missing")
    return made


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == MANIFEST and first.isfile() else None
    if first is None or content is None or first.size > _MAX_MANIFEST:
        raise ValueError(f"it does not begin with {MANIFEST}")
    made: dict[str, Any] = json.loads(content.read())
    if made["format"] != FORMAT:
        raise ValueError(f"it has format {made['format']!r}, which this Askive does not know; it knows {FORMAT}")
    for name in made["files"]:
        if not is_member(name):
            raise ValueError(f"it names {name[:100]!r}, which is no file of a home")
    if "articles.sqlite" not in made["files"]:
        raise ValueError("it holds no articles.sqlite")
    return made


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, known: str, stage: Path) -> None:
    content = tar.extractfile(member)
    target = stage / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while content is not None and (part := content.read(_CHUNK)):
            digest.update(part)
            out.write(part)
    if digest.hexdigest() != known:
        raise BackupError(f"{member.name} in the backup does not match its checksum; the file is damaged")


def _apply(stage: Path, made: dict[str, Any], home: Path) -> Backup:
    open_database(stage / "articles.sqlite").dispose()  # of an older Askive: its tables are brought up to date first
    fresh, manifest = None, None
    if made["generation"] is not None:
        try:
            manifest = gen.verify(stage / "index")
        except IndexCorruptError as error:
            raise BackupError(f"the backup's index: {error}") from error
        fresh = gen.next_folder(home / "index")
        fresh.rmdir()
        os.rename(stage / "index", fresh)
    for path in sorted(stage.glob("*.sqlite")):
        _replace(path, home / path.name)
    for name in (name for name in made["files"] if "/" not in name and not name.endswith(".sqlite")):
        os.replace(stage / name, home / name)
    if fresh is not None and manifest is not None:
        gen.publish(fresh, {key: value for key, value in manifest.items() if key != "files"}, None)
    sizes = [int(known["bytes"]) for known in made["files"].values()]
    return Backup(made["generation"], int(made["articles"]), len(sizes), sum(sizes))


def _replace(fresh: Path, live: Path) -> None:
    """Give a database the content of another in one transaction, so that whoever has it open goes on."""
    try:
        with (
            closing(sqlite3.connect(fresh)) as source,
            closing(sqlite3.connect(live, timeout=BUSY_SECONDS)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise StoreError(f"{live}: cannot be restored: {error}") from error
    except sqlite3.DatabaseError:  # what is there is no database any more: it is put aside, and services start anew
        for suffix in ("", "-wal", "-shm"):
            if (damaged := live.with_name(live.name + suffix)).exists():
                os.replace(damaged, damaged.with_name(f"{damaged.name}.damaged"))
        os.replace(fresh, live)
