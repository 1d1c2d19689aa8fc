"""Files that one process has to itself: until it closes them, or is gone, however it ended."""

import sys

if sys.platform != "win32":
    import fcntl


def lock(descriptor: int, *, wait: bool = False) -> None:
    """Locks an open file, or raises `BlockingIOError` where another process has locked it and
    nobody waits. Nothing is locked on Windows, nor in a folder that knows no locks."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:
        return
