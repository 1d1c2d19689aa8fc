"""A picture on the clipboard, by whatever way the desktop has for that.

    Wayland          wl-copy, where it is installed
    X11              this program hands it out as long as it runs: see `selection`
    macOS, Windows   the system's own scripting, by way of a file

Where there is none, the picture is a file, and its name can be copied instead.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from viewer.picture.target import reported

PATIENCE = 10.0
"""Seconds that another program may take."""
BY_FILE: Mapping[str, tuple[str, ...]] = {
    "darwin": (
        *("osascript", "-e"),
        'set the clipboard to (read (POSIX file "{path}") as «class PNGf»)',
    ),
    "win32": (
        *("powershell", "-NoProfile", "-STA", "-Command"),
        "Add-Type -AssemblyName System.Windows.Forms, System.Drawing; "
        "[System.Windows.Forms.Clipboard]::SetImage([System.Drawing.Image]::FromFile('{path}'))",
    ),
}
"""Commands that put a PNG file on the clipboard, by `sys.platform`."""


def put_picture(picture: NDArray[np.uint8], notes: Mapping[str, str], name: str) -> Path | str:
    """Puts a picture, as for `png_of`, on the clipboard, and returns what to say; or the file that
    it is in, where that cannot be done. Raises `FileError`."""
    return put(png_of(picture, notes), name) or "copied the picture"


def png_of(picture: NDArray[np.uint8], notes: Mapping[str, str]) -> bytes:
    """A picture of greys, shape (height, width), or of colours, (height, width, 3 or 4), as PNG,
    with notes by keyword."""
    info = PngInfo()
    for keyword, text in notes.items():
        info.add_text(keyword, text.encode("utf-8", "replace").decode())
    found = io.BytesIO()
    Image.fromarray(picture).save(found, "png", pnginfo=info)
    return found.getvalue()


def put(png: bytes, name: str) -> Path | None:
    """Puts a picture on the clipboard. Where that cannot be done, it is in the file that is
    returned, of about that name. Raises `FileError` where there can be no file either."""
    if sys.platform in BY_FILE:
        path = _filed(png, name)
        command = [word.format(path=path) for word in BY_FILE[sys.platform]]
        return None if _run(command, b"") else path
    if os.environ.get("WAYLAND_DISPLAY") and shutil.which("wl-copy"):
        done = _run(["wl-copy", "--type", "image/png"], png)
    else:
        done = bool(os.environ.get("DISPLAY")) and _own(png)
    return None if done else _filed(png, name)


def _own(png: bytes) -> bool:
    try:
        from Xlib.error import DisplayError, XauthError, XNoAuthError

        from viewer.window.saving.selection import Owner
    except ImportError:
        return False
    try:
        return Owner(png).owned
    except (DisplayError, XauthError, XNoAuthError, OSError):
        return False


def _run(command: list[str], data: bytes) -> bool:
    """Whether a command took that and said that all is well. One such as wl-copy goes on in the
    background, so that nobody may wait for the end of what it prints."""
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _filed(png: bytes, name: str) -> Path:
    """The picture as a file among the temporary ones."""
    with reported(Path(tempfile.gettempdir())):
        descriptor, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".png")
        with os.fdopen(descriptor, "wb") as output:
            output.write(png)
    return Path(path)
