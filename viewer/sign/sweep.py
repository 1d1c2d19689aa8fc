"""A sweep over a picture that is drawn once, from the top: little is kept of what lies behind.

The squares of its sheet are worked out in bands, rows of them that lie in the same larger squares,
all of a band at once. Everything follows from the picture's grid and the band, not from what was
asked for before, and rectangles are cut by the picture's border only: however a picture is cut
into strips, each pixel is decided in the same way.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.atlas import STEP, Atlas, Sheet, Square, sheet
from viewer.sign.cover import Cover, Scale, put_together
from viewer.sign.layout import Layout
from viewer.sign.masks import Floats, Mask, pack, set_bits
from viewer.sign.patch import EMPTY, FINEST, NO_CORNERS, UNITS, Patch, build_together
from viewer.sign.refine import refine
from viewer.sign.tiles import Tiles, joined
from viewer.view import Grid

OCTAVES = 2 * STEP
"""From the squares that a sweep begins with, which are anchored exactly, to those of the sheet."""
SQUARES = 1024
"""Squares in a band, at most, or a single row of them: more are hardly quicker. A square of which
all tiles are open takes 0.2 MB."""
KEPT = 2
"""Bands that are kept: a strip may have rows of two."""

Numbers = NDArray[np.int64]


class Sweep:
    """The tiles of one picture of samples x samples a pixel. For one thread."""

    def __init__(self, layout: Layout, grid: Grid, samples: int = 1) -> None:
        self._layout, self._samples = layout, samples
        fine = grid.supersampled(samples)
        self._sheet = sheet(fine, fine.whole, samples)
        self._scale = Scale.of(fine, fine.whole, self._sheet)
        self._atlas = Atlas(layout)
        self._covers: dict[int, Cover] = {}
        rows = max(1, SQUARES // len(self._sheet.columns))
        self._octaves = min(STEP, rows.bit_length() - 1)  # from a square to a band of them

    def covers(self, rows: range) -> Iterator[Cover]:
        """The bands that some rows of the picture are in, from the top. Rectangles are in samples
        of the picture, and no two overlap."""
        for number in self._bands(rows):
            if number not in self._covers:
                if len(self._covers) == KEPT:
                    del self._covers[next(iter(self._covers))]
                patch = _Band(self._layout, self._sheet, self._rows(number)).patch(self._atlas)
                self._covers[number] = put_together(self._layout, self._scale, [(patch, _NOWHERE)])
            yield self._covers[number]

    def _bands(self, rows: range) -> range:
        """Those of a sample more on either side: positions are rounded."""
        first, last = self._sheet.rows[0], self._sheet.rows[-1]
        side = self._scale.unit * UNITS
        high, low = (
            min(max(first, first + int((self._scale.y - j) // side)), last)
            for j in (rows.start * self._samples - 1, rows.stop * self._samples + 1)
        )
        return range(high >> self._octaves, (low >> self._octaves) - 1, -1)

    def _rows(self, band: int) -> range:
        """The rows of squares in a band."""
        first, last = (number << self._octaves for number in (band, band + 1))
        return range(max(first, self._sheet.rows.start), min(last, self._sheet.rows.stop))


class _Open(NamedTuple):
    """Open squares of one level: columns x and rows y, int64 (tiles,)."""

    tiles: Tiles
    x: Numbers
    y: Numbers


class _Band:
    """Some rows of a sheet's squares."""

    def __init__(self, layout: Layout, wanted: Sheet, rows: range) -> None:
        self._layout, self._sheet = layout, wanted
        self._rows, self._columns = rows, wanted.columns
        self._flats = [NO_CORNERS]

    def patch(self, atlas: Atlas) -> Patch:
        """All of it, in units from the sheet's lower left corner."""
        above = min(OCTAVES, self._sheet.level)
        found = self._begun(atlas, above)
        while above and found is not None:
            octaves = min(STEP, above)
            above -= octaves
            found = self._split(found, octaves, above)
        patch = EMPTY
        if found is not None:
            corner = self._corners(found.x, found.y, 0)[:, :2]
            patch = build_together(self._layout, found.tiles, corner)
        return replace(patch, inside=_merged(np.concatenate([*self._flats, patch.inside])))

    def _begun(self, atlas: Atlas, above: int) -> _Open | None:
        """The squares to begin with, so many octaves above those of the sheet."""
        found: list[tuple[Tiles, int, int]] = []
        for y, x in product(_shifted(self._rows, above), _shifted(self._columns, above)):
            state = atlas.open(Square(self._sheet.root, self._sheet.level - above, x, y))
            if isinstance(state, Tiles):
                found.append((state, x, y))
            elif state:
                self._flats.append(self._corners(np.array([x]), np.array([y]), above))
        if not found:
            return None
        tiles, xs, ys = zip(*found, strict=True)
        return _Open(joined(self._layout, tiles), np.array(xs), np.array(ys))

    def _split(self, found: _Open, octaves: int, above: int) -> _Open | None:
        """The squares so many octaves below, `above` those of the sheet."""
        k = 2**octaves
        refined = refine(self._layout, found.tiles, k, self._wanted(found, k, above))
        inside = _children(found, k, *set_bits(refined.inside))
        self._flats.append(self._corners(*inside, above))
        if not len(refined.children):
            return None
        return _Open(refined.children, *_children(found, k, refined.parent, refined.child))

    def _wanted(self, found: _Open, k: int, above: int) -> Mask:
        """Masks of those of the k x k children that have squares of the band."""
        columns, rows = (
            _between(k * first[:, np.newaxis] + np.arange(k), _shifted(part, above))
            for first, part in ((found.x, self._columns), (found.y, self._rows))
        )
        return pack(rows[:, :, np.newaxis] & columns[:, np.newaxis, :])

    def _corners(self, x: Numbers, y: Numbers, above: int) -> Floats:
        """Squares of a level as rectangles, float64 (n, 4), as far as they are in the band."""
        columns, rows = self._columns, self._rows
        left, right = (np.clip(n << above, columns.start, columns.stop) for n in (x, x + 1))
        bottom, top = (np.clip(n << above, rows.start, rows.stop) for n in (y, y + 1))
        start = columns.start, self._sheet.rows.start
        sides = [left - start[0], bottom - start[1], right - left, top - bottom]
        return UNITS * np.stack(sides, axis=1).astype(np.float64)


_NOWHERE = np.zeros(4)


def _merged(corner: Floats) -> Floats:
    """Rectangles of whole units that overlap nowhere, float64 (n, 4), cut into rows of leaves and
    joined along them. Those that do not fill such rows stay as they are."""
    left, bottom, width, height = corner.astype(np.int64).T
    whole = (bottom % FINEST == 0) & (height % FINEST == 0)
    count = height[whole] // FINEST
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row += np.repeat(bottom[whole] // FINEST, count)
    left, right = (np.repeat(n[whole], count) for n in (left, left + width))
    # Where one ends and the next begins neither is an end of the two together.
    far = int(right.max(initial=0)) + 1
    keys = np.concatenate([2 * (row * far + left), 2 * (row * far + right) + 1])
    keys.sort()
    meets = np.flatnonzero((keys[:-1] & 1 == 0) & (keys[1:] == keys[:-1] + 1))
    kept = np.ones(len(keys), bool)
    kept[meets] = kept[meets + 1] = False
    starts, ends = (keys[kept] >> 1).reshape(-1, 2).T
    row, left = np.divmod(starts, far)
    sides = [left, FINEST * row, ends - starts, np.full(len(row), FINEST)]
    return np.concatenate([np.stack(sides, axis=1).astype(np.float64), corner[~whole]])


def _children(
    found: _Open, k: int, parent: NDArray[Any], child: NDArray[Any]
) -> tuple[Numbers, Numbers]:
    """Columns and rows of some of the k x k children."""
    return k * found.x[parent] + child % k, k * found.y[parent] + child // k


def _shifted(numbers: range, octaves: int) -> range:
    """The numbers of larger squares, by columns or by rows."""
    return range(numbers[0] >> octaves, (numbers[-1] >> octaves) + 1)


def _between(numbers: Numbers, wanted: range) -> NDArray[np.bool_]:
    return np.asarray((numbers >= wanted.start) & (numbers < wanted.stop))
