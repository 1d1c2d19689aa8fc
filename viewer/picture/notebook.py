"""The picture that a notebook shows of a program. Imports nothing heavy until it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.program import Program

SIDE = 320
"""Pixels a side: enough to know the shape by, in a cell and in the notebook's file."""
AA = 2


def png_of(program: Program) -> bytes:
    """The program at home as a PNG of greys. It takes a moment, and neither OpenGL nor a compiler:
    `exact` looks closely only where the edge is."""
    from io import BytesIO

    from PIL import Image

    from viewer.picture.api import render
    from viewer.view import View

    picture = render(program, View(), (SIDE, SIDE), aa=AA, exact=True)
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
