"""Folders of tests, as others may see them."""

from __future__ import annotations

from pathlib import Path


def let_in(place: Path) -> None:
    """Let every user into the folders around a place; pytest's own let nobody else in."""
    for folder in place.parents:
        mode = folder.stat().st_mode
        if mode & 0o055 != 0o055:
            folder.chmod(mode | 0o055)
