"""Memory that is free given back to the system."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def give_back_memory() -> None:
    """Collect what nothing holds, and have glibc return it: its arenas keep for ever what an index once took."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another system's C library, which does as it likes
        ctypes.CDLL("libc.so.6").malloc_trim(0)
