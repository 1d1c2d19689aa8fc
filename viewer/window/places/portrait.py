"""The small picture of a marked place: of the place, wherever the window is on its way to it."""

from __future__ import annotations

import io

from PIL import Image

from viewer.engines.deep import Doubles
from viewer.errors import ViewerError
from viewer.picture.render import block_greys
from viewer.program import Program
from viewer.view import Grid, Size
from viewer.window.files.thumbnails import LARGEST, SAMPLES
from viewer.window.places.history import Spot


def portrait(program: Program, spot: Spot, window: Size, inset: Size) -> bytes:
    """What a window of that size shows there, made small enough for an inset, as PNG; nothing of
    a program that takes too long or cannot be drawn. It is drawn on the processor: see
    `thumbnails`."""
    if len(program) > LARGEST:
        return b""
    scale = min(room / side for room, side in zip(inset, window, strict=True))
    width, height = (max(1, round(scale * side)) for side in window)
    grid, engine = Grid(spot.view, width, height, z=spot.z), Doubles(program)
    try:
        greys = block_greys(engine, grid, grid.whole, SAMPLES)
    except ViewerError:
        return b""
    finally:
        engine.close()
    found = io.BytesIO()
    Image.fromarray(greys).save(found, "png")
    return found.getvalue()
