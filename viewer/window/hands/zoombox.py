"""The box that is drawn to zoom into, as rectangles over the picture.

::::::::::::::      what will not be shown is dimmed
::.--------.::
::|________|::      the box: a light line within a dark one, for black and for white
::'--------'::
"""

from __future__ import annotations

import numpy as np

from viewer.gpu.marks import Ink, Layer
from viewer.sign.layout import Ints
from viewer.view import Size
from viewer.window.tools import Box

DARK: Ink = 0.05, 0.06, 0.08, 1.0
LIGHT: Ink = 1.0, 0.8, 0.44, 1.0
DIM: Ink = 0.36, 0.42, 0.52, 0.45

Edges = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels, y down."""


def framed(box: Box, size: Size, scale: float) -> list[Layer]:
    """What to lay over a picture of `size` pixels; `scale` is how many an ordinary one is."""
    (x0, y0), (x1, y1) = box
    drawn = round(min(x0, x1)), round(min(y0, y1)), round(max(x0, x1)), round(max(y0, y1))
    thick = max(1, round(scale))
    left, top, right, bottom = drawn
    outer = left - thick, top - thick, right + thick, bottom + thick
    return [
        Layer(DIM, _around(shown(drawn, size), (0, 0, *size))),
        Layer(DARK, _around(drawn, outer)),
        Layer(LIGHT, _around(_shrunk(drawn, thick), drawn)),
    ]


def shown(drawn: Edges, size: Size) -> Edges:
    """What will be shown of the picture, in its shape: the box, and what is beside it."""
    left, top, right, bottom = drawn
    share = max((right - left) / size[0], (bottom - top) / size[1])
    width, height = share * size[0], share * size[1]
    x, y = (left + right - width) / 2, (top + bottom - height) / 2
    return round(x), round(y), round(x + width), round(y + height)


def _shrunk(edges: Edges, by: int) -> Edges:
    left, top, right, bottom = edges
    by = min(by, (right - left) // 2, (bottom - top) // 2)
    return left + by, top + by, right - by, bottom - by


def _around(inner: Edges, outer: Edges) -> Ints:
    """What is in one rectangle and not in the other, as four of left, top, width and height."""
    left, top, right, bottom = outer
    a, b = max(left, inner[0]), max(top, inner[1])
    c, d = min(right, inner[2]), min(bottom, inner[3])
    parts = [
        (left, top, right - left, b - top),
        (left, d, right - left, bottom - d),
        (left, b, a - left, d - b),
        (c, b, right - c, d - b),
    ]
    return np.array([part for part in parts if min(part[2:]) > 0], np.int32).reshape(-1, 4)
