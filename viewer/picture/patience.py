"""Ctrl-C with patience: once asks to stop at the next good place, twice stops at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def patient(say: Callable[[str], None], what: str) -> Iterator[Callable[[], bool]]:
    """Whether to stop, as a question to ask at good places. `say` tells the user that `what` is
    finished first. A second Ctrl-C raises `KeyboardInterrupt`, wherever that is.

    Only for the main thread. Where Ctrl-C is ignored, as in the background of a shell, it stays so.
    """
    asked = False

    def ask(_: int, __: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        with suppress(RuntimeError):  # in the middle of another line
            say(f"finishing {what}, Ctrl-C again stops at once")

    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
