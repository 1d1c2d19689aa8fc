"""Pixels of many samples: their means, and where bounds tell that all of them are alike.

The field is bounded over squares of pixels, in float64 and rounded outwards. Where it surely is
below zero, or surely is not, no sample is drawn; the rest is drawn in runs of squares. Past what
float64 can tell apart nothing is sure, and all samples are drawn.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from viewer.passes.spans import around, field_span
from viewer.program import Program
from viewer.program.number import nearest
from viewer.program.spans import Span
from viewer.sign.runs import grey_levels
from viewer.view import Block, Grid

SIDE = 32
"""Pixels along a square."""
AT_ONCE = 2**20
"""Samples that are drawn at once, about."""

Inside = Callable[[Grid, Block], NDArray[np.bool_]]


def greys_of(
    program: Program, inside: Inside, grid: Grid, block: Block, samples: int
) -> NDArray[np.uint8]:
    """The greys of a block, shape (block.height, block.width), each the mean of samples x samples
    that `inside` draws where there may be an edge."""
    result = np.empty((block.height, block.width), np.uint8)
    fine, most = grid.supersampled(samples), max(1, AT_ONCE // (SIDE * samples) ** 2)
    for row, sides in enumerate(_sides(program, grid, block)):
        j, at = row * SIDE, 0
        for side, run in groupby(sides.tolist()):
            count = len(list(run))
            step = count if side else most
            for first in range(at, at + count, step):
                i = first * SIDE
                part = result[j : j + SIDE, i : min(first + step, at + count) * SIDE]
                if side:
                    part[...] = 255 if side < 0 else 0
                else:
                    there = Block(block.i + i, block.j + j, part.shape[1], part.shape[0])
                    part[...] = box_filter(inside(fine, there.supersampled(samples)), samples)
            at += count
    return result


def _sides(program: Program, grid: Grid, block: Block) -> NDArray[np.int8]:
    """Of each square of a block: -1 where the field surely is below zero, 1 where it surely is
    not, 0 where nothing is sure."""
    columns, rows = (range(0, side, SIDE) for side in (block.width, block.height))
    if grid.reference:
        return np.zeros((len(rows), len(columns)), np.int8)
    half = grid.half
    x = _bounds(grid.view.x, half, block.i, block.width, grid.width)
    y = _bounds(grid.view.y, -half, block.j, block.height, grid.height)
    given = {
        "x": Span(x[0][np.newaxis], x[1][np.newaxis]),
        "y": Span(y[1][:, np.newaxis], y[0][:, np.newaxis]),
        "z": around(grid.z),
    }
    with np.errstate(all="ignore"):
        span = field_span(program, given)
        sides = np.where(span.below(), -1, np.where(span.above(), 1, 0)).astype(np.int8)
    return np.broadcast_to(sides, (len(rows), len(columns)))


def _bounds(
    centre: Fraction, half: Fraction, start: int, count: int, total: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where squares begin and end, outside of their pixels; `half` below zero goes down."""
    ends = [*range(start, start + count, SIDE), start + count]
    places = np.array([nearest(centre + (2 * end - total) * half, np.float64) for end in ends])
    out = np.inf if half > 0 else -np.inf
    return np.nextafter(places[:-1], -out), np.nextafter(places[1:], out)


def box_filter(inside: NDArray[np.bool_], n: int) -> NDArray[np.uint8]:
    """The mean of each n x n samples as a grey: shape (n * h, n * w) to (h, w).

    The mean is taken in whole numbers: of c samples inside it is 255 * c / n**2, rounded to the
    nearest, halves up. It does not depend on where the samples were cut into blocks.
    """
    samples = inside.view(np.uint8)
    if n == 1:
        greys: NDArray[np.uint8] = samples * np.uint8(255)
        return greys
    height, width = samples.shape
    columns = samples.reshape(height // n, n, width).sum(axis=1, dtype=np.uint16)
    # One sum of long strided slices for each sample: NumPy is slow in summing many short axes.
    counts = columns[:, 0::n].copy()
    for k in range(1, n):
        counts += columns[:, k::n]
    return np.asarray(grey_levels(n)[counts])
