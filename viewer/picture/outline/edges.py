"""The edge of a shape, between any two points of a picture: exactly from quadratics, else by
bisection."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.passes.values import field_at
from viewer.picture.outline.lattice import Points
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Grid
from viewer.zoom.local import localise
from viewer.zoom.squares import roomy_square

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

UNKNOWN = -1
"""The piece of a point of which no piece is known."""


class Spots(NamedTuple):
    """Points on the edge, shape (n, 2).

    normals: (n, 2), of length 1, to the outside; NaN where there is none.
    pieces: (n,), which smooth curve each lies on, or `UNKNOWN`.
    """

    points: Points
    normals: Floats
    pieces: NDArray[np.int64]


def all_spots(parts: Sequence[Spots]) -> Spots:
    """Several as one, in order."""
    points, normals, pieces = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Spots(points, normals, pieces)


class Edge(Protocol):
    """The edge of one program's shape in one picture."""

    def inside(self, points: Points) -> Flags:
        """Whether points are."""
        ...

    def between(self, inner: Points, outer: Points) -> Spots:
        """A point of the edge on the way from each inner point to its outer one."""
        ...

    def straight(self, piece: int) -> bool:
        """Whether a piece is surely a line."""
        ...

    def meet(self, one: Spots, other: Spots, near: Points) -> Points:
        """Where the curves of two spots meet, close to a point; `near` where that is not known."""
        ...


class Values:
    """By the program's value in float64, of a program localised to the picture where its pixels
    are too small for that."""

    def __init__(self, program: Program, grid: Grid) -> None:
        reach = max(abs(grid.view.x), abs(grid.view.y)) + max(grid.size) * grid.half
        centre, unit, self._z = (grid.view.x, grid.view.y), 2 * grid.half, grid.z
        if max(reach, Fraction(1)) > FLOAT64 * grid.half:
            square = roomy_square(grid, grid.whole)
            program = localise(program, square, grid.z).program
            centre = (grid.view.x - square.x) / square.half, (grid.view.y - square.y) / square.half
            unit /= square.half
        self._program = program
        self._unit = float(unit)
        self._middle = grid.width / 2, grid.height / 2
        self._centre = float(centre[0]), float(centre[1])

    def inside(self, points: Points) -> Flags:
        """See `Edge`."""
        return self._values(points) < 0

    def between(self, inner: Points, outer: Points) -> Spots:
        """See `Edge`: by bisection, to a millionth of a pixel for neighbours."""
        for _ in range(20):
            middle = (inner + outer) / 2
            inside = self.inside(middle)[:, np.newaxis]
            inner, outer = np.where(inside, middle, inner), np.where(inside, outer, middle)
        points = (inner + outer) / 2
        steps = _SLOPE * np.array([[1.0, 0.0], [0.0, 1.0]])
        with np.errstate(all="ignore"):
            normals = np.stack(
                [self._values(points + step) - self._values(points - step) for step in steps],
                axis=1,
            )
            normals /= np.hypot(*normals.T)[:, np.newaxis]
        return Spots(points, normals, np.full(len(points), UNKNOWN))

    def straight(self, piece: int) -> bool:
        """See `Edge`."""
        return False

    def meet(self, one: Spots, other: Spots, near: Points) -> Points:
        """See `Edge`."""
        return near

    def _values(self, points: Points) -> Floats:
        """The field, shape (n,), at points."""
        parts = np.array_split(points, max(1, len(points) // _CHUNK))
        return np.concatenate([self._some(part) for part in parts])

    def _some(self, points: Points) -> Floats:
        x = (points[:, 0] - self._middle[0]) * self._unit + self._centre[0]
        y = (self._middle[1] - points[:, 1]) * self._unit + self._centre[1]
        given = {"x": x, "y": y, "z": nearest(self._z, np.float64)}
        field = field_at(self._program, given, np.float64)
        return np.broadcast_to(np.asarray(field, np.float64), x.shape)


FLOAT64 = 2**36
"""Half distances of samples up to which float64 tells points between them apart: from the origin,
and of values of about 1."""
_SLOPE = 1e-4
"""Pixels to both sides from which a normal is taken."""
_CHUNK = 2**14
"""Points that are evaluated at once: their values stay in the processor's cache."""
