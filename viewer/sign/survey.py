"""A survey of a picture: which rectangles of it are drawn how, for people to look at."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.atlas import MEMORY, Atlas, Sheet, Square
from viewer.sign.cover import Scale, visible
from viewer.sign.layout import Ints
from viewer.sign.patch import FINEST, UNITS, Patch
from viewer.view import Grid


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
    """zones: the cheapest first; those of tiles do not overlap.   patches: int32 (n, 4), larger
    rectangles that are worked out as a whole.   notes: lines about all of it."""

    zones: tuple[Zone, ...]
    patches: Ints
    notes: tuple[str, ...]


def survey(atlas: Atlas, grid: Grid, wanted: Sheet, there: Iterable[Square], other: str) -> Survey:
    """The tiles of a picture in those squares of its sheet that the atlas has. `other` is what
    draws the tiles that tests do not decide."""
    scale = Scale.of(grid, grid.whole, wanted)
    corners: dict[tuple[float, str], list[Ints]] = {}
    patches, literals, tiles = [np.empty((0, 3), np.int32)], 0, 0
    for square in there:
        patch = atlas.patch(square)
        offset = UNITS * np.array(
            [square.x - wanted.columns.start, square.y - wanted.rows.start, 0], np.int32
        )
        patches.append(np.array([[0, 0, UNITS]], np.int32) + offset)
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
        f"{len(patches) - 1} patches, leaves of {scale.unit * FINEST:.1f} pixels",
        f"{literals / max(1, tiles):.2f} tests in a tile on average",
        f"{atlas.bytes / 2**20:.1f} of {MEMORY // 2**20} MB in use",
    )
    return Survey(shown, visible(scale.rectangles(np.concatenate(patches))), notes)


def _kinds(patch: Patch, other: str) -> list[tuple[float, str, Ints]]:
    """Heat, name and corners of what a patch is made of."""
    tested = [
        (n / 10, f"{n} test{'s' if n > 1 else ''}", group.corner)
        for n, group in patch.groups.items()
    ]
    return [
        (0.0, "flat", flat(patch)),
        *tested,
        (0.9, "point by point", patch.rich_corner),
        (1.0, other, patch.rest),
    ]


def flat(patch: Patch) -> Ints:
    """Corners and sides, int32 (n, 3), of the squares in which a patch has nothing open: the
    largest that it was split into."""
    free = np.ones((UNITS, UNITS), bool)
    parts = [patch.rest, patch.rich_corner, *(group.corner for group in patch.groups.values())]
    corners = np.concatenate(parts)
    for side in np.unique(corners[:, 2]).tolist():
        x, y, _ = corners[corners[:, 2] == side].T // side
        _cells(free, side)[y, :, x, :] = False
    found = []
    for side in _SIDES:
        y, x = np.nonzero(_cells(free, side).all(axis=(1, 3)))
        _cells(free, side)[y, :, x, :] = False
        found.append(side * np.stack([x, y, np.ones_like(x)], axis=1).astype(np.int32))
    return np.concatenate(found)


_SIDES = (UNITS, UNITS // 4, FINEST, FINEST // 2, FINEST // 4)
"""Units along the sides of a patch's squares, as `patch.build` splits it."""


def _cells(units: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """A view of a patch's units: (rows, side, columns, side)."""
    return units.reshape(UNITS // side, side, UNITS // side, side)
