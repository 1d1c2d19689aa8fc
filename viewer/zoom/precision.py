"""FLINT's working precision is one number for the whole process: one thread at a time has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from flint import ctx

_LOCK = RLock()


@contextmanager
def working(bits: int) -> Iterator[None]:
    """Balls are worked out in so many bits, in this thread alone, until the `with` ends."""
    with _LOCK:
        before = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = before
