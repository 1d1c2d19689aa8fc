"""Prospero Viewer: shapes written as arithmetic, drawn from their program.

program = viewer.parse(open("shape.vm", "rb").read(), "shape.vm")
picture = viewer.render(program, viewer.View.parse("-0.4,0.5@20"), (1024, 1024))
for rows in viewer.render_rows(program, viewer.View(), (100_000, 100_000)): ...

Errors are `ViewerError`s: see `viewer.errors`. A notebook shows a program as its picture.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.errors import (
        DrawError,
        FileError,
        NoDeviceError,
        ParseError,
        UsageError,
        ViewerError,
    )
    from viewer.picture.api import render, render_rows
    from viewer.program import Program, parse, read
    from viewer.view import View

__all__ = [
    "DrawError",
    "FileError",
    "NoDeviceError",
    "ParseError",
    "Program",
    "UsageError",
    "View",
    "ViewerError",
    "parse",
    "read",
    "render",
    "render_rows",
]

_HOMES = {
    "Program": "viewer.program",
    "View": "viewer.view",
    "parse": "viewer.program",
    "read": "viewer.program",
    "render": "viewer.picture.api",
    "render_rows": "viewer.picture.api",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `prospero --help` needs no NumPy."""
    if name not in __all__:
        raise AttributeError(f"module 'viewer' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOMES.get(name, "viewer.errors"))
    if name in ("Program", "parse", "read"):
        _show_in_notebooks()
    return getattr(home, name)


def _show_in_notebooks() -> None:
    """Gives programs the picture that notebooks ask for (see `Program._repr_png_`)."""
    from viewer.picture.notebook import png_of
    from viewer.program import Program

    Program._repr_png_ = png_of
