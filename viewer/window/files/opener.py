"""Opens a file in the program that the system has for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

from viewer.errors import FileError


def command(platform: str, path: Path) -> list[str]:
    """What to run on a system, by Python's name for it; nothing on Windows, which opens files
    itself."""
    if platform == "win32":
        return []
    return ["open" if platform == "darwin" else "xdg-open", str(path)]


def open_file(path: Path) -> str:
    """Starts it, and does not wait; returns what to say. Raises `FileError`."""
    if not path.exists():
        raise FileError(f"{path}: is no longer there")
    if not (words := command(sys.platform, path)):
        return _by_windows(path)
    no = subprocess.DEVNULL
    try:
        process = subprocess.Popen(words, stdin=no, stdout=no, stderr=no)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{words[0]}: {reason}, expected it to open {path}") from None
    Thread(target=process.wait, daemon=True).start()  # so that no zombie is left of it
    return f"opening {path}"


def _by_windows(path: Path) -> str:
    if sys.platform == "win32":
        try:
            os.startfile(path)
        except OSError as error:
            raise FileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    return f"opening {path}"
