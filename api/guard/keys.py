"""Keys of people and programs: HOME/keys.json holds who they are and a hash of each, never a key."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from archive.errors import AskiveError, StoreError

Role = Literal["reader", "editor"]
ROLES: tuple[str, ...] = get_args(Role)
KEY = re.compile(r"ask_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")  # the id, which is no secret, and 256 random bits
_NOBODY = "0" * 64  # compared with when there is no such id, so that the time taken does not tell


class UnknownKeyError(AskiveError):
    """There is no key with this id."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as kept. `digest` is SHA-256 of the secret part: that is random and long, a slow hash would add nothing."""

    id: str
    name: str
    role: Role
    created: str
    digest: str

    def may(self, role: Role) -> bool:
        """An editor may all that a reader may."""
        return self.role == "editor" or role == "reader"


class Keys:
    """The keys of one home. Another process may change them: what it writes holds from the next request on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._known: dict[str, Key] = {}

    def create(self, name: str, role: Role) -> tuple[Key, str]:
        """Make a key; returns it and the one copy of the key itself that there will ever be."""
        secret = secrets.token_urlsafe(32)
        key = Key(secrets.token_hex(4), name, role, datetime.now(UTC).isoformat(timespec="seconds"), _digest(secret))
        with self._writing() as keys:
            keys[key.id] = key
        return key, f"ask_{key.id}_{secret}"

    def revoke(self, key_id: str) -> Key:
        with self._writing() as keys:
            if key_id not in keys:
                raise UnknownKeyError(f"there is no key {key_id!r}; see `askive keys list`")
            return keys.pop(key_id)

    def list(self) -> list[Key]:
        return sorted(self._load().values(), key=lambda key: key.created)

    def find(self, presented: str) -> Key | None:
        """Return the key that this is, or None. Compares in constant time; StoreError when the file is damaged."""
        match = KEY.fullmatch(presented)
        if match is None:
            return None
        key = self._load().get(match[1])
        right = hmac.compare_digest(_digest(match[2]), key.digest if key else _NOBODY)
        return key if right else None

    def _load(self) -> dict[str, Key]:
        """The keys, read again only when the file is another one than last time."""
        with self._lock:
            try:
                stat = self._file.stat()
                seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                if seen != self._seen:
                    rows = json.loads(self._file.read_text(encoding="utf-8"))
                    self._known = {row["id"]: Key(**row) for row in rows}
                    self._seen = seen
            except FileNotFoundError:
                self._known, self._seen = {}, None
            except (OSError, ValueError, TypeError, KeyError) as error:
                raise StoreError(
                    f"{self._file}: the keys cannot be read ({error}); restore it, or delete it"
                ) from error
            return self._known

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Key]]:
        """Change the keys under a lock between processes: written aside, synced, and switched to by a rename."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                keys = dict(self._load())
                yield keys
                fresh = self._file.with_suffix(".new")
                handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    json.dump([asdict(key) for key in keys.values()], out, indent=1)
                    out.flush()
                    os.fsync(out.fileno())
                os.replace(fresh, self._file)
            finally:
                os.close(lock)
        except OSError as error:
            raise StoreError(f"{self._file}: the keys cannot be written: {error.strerror or error}") from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
