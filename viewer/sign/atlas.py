"""The atlas: what was found out about a program's plane, kept from frame to frame.

Squares are dyadic. From a root square down, each is split in 8 x 8; those that are still open
keep the part of the formula that is open there, exactly anchored. A view is covered by patches,
squares of between 256 and 512 pixels a side, made from the square that holds them. Panning asks
for the patches at the new edge only, zooming for the next level. Least recently used first out.

Deep down little is open, and the way is long: it goes by stations, in which what is open far above
is anchored at once, past the levels between.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np

from viewer.program.number import places, scaled
from viewer.sign.layout import Layout
from viewer.sign.patch import EMPTY, FULL, LEAVES, Patch, build
from viewer.sign.refine import Refined, refine
from viewer.sign.tiles import Anchor, Tiles, joined, reanchored, root_tile
from viewer.view import Block, Grid

LEAF = 16
"""Pixels along the side of a leaf tile, at most; more than half of that."""
ROOT = 3
"""The smallest root square has half side 2**ROOT, others 8, 64, ... times that."""
STEP = 3
"""Octaves from a kept square to its kept children."""
MEMORY = 96 * 2**20
"""Bytes that patches and squares may take together."""
SHARE = 4
"""Squares take at most one part in so many of that: only making patches needs them."""
ROOTS = 4
"""Root squares that are kept."""
STATION = 8 * STEP
"""Octaves from one station to the next. All views in one go on from there."""
NEAR = 3 * STEP
"""Octaves from a station to the squares that it serves, at least: it is seldom left by panning."""
FEW = 256
"""Literals that are anchored at a station, at most: that takes about as long as two splits."""
STATIONS = 64
"""Stations that are kept."""
SPARE = 64
"""Binary places past those of a patch that tell nearly always where a picture ends."""
DOUBT = 2.0**-30
"""A square is anchored anew when its coefficients may be off by this part of their size."""


class Square(NamedTuple):
    """A dyadic square: column x and row y, from the lower left, of the root's 2**level by 2**level
    squares. The root spans [-half, half] where half is 2**root. `apart`: as in `patch.build`."""

    root: int
    level: int
    x: int
    y: int
    apart: bool = False

    def anchor(self) -> Anchor:
        """Where it is, exactly."""
        exponent, middle = self.root - self.level, 2**self.level
        x, y = (scaled(2 * at + 1 - middle, exponent) for at in (self.x, self.y))
        return Anchor(x, y, scaled(1, exponent))

    def corner(self) -> tuple[Fraction, Fraction]:
        """Its lower left corner, exactly."""
        exponent, middle = self.root - self.level, 2**self.level
        return scaled(2 * self.x - middle, exponent), scaled(2 * self.y - middle, exponent)

    def above(self, octaves: int) -> "Square":
        """The larger square that holds it."""
        return Square(self.root, self.level - octaves, self.x >> octaves, self.y >> octaves)

    def within(self, octaves: int) -> tuple[int, int]:
        """Its column and row in that larger square."""
        return self.x & (2**octaves - 1), self.y & (2**octaves - 1)


class Sheet(NamedTuple):
    """Which patches a block of a grid needs: columns and rows of a level, ends excluded."""

    root: int
    level: int
    columns: range
    rows: range
    apart: bool = False

    def squares(self) -> Iterator[Square]:
        """All of them, row by row."""
        at = product(self.rows, self.columns)
        return (Square(self.root, self.level, x, y, self.apart) for y, x in at)

    def distance(self, square: Square) -> int:
        """How far one is from the middle, in half squares."""
        across = 2 * square.x + 1 - self.columns.start - self.columns.stop
        along = 2 * square.y + 1 - self.rows.start - self.rows.stop
        return max(abs(across), abs(along))


def sheet(grid: Grid, block: Block, samples: int = 1) -> Sheet:
    """The patches that cover a block, of 256 to 512 pixels a side. Of a grid that was
    supersampled, with so many samples a side, they are those of the picture's own pixels; samples
    are counted tile by tile, so no two may have the same one."""
    pixel = 2 * grid.half
    size = pixel * (LEAF * LEAVES * samples)
    exponent = _floor_log2(size)
    left, top = 2 * block.i - grid.width, grid.height - 2 * block.j
    right, bottom = left + 2 * block.width, top - 2 * block.height
    x = _Stretch(grid.view.x, left * grid.half, right * grid.half)
    y = _Stretch(grid.view.y, bottom * grid.half, top * grid.half)
    least = max(ROOT, exponent + 1, x.octaves, y.octaves)
    root = least + (ROOT - least) % STEP
    first = 1 << root - exponent  # from the root's corner to its centre
    columns = range(first + x.floor(exponent), first + x.ceiling(exponent))
    rows = range(first + y.floor(exponent), first + y.ceiling(exponent))
    return Sheet(root, root + 1 - exponent, columns, rows, samples > 1)


class _Stretch(NamedTuple):
    """Of a picture along an axis: from `at + low` to `at + high`."""

    at: Fraction
    low: Fraction
    high: Fraction

    @property
    def octaves(self) -> int:
        """The least exponent of a power of two that no point of it is beyond, or ROOT."""
        if max(map(abs, self)) < 2 ** (ROOT - 1):
            return ROOT
        return -_floor_log2(1 / max(abs(self.at + self.low), abs(self.at + self.high)))

    def floor(self, exponent: int) -> int:
        """The lower end in whole powers of two, rounded down."""
        return _floored(self.at, self.low, exponent)

    def ceiling(self, exponent: int) -> int:
        """The upper end, rounded up."""
        return -_floored(-self.at, -self.high, exponent)


def _floored(a: Fraction, b: Fraction, exponent: int) -> int:
    """The whole powers of two in the sum of two numbers, rounded down."""
    bits = SPARE - exponent
    if bits >= 0:
        found = places(a, bits) + places(b, bits)  # or more, by less than two
        if found & (1 << SPARE) - 1 < (1 << SPARE) - 2:
            return found >> SPARE
    return _floor((a + b) / Fraction(2) ** exponent)


class Atlas:
    """Patches of one formula, made when they are asked for. For one thread."""

    def __init__(self, layout: Layout, memory: int = MEMORY) -> None:
        self._layout, self._memory = layout, memory
        self._patches: OrderedDict[Square, Patch] = OrderedDict()
        self._squares: OrderedDict[tuple[Square, int], Refined] = OrderedDict()
        self._roots: dict[int, Tiles] = {}
        self._stations: OrderedDict[Square, Tiles] = OrderedDict()
        self._patch_bytes = self._square_bytes = 0

    @property
    def bytes(self) -> int:
        """What is kept, roots not counted."""
        return self._patch_bytes + self._square_bytes

    def missing(self, wanted: Iterable[Square]) -> list[Square]:
        """Those that would have to be made. The others count as used now."""
        absent = []
        for square in wanted:
            if square in self._patches:
                self._patches.move_to_end(square)
            else:
                absent.append(square)
        return absent

    def make(self, wanted: Iterable[Square], *, keep: int = 0) -> None:
        """Makes the patches that are not there, all together: several cost little more than one.
        None of `wanted` is dropped to make room, nor of the last `keep` that were used."""
        squares = dict.fromkeys(wanted)
        found = [(square, self.open(square)) for square in self.missing(squares)]
        made = {
            square: FULL if state else EMPTY
            for square, state in found
            if state is True or state is False
        }
        for apart in (False, True):
            tiles = [
                (square, state)
                for square, state in found
                if isinstance(state, Tiles) and square.apart == apart
            ]
            if tiles:
                batch = joined(self._layout, [state for _, state in tiles])
                patches = build(self._layout, batch, apart=apart)
                made.update(zip([square for square, _ in tiles], patches, strict=True))
        for square, patch in made.items():
            self._patches[square] = patch
            self._patch_bytes += patch.bytes
        self._forget(max(keep, len(squares)))

    def patch(self, square: Square) -> Patch:
        """One that is there: see `missing`."""
        return self._patches[square]

    def open(self, square: Square) -> Tiles | bool:
        """The formula that is open in a square, or whether it is all inside."""
        station = square.above(square.level - (square.level - NEAR) // STATION * STATION)
        here, state = self._begun(station)
        while here.level < square.level and not isinstance(state, bool):
            if here.level < station.level and len(state.literal) <= FEW:
                here, state = station, self._arrived(station, state)
                continue
            octaves = min(STEP, square.level - here.level)
            child = square.above(square.level - here.level - octaves)
            here, state = child, self._pick(self._split(here, state, octaves), child, octaves)
        return state

    def _begun(self, station: Square) -> tuple[Square, Tiles | bool]:
        """Where the way down to a station, and past it, begins."""
        if station in self._stations:
            self._stations.move_to_end(station)
            return station, self._stations[station]
        return Square(station.root, 0, 0, 0), self._root(station.root)

    def _arrived(self, station: Square, above: Tiles) -> Tiles:
        """What is open in a square above a station, anchored there, and kept."""
        found = reanchored(self._layout, above, station.anchor())
        self._stations[station] = found
        self._square_bytes += _size(found)
        if len(self._stations) > STATIONS:
            self._leave_station()
        return found

    def _leave_station(self) -> None:
        self._square_bytes -= _size(self._stations.popitem(last=False)[1])

    def _split(self, square: Square, tiles: Tiles, octaves: int) -> Refined:
        """The squares so many octaves below one, kept."""
        key = square, octaves
        if key in self._squares:
            self._squares.move_to_end(key)
        else:
            self._squares[key] = refine(self._layout, tiles, 2**octaves)
            self._square_bytes += _size(self._squares[key].children)
        return self._squares[key]

    def _pick(self, parent: Refined, square: Square, octaves: int) -> Tiles | bool:
        """One child of a single square that was refined."""
        column, row = square.within(octaves)
        number = column + (row << octaves)
        if not int(parent.open[0]) >> number & 1:
            return bool(int(parent.inside[0]) >> number & 1)
        tiles = parent.children.only(parent.child == number)
        doubtful = tiles.error > DOUBT * np.abs(tiles.coefficients).max(axis=1, initial=0)
        return reanchored(self._layout, tiles, square.anchor()) if doubtful.any() else tiles

    def _root(self, root: int) -> Tiles:
        if root not in self._roots:
            if len(self._roots) == ROOTS:
                del self._roots[next(iter(self._roots))]
            self._roots[root] = root_tile(self._layout, Square(root, 0, 0, 0).anchor())
        return self._roots[root]

    def _forget(self, wanted: int) -> None:
        """Drops what was used longest ago, but not the last so many patches."""
        while self._square_bytes > self._memory // SHARE:
            if self._squares:
                self._square_bytes -= _size(self._squares.popitem(last=False)[1].children)
            else:
                self._leave_station()
        while self.bytes > self._memory and len(self._patches) > wanted:
            self._patch_bytes -= self._patches.popitem(last=False)[1].bytes


def _size(tiles: Tiles) -> int:
    return sum(array.nbytes for array in tiles.arrays())


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def _floor_log2(value: Fraction) -> int:
    """The exponent of the largest power of two up to `value`."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    return exponent if Fraction(2) ** exponent <= value else exponent - 1
