"""How memory is kept, for a window that stays open for days.

glibc gives each thread an arena of its own, which grows to the most that it ever held: decoders,
drivers and exact numbers leave them full of holes. Few arenas, given back at rest, stay small. And
once a large block has been freed, it takes the next ones from an arena, between small ones that
stay; pages of their own go back to the system when they are freed.
"""

import ctypes
import gc
import sys
from contextlib import suppress

ARENAS = 2
RESTS = 0.02
"""Seconds without work that are worth it."""
EVERY = 20.0
"""Seconds between two times."""
LARGE = 2**17
"""Bytes from which on a block has pages of its own: what glibc begins with."""
SELDOM = 50_000, 20, 100
"""Objects that are made between two looks for garbage where there is no rest for one, and looks
between thorough ones. With four times as many, ten thousand events without a rest left 45 MB."""
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # M_ARENA_MAX and M_MMAP_THRESHOLD in glibc's malloc.h


def spare_memory() -> None:
    """To be called before there are threads. Elsewhere than on glibc it does nothing."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_ARENA_MAX, ARENAS)
            library.mallopt(_MMAP_THRESHOLD, LARGE)


def keep_what_there_is() -> None:
    """Python looks no more for garbage among what has been made by now: modules, and the first
    program. That takes an eighth of the time of reading the next one. Among the rest it looks less
    often, and at rest."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


class Tidy:
    """When to give memory back: where there is nothing to do, and has been since the last time.
    Times are seconds of the caller's clock."""

    def __init__(self) -> None:
        self._frames, self._since = 0, 0.0

    def rest(self, pause: float, frames: int, now: float) -> None:
        """There is nothing to do for so long, after so many frames."""
        if pause >= RESTS and frames > self._frames and now >= self._since + EVERY:
            if not self._frames:
                keep_what_there_is()
            self._frames, self._since = frames, now
            give_back()


def give_back() -> None:
    """Looks for garbage, and returns free memory to the system where that is Linux with glibc. It
    takes some milliseconds."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
