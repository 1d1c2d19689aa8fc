"""The window libraries behind one small face (`protocols.Backend`): a file each."""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import TYPE_CHECKING, NamedTuple, cast

from viewer.errors import NoDeviceError
from viewer.window.backends.protocols import Backend, Changes, Inputs, Library

if TYPE_CHECKING:
    from viewer.view import Size

__all__ = ["NAMES", "Backend", "Changes", "Inputs", "Opened", "library", "open_window"]

NAMES = ("pyglet", "glfw")
"""The libraries, the first choice first; each has a module of that name here."""


class Opened(NamedTuple):
    """A window, the library it is of, and what to tell where that is not the first choice."""

    backend: Backend
    name: str
    news: str = ""


def open_window(
    title: str, size: Size, inputs: Inputs, changes: Changes, wanted: str | None = None
) -> Opened:
    """Opens a window with a GL 3.3 context: of the library that is wanted, else of the first that
    can. `NoDeviceError` where there is no display, no GL or no such library."""
    failed: list[str] = []
    for name in [wanted] if wanted else choices():
        try:
            backend = library(name).open_window(title, size, inputs, changes)
        except Exception as error:
            # The libraries raise ImportError, their own classes and ValueError for the same thing.
            failed.append(f"{name}: {_reason(name, error)}")
            continue
        return Opened(backend, name, f"{failed[0]}; this window is of {name}" if failed else "")
    raise NoDeviceError(
        f"cannot open a window: {'; '.join(failed)} (`prospero doctor` says what is missing)"
    )


def choices() -> tuple[str, ...]:
    """The libraries in the order in which they are tried: GLFW first where there is nothing but
    Wayland, which pyglet does not know."""
    wayland = os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY")
    return NAMES[::-1] if wayland else NAMES


def library(name: str) -> Library:
    """The module of a library; `ImportError` where it is not installed."""
    return cast(Library, importlib.import_module(f"viewer.window.backends.{name}"))


def _reason(name: str, error: Exception) -> str:
    if importlib.util.find_spec(name) is None:
        return "not installed"
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
