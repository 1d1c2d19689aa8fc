"""The viewer with a fault that comes and goes: `python -m tests.window.faulty FILE ...`.

What is wrong is in the file that the environment's PROSPERO_FAULTY names, for as long as it is
there. Beside it, a file grows by a byte whenever something fails.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import moderngl

from viewer.cli import main
from viewer.errors import DrawError
from viewer.gpu.overlay import Canvas, Overlay
from viewer.gpu.tiled import Tiled
from viewer.window.backends.pyglet import Pyglet

SMALL = 700
"""Pixels a side of what the smallest of all drivers draws."""


def faulty(kind: str) -> bool:
    try:
        return Path(os.environ["PROSPERO_FAULTY"]).read_text() == kind
    except FileNotFoundError:
        return False


def met(flag: Path) -> Path:
    """The file that grows."""
    return flag.with_suffix(".met")


def lost(*_: Any, **__: Any) -> None:
    raise DrawError("the graphics driver reports GL_CONTEXT_LOST")


def refused(*_: Any, **__: Any) -> None:
    raise moderngl.Error("\nthe driver has had enough\n")


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def instead(kind: str, owner: Any, name: str, fault: Callable[..., Any]) -> None:
    """Has something fail for as long as that fault is there."""
    sound = getattr(owner, name)

    def call(*args: Any, **named: Any) -> Any:
        if not faulty(kind):
            return sound(*args, **named)
        with met(Path(os.environ["PROSPERO_FAULTY"])).open("ab") as file:
            file.write(b".")
        return fault(*args, **named)

    setattr(owner, name, call)


def limit() -> None:
    """The driver draws pictures of `SMALL` pixels at most."""
    sized = Canvas.sized

    def checked(canvas: Canvas, size: tuple[int, int]) -> moderngl.Framebuffer:
        canvas._limit = SMALL if faulty("size") else 2**14
        return sized(canvas, size)

    Canvas.sized = checked  # type: ignore[method-assign, assignment]


def vanish() -> None:
    """The window has no pixels, as a minimised one on some systems."""
    sizes = Pyglet.sizes

    def found(window: Pyglet) -> Any:
        return ((0, 0), (0, 0)) if faulty("nothing") else sizes.__get__(window)

    Pyglet.sizes = property(found)  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    instead("context", Tiled, "draw", lost)
    instead("screen", Overlay, "show", refused)
    instead("disk", os, "fsync", full)
    limit()
    vanish()
    sys.exit(main())
