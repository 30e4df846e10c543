"""Memory that is free given back to the system."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8  # glibc's malloc.h
_ARENAS = 2


def share_arenas() -> None:
    """Have glibc keep two arenas for all threads, before any is begun: one a thread keeps for ever what it once took.

    An index writer begins threads of its own: forty changed articles were 140 MB that nothing used.
    """
    _glibc("mallopt", _M_ARENA_MAX, _ARENAS)


def give_back_memory() -> None:
    """Collect what nothing holds, and have glibc return it: its arenas keep for ever what an index once took."""
    gc.collect()
    _glibc("malloc_trim", 0)


def _glibc(function: str, *arguments: int) -> None:
    with suppress(OSError, AttributeError):  # another system's C library, which does as it likes
        getattr(ctypes.CDLL("libc.so.6"), function)(*arguments)
