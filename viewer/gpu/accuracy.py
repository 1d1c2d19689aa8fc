"""How far edges may be from where they belong, told by trying some pixels in both float types."""

from fractions import Fraction
from math import isinf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.values import field_at
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Grid
from viewer.zoom.local import Local

Floats = NDArray[np.floating[Any]]

SAMPLES = 24
"""Places tried along each side of a picture."""
PARTS = 16
"""A slope is told from this part of a pixel."""


class Accuracy(NamedTuple):
    """pixels: how far an edge was seen to be off: 0 where it is exact, infinite where nothing tells
    where it is.   doubt: why the picture is only approximate, be that as it may; or ""."""

    pixels: float
    doubt: str = ""

    @property
    def good(self) -> bool:
        """Whether nobody could tell the picture from the right one."""
        return not self.doubt and self.pixels <= SEEN

    def __str__(self) -> str:
        if self.doubt:
            return f"approximate: {self.doubt}"
        if isinf(self.pixels):
            return "approximate: the value is zero all around"
        if self.pixels == 0:
            return "exact"
        return f"edges within {self.pixels:.1g} pixel"


EXACT = Accuracy(0.0)
SEEN = 0.05
"""Pixels that an edge may be off before it can be seen."""
COARSE = 1.0
"""Pixels that rounding coordinates may cost before there is nothing left to try."""


def plain_accuracy(program: Program, grid: Grid) -> Accuracy:
    """That of float32 in the model's own coordinates, as far as float64 can tell."""
    if (error := coordinate_error(grid)) > COARSE:
        return Accuracy(error, "float32 coordinates are coarser than the pixels")
    return Accuracy(float32_error(program, grid))


def local_accuracy(local: Local, grid: Grid) -> Accuracy:
    """That of float32 in the coordinates of a square, and the doubts of having localised."""
    if local.program.instrs[local.program.root].op.constant and not local.doubts:
        return EXACT
    doubt = "".join(f"line {doubt.line}: {doubt.why}" for doubt in local.doubts[:1])
    return Accuracy(float32_error(local.program, local.grid(grid)), doubt)


def float32_error(program: Program, grid: Grid) -> float:
    """How many pixels float32 puts an edge from where float64 does, the most that was seen.

    At SAMPLES x SAMPLES places the value is computed in both, and its slope from four points close
    by. Only places near an edge count: where the value is no more than the slope makes of
    the way to the next place. Infinite where float64 sees no slope at an edge.
    """
    fine = grid.supersampled(PARTS)
    doubles, singles = (_values(program, fine, dtype) for dtype in (np.float64, np.float32))
    value = doubles[0]
    with np.errstate(all="ignore"):
        slope = PARTS * np.nanmax(np.abs(doubles[1:] - value), axis=0, initial=0.0)
        near = np.abs(value) <= slope * (max(grid.size) / SAMPLES)
        off = np.abs(singles[0].astype(np.float64) - value) / slope
    found = off[near & np.isfinite(value)]
    return float(np.nan_to_num(found, nan=np.inf).max(initial=coordinate_error(grid)))


def coordinate_error(grid: Grid) -> float:
    """The pixels that rounding a coordinate to float32 may cost, or a number of about 1 that is
    added to it: next to the origin coordinates alone would never end."""
    farthest = max(Fraction(1), abs(grid.view.x), abs(grid.view.y)) + max(grid.size) * grid.half
    return float(nearest(farthest / (2 * grid.half), np.float64)) * 2.0**-24


def _values(program: Program, grid: Grid, dtype: Any) -> Floats:
    """The values at the places, and at the samples right, left, below and above: (5, n, n)."""
    across, down = np.array([0, 1, -1, 0, 0]), np.array([0, 0, 0, 1, -1])
    xs = _axis(grid.xs(grid.whole, dtype), across)[:, np.newaxis, :]
    ys = _axis(grid.ys(grid.whole, dtype), down)[:, :, np.newaxis]
    given = {"x": xs, "y": ys, "z": nearest(grid.z, dtype)}
    result = field_at(program, given, dtype)
    return np.broadcast_to(result, (5, SAMPLES, SAMPLES))


def _axis(samples: Floats, offsets: NDArray[np.intp]) -> Floats:
    """Places spread over the samples, each with those offsets: shape (offsets, SAMPLES)."""
    last = len(samples) - 1
    places = np.linspace(0, last, SAMPLES).astype(int) + offsets[:, np.newaxis]
    return np.asarray(samples[np.clip(places, 0, last)])
