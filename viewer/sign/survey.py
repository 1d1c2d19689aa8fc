"""A survey of a picture: which rectangles of it are drawn how, for people to look at."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.atlas import MEMORY, Atlas, Sheet, Square
from viewer.sign.cover import Scale, offset_of, visible
from viewer.sign.layout import Ints
from viewer.sign.masks import Floats
from viewer.sign.patch import FINEST, FULL, NO_CORNERS, UNITS, Patch
from viewer.view import Grid

FLAT = "no edge"
"""The name of a zone that is all inside, or all outside."""


class Zone(NamedTuple):
    """Rectangles that are drawn alike, int32 (n, 4): i, j, width and height in pixels.

    name: how, in a few words.   heat: how much work a pixel is, from 0 for none to 1.
    """

    name: str
    heat: float
    rectangles: Ints

    @property
    def pixels(self) -> int:
        """How many pixels they have together."""
        return int((self.rectangles[:, 2].astype(np.int64) * self.rectangles[:, 3]).sum())


class Survey(NamedTuple):
    """zones: the cheapest first. Flat ones overlap nothing, and leave out the little that is
    around a piece; pieces may overlap each other.   patches: int32 (n, 4), larger rectangles that
    are worked out as a whole.   notes: lines about all of it."""

    zones: tuple[Zone, ...]
    patches: Ints
    notes: tuple[str, ...]


def survey(atlas: Atlas, grid: Grid, wanted: Sheet, there: Iterable[Square], other: str) -> Survey:
    """The tiles of a picture in those squares of its sheet that the atlas has. `other` is what
    draws the tiles that tests do not decide."""
    scale = Scale.of(grid, grid.whole, wanted)
    corners: dict[tuple[float, str], list[Floats]] = {}
    patches, literals, tiles = [NO_CORNERS], 0, 0
    for square in there:
        patch = atlas.patch(square)
        offset = offset_of(square, wanted)
        patches.append(FULL.inside + offset)
        for heat, name, corner in _kinds(patch, other):
            corners.setdefault((heat, name), []).append(corner + offset)
        literals += sum(n * len(group.corner) for n, group in patch.groups.items())
        tiles += sum(len(group.corner) for group in patch.groups.values())
    zones = [
        Zone(name, heat, visible(scale.rectangles(np.concatenate(parts))))
        for (heat, name), parts in sorted(corners.items())
    ]
    shown = tuple(zone for zone in zones if len(zone.rectangles))
    notes = (
        "a test: is this side of a curve inside?",
        f"{literals / max(1, tiles):.2f} tests in a tile on average",
        f"tiles from {scale.unit * FINEST:.1f} pixels a side",
        f"blue: {_counted(len(patches) - 1)} worked out as a whole",
        f"{atlas.bytes / 2**20:.1f} of {MEMORY // 2**20} MB for tiles in use",
    )
    return Survey(shown, visible(scale.rectangles(np.concatenate(patches))), notes)


def _counted(parts: int) -> str:
    return f"{parts:,} part{'s' if parts != 1 else ''}"


def _kinds(patch: Patch, other: str) -> list[tuple[float, str, Floats]]:
    """Heat, name and corners of what a patch is made of."""
    tested = [
        (n / 10, f"{n} test{'s' if n > 1 else ''}", group.corner)
        for n, group in patch.groups.items()
    ]
    return [
        (0.0, FLAT, flat(patch)),
        *tested,
        (0.9, "point by point", patch.rich_corner),
        (1.0, other, patch.rest),
    ]


def flat(patch: Patch) -> Floats:
    """The squares of a patch that no test touches, float64 (n, 4) as in `Group`: the largest that
    it could be split into."""
    parts = [patch.rest, patch.rich_corner, *(group.corner for group in patch.groups.values())]
    free = ~_touched(np.concatenate(parts))
    found = []
    for side in _SIDES:
        y, x = np.nonzero(_cells(free, side).all(axis=(1, 3)))
        _cells(free, side)[y, :, x, :] = False
        found.append(side * np.stack([x, y, np.ones_like(x), np.ones_like(x)], axis=1))
    return np.concatenate(found).astype(np.float64)


_SIDES = (UNITS, UNITS // 4, FINEST, FINEST // 2, FINEST // 4)
"""Units along the sides of a patch's squares, as `patch.build` splits it."""


def _touched(corner: Floats) -> NDArray[np.bool_]:
    """The units that rectangles have a part of, bool (UNITS, UNITS), rows from the bottom."""
    low = np.floor(corner[:, :2]).astype(int)
    high = np.ceil(corner[:, :2] + corner[:, 2:]).astype(int)
    corners = np.zeros((UNITS + 1, UNITS + 1), int)
    for x, y, step in ((low, low, 1), (high, low, -1), (low, high, -1), (high, high, 1)):
        np.add.at(corners, (y[:, 1], x[:, 0]), step)
    touched: NDArray[np.bool_] = corners.cumsum(axis=0).cumsum(axis=1)[:UNITS, :UNITS] > 0
    return touched


def _cells(units: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """A view of a patch's units: (rows, side, columns, side)."""
    return units.reshape(UNITS // side, side, UNITS // side, side)
