"""What stands before a passage when it is read, the same in training as in serving: its title and its day."""

from __future__ import annotations

from datetime import date


def head_of(title: str, published: date | None) -> str:
    """Return what stands before the passage: its title and its day ("July 4, 2019"), each only if known."""
    return joined(title, spoken(published))


def joined(title: str, day: str) -> str:
    """Return the same of a day that is spelled already, or ""."""
    return "".join(f"{part} | " for part in (title, day) if part)


def spoken(day: date | None) -> str:
    """Return the day as news writes it ("July 4, 2019"), or "" for none."""
    return f"{day:%B} {day.day}, {day.year}" if day else ""
