"""The view that shows all of a shape."""

from __future__ import annotations

from fractions import Fraction

from viewer.passes.extent import Box
from viewer.view import Size, View
from viewer.window.text.axes import decade

MARGIN = Fraction(1, 12)
"""What stays free on each side, as a part of the picture."""
SMALLEST = Fraction(1, 10**30)
"""Model units that a box is taken to be wide at least."""


def fitted(box: Box, size: Size) -> View:
    """The box in the middle of a picture of `size` pixels, as large as it fits with a margin. Its
    zoom is a short number."""
    width, height = (max(SMALLEST, side) for side in (box.right - box.left, box.top - box.bottom))
    room = 2 * (1 - 2 * MARGIN) / min(size)  # of a pixel at zoom 1, without the margins
    zoom = min(room * size[0] / width, room * size[1] / height)
    unit = Fraction(10) ** (decade(zoom) - 2)
    return View((box.left + box.right) / 2, (box.bottom + box.top) / 2, zoom // unit * unit)
