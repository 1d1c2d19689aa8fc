"""Opens a file in the editor of whoever looks at it, at a line."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from viewer.errors import FileError

COLON = ("code", "code-insiders", "codium", "cursor", "subl", "zed", "hx")
"""Editors that take `file:line`; all others take `+line file`, as vi did."""
GO_TO = ("code", "code-insiders", "codium", "cursor")
"""Those that need to be told so."""


def command(environment: Mapping[str, str], path: Path, line: int) -> list[str]:
    """What to run. Raises `FileError` where no editor is named, or not one that can be run."""
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise FileError(f"$VISUAL is {named!r:.60}: {str(error).lower()}") from None
    if not words:
        raise FileError("no editor is named, expected one in $VISUAL")
    editor = Path(words[0]).name.removesuffix(".exe")
    if editor in COLON:
        return [*words, *(["-g"] if editor in GO_TO else []), f"{path}:{line}"]
    return [*words, f"+{line}", str(path)]


def edit(path: Path, line: int) -> str:
    """Starts it, and does not wait; returns what to say. One that needs a terminal has that which
    the viewer was started from. Raises `FileError`."""
    words = command(os.environ, path, line)
    try:
        process = subprocess.Popen(words)
    except OSError as error:
        raise FileError(f"{words[0]}: {(error.strerror or str(error)).lower()}") from None
    Thread(target=process.wait, daemon=True).start()  # so that no zombie is left of it
    return f"line {line} in {words[0]}"
