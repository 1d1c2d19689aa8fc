"""A grid's samples as rows of greys: inside 255, outside 0, and what lies between on the edge.

The picture is cut into strips of whole rows, and a strip into blocks of a bounded number of
samples. Samples lie at whole positions of the picture's one grid, so that no cut can be seen.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import Engine, Smooth, Sparse
from viewer.engines.greys import box_filter
from viewer.errors import UsageError
from viewer.sign.runs import Runs
from viewer.view import Block, Grid

MAX_SIDE = 1_000_000
"""The most pixels a side: what libpng, and so nearly every program, reads unless told otherwise."""
MAX_AA = 64
"""The most samples a side of a pixel: 16 x 16 already give every grey."""
MAX_SAMPLES = 2**24
"""The most samples a side: whole positions up to here are exact in float32, on a GPU as well."""
BLOCK = 2**20
"""The most samples that an engine is asked for at once. `numpy` takes 1 GB for them on a large
program, the others a few MB; from 2**18 to 2**22 none was clearly quicker."""


STRIP = 2**24
"""The most pixels of a strip of runs, which take memory where there are edges only."""


def render_rows(
    engine: Engine, grid: Grid, aa: int = 1, *, block: int = BLOCK, rows: range | None = None
) -> Iterator[NDArray[np.uint8]]:
    """The picture, or some of its `rows`, in strips of whole rows, from the top: new arrays of
    shape (rows, grid.width).

    The engine is asked for at most `block` samples at once (a pixel's are not parted), and a
    strip has as many, or is one row; of a `Smooth` one, pixels count instead, and a `Sparse` one
    is asked for longer strips, as runs. Raises `UsageError`, at once, for a size that is not
    allowed.
    """
    check_size(grid, aa)
    if isinstance(engine, Sparse) and engine.sparse:
        return _unrolled(engine, grid, aa, max(1, block // grid.width), rows)
    smooth = aa == 1 or isinstance(engine, Smooth)
    return _strips(engine, grid, aa, block if smooth else max(1, block // aa**2), rows)


def render_runs(
    engine: Sparse, grid: Grid, aa: int = 1, *, strip: int = STRIP, rows: range | None = None
) -> Iterator[Runs]:
    """The same rows as runs, in strips of so many pixels, or of one row."""
    check_size(grid, aa)
    strips = grid.blocks(grid.width, max(1, strip // grid.width), rows)
    return (engine.runs(grid, range(part.j, part.j + part.height), aa) for part in strips)


def check_size(grid: Grid, aa: int) -> None:
    """Raises `UsageError` for a picture larger than can be drawn or read."""
    if not all(1 <= side <= MAX_SIDE for side in grid.size):
        raise UsageError(
            f"bad size {grid.width}x{grid.height}, expected 1 to {MAX_SIDE} pixels a side"
        )
    if not 1 <= aa <= MAX_AA:
        raise UsageError(f"bad aa {aa}, expected 1 to {MAX_AA} samples a side of a pixel")
    if max(grid.size) * aa > MAX_SAMPLES:
        raise UsageError(
            f"{max(grid.size)} pixels of {aa} samples a side, expected at most {MAX_SAMPLES}"
            " samples in all"
        )


def _unrolled(
    engine: Sparse, grid: Grid, aa: int, height: int, rows: range | None
) -> Iterator[NDArray[np.uint8]]:
    """Strips of so many rows from longer ones of runs."""
    many = max(1, STRIP // (height * grid.width)) * height
    for runs in render_runs(engine, grid, aa, strip=many * grid.width, rows=rows):
        for first in range(0, len(runs), height):
            yield runs.part(range(first, min(first + height, len(runs)))).pixels()


def _strips(
    engine: Engine, grid: Grid, aa: int, pixels: int, rows: range | None
) -> Iterator[NDArray[np.uint8]]:
    width, height = min(grid.width, pixels), max(1, pixels // grid.width)
    for strip in grid.blocks(grid.width, height, rows):
        greys = np.empty((strip.height, strip.width), np.uint8)
        for i in range(0, grid.width, width):
            part = greys[:, i : i + width]
            block = Block(i, strip.j, part.shape[1], strip.height)
            part[...] = block_greys(engine, grid, block, aa)
        yield greys


def block_greys(engine: Engine, grid: Grid, block: Block, aa: int) -> NDArray[np.uint8]:
    """The greys of a block, shape (block.height, block.width). An engine that is not `Smooth` is
    asked for all of the block's samples at once."""
    if aa > 1 and isinstance(engine, Smooth):
        return engine.greys(grid, block, aa)
    return box_filter(engine.inside(grid.supersampled(aa), block.supersampled(aa)), aa)
