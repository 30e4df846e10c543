"""Files made once on this machine, and used again while every byte is as it was made."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sealed:
    """`files` and beside them a `seal` of their digests, written last: what was cut short or altered is made again."""

    files: tuple[Path, ...]
    seal: Path

    def whole(self) -> bool:
        """Say whether every file is as it was sealed."""
        try:
            return self.seal.read_text() == self._digests()
        except OSError:
            return False

    def ensure(self, make: Callable[[], None]) -> None:
        """Have `make` write the files unless they are whole; of several processes at once, one makes them. OSError."""
        if self.whole():
            return
        self.seal.parent.mkdir(parents=True, exist_ok=True)
        with self.seal.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.whole():
                self.seal.unlink(missing_ok=True)
                make()
                self.seal.write_text(self._digests())

    def _digests(self) -> str:
        return "\n".join(digest(path) for path in self.files)


def digest(path: Path) -> str:
    """Return the file's SHA-256 in hex. OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
