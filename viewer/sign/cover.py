"""A cover of a picture by tiles: flat rectangles, and rectangles that a few tests decide.

    root tile -refine-> ... -refine-> open tiles of up to LEAF pixels
                 |                      |-- few literals: tests and a truth table
                 inside: flat           |-- more: split again
                                        `-- more, and small: point by point, here

What no rectangle covers is outside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints, Layout
from viewer.sign.tables import MOST, Tables, tabulate
from viewer.sign.tiles import Anchor, Tiles, inside_at, pack, refine, root_tile, set_bits
from viewer.view import Block, Grid

LEAF = 16
"""Pixels along the side of an open tile at most."""
SMALL = 8
"""Pixels along the side of a tile that is decided point by point."""


class Group(NamedTuple):
    """m tiles with n open literals.

    rectangle: int32 (m, 4), i, j, width, height in the picture's pixels.
    start: float32 (m, 4), u and v at the centre of the rectangle's first pixel (i, j), and what
        they grow by from pixel to pixel (v falls, since j grows downwards).
    coefficients: float32 (m, n, 6), in u and v; only their ratios matter.
    table: uint32 (m, words of 2**n bits), lowest bit first.
    """

    rectangle: Ints
    start: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    table: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Cover:
    """inside: int32 (flats, 4), rectangles that are inside.   groups: by number of literals."""

    inside: Ints
    groups: dict[int, Group]


class Frame(NamedTuple):
    """The pixels of a block of a grid in coordinates relative to an anchor.

    Column i of the picture is at `x + (2 * i - (width - 1)) * half`, row j at y minus the same.
    """

    grid: Grid
    block: Block
    anchor: Anchor
    x: float
    y: float
    half: float

    @staticmethod
    def of(grid: Grid, block: Block, anchor: Anchor) -> "Frame":
        """The differences are taken exactly and rounded once."""
        view, unit = grid.view, anchor.half
        x, y = (view.x - anchor.x) / unit, (view.y - anchor.y) / unit
        return Frame(grid, block, anchor, float(x), float(y), float(grid.half / unit))

    def rectangles(self, x: NDArray[np.float64], y: NDArray[np.float64], half: float) -> Ints:
        """The pixels of the block whose centres are in squares, int32 (n, 4). Squares that share
        an edge share no pixel and leave none out."""
        grid, block = self.grid, self.block
        left = self._first(x - half - self.x, grid.width, block.i, block.width)
        right = self._first(x + half - self.x, grid.width, block.i, block.width)
        top = self._first(self.y - (y + half), grid.height, block.j, block.height)
        bottom = self._first(self.y - (y - half), grid.height, block.j, block.height)
        return np.stack([left, top, right - left, bottom - top], axis=1)

    def _first(self, distance: NDArray[np.float64], total: int, start: int, count: int) -> Ints:
        """The first pixel at or after a distance from the view's centre, clipped to the block."""
        index = np.ceil((distance / self.half + (total - 1)) / 2)
        return np.clip(index, start, start + count).astype(np.int32)

    def points(self, tiles: Tiles, rectangle: Ints) -> NDArray[np.float64]:
        """float64 (tiles, 4): u and v at each rectangle's first pixel, and their steps."""
        i, j = rectangle[:, 0], rectangle[:, 1]
        u = (self.x - tiles.x + (2 * i - (self.grid.width - 1)) * self.half) / tiles.half
        v = (self.y - tiles.y - (2 * j - (self.grid.height - 1)) * self.half) / tiles.half
        step = np.full(len(tiles), 2 * self.half / tiles.half)
        return np.stack([u, v, step, -step], axis=1)


def anchor_for(grid: Grid) -> Anchor:
    """A dyadic square that holds the whole picture, the same for pictures close to this one."""
    width = max(grid.size) * grid.half
    exponent = width.numerator.bit_length() - width.denominator.bit_length() + 2
    half = Fraction(2) ** exponent
    snap = half / 4
    return Anchor(round(grid.view.x / snap) * snap, round(grid.view.y / snap) * snap, half)


def cover(layout: Layout, grid: Grid, block: Block) -> Cover:
    """The cover of a block of a picture, from one root tile."""
    frame = Frame.of(grid, block, anchor_for(grid))
    tiles = root_tile(layout, frame.anchor)
    inside: list[Ints] = []
    groups: dict[int, list[Group]] = {}
    for k in _factors(1 / frame.half):
        tiles = _refined(layout, tiles, k, frame, inside)
    while len(tiles):
        tables = tabulate(layout, tiles)
        for n, group in _groups(tiles, tables, frame):
            groups.setdefault(n, []).append(group)
        tiles = tiles.only(tables.count > MOST)
        if len(tiles) and tiles.half / frame.half <= SMALL:
            inside.append(_decided(layout, tiles, frame))
            break
        tiles = _refined(layout, tiles, 2, frame, inside)
    joined = {
        n: Group(*map(np.concatenate, zip(*found, strict=True))) for n, found in groups.items()
    }
    return Cover(np.concatenate(inside), joined)


def _factors(pixels: float) -> list[int]:
    """How to split a tile of that many pixels until it has at most LEAF: the odd factor first,
    while there are few tiles."""
    octaves = max(0, int(np.ceil(np.log2(pixels / LEAF))))
    odd = [2 ** (octaves % 3)] if octaves % 3 else []
    return [*odd, *[8] * (octaves // 3)]


def _refined(layout: Layout, tiles: Tiles, k: int, frame: Frame, inside: list[Ints]) -> Tiles:
    """The open children in the frame. The flat ones inside go to `inside`."""
    if not len(tiles):
        return tiles
    step = tiles.half / k
    offsets = (2 * np.arange(k) + 1 - k) * step
    x = (tiles.x[:, np.newaxis, np.newaxis] + offsets[np.newaxis, np.newaxis, :]).repeat(k, 1)
    y = (tiles.y[:, np.newaxis, np.newaxis] + offsets[np.newaxis, :, np.newaxis]).repeat(k, 2)
    rectangles = frame.rectangles(x.ravel(), y.ravel(), step)
    seen = (rectangles[:, 2] > 0) & (rectangles[:, 3] > 0)
    found = refine(layout, tiles, k, wanted=pack(seen.reshape(-1, k, k)))
    tile, child = set_bits(found.inside)
    inside.append(rectangles[tile * (k * k) + child])
    return found.children


def _groups(tiles: Tiles, tables: Tables, frame: Frame) -> Iterator[tuple[int, Group]]:
    rectangle = frame.rectangles(tiles.x, tiles.y, tiles.half)
    start = frame.points(tiles, rectangle).astype(np.float32)
    for n in range(1, MOST + 1):
        rows = np.flatnonzero(tables.count == n)
        if len(rows):
            pairs = tables.order[tables.first[rows, np.newaxis] + np.arange(n)]
            words = tables.table[rows].view("<u4")[:, : max(1, 2**n // 32)]
            yield (
                n,
                Group(
                    rectangle[rows],
                    start[rows],
                    tiles.coefficients[pairs].astype(np.float32),
                    words.astype(np.uint32),
                ),
            )


def _decided(layout: Layout, tiles: Tiles, frame: Frame) -> Ints:
    """The pixels of small tiles that are inside, as rectangles of one pixel."""
    rectangle = frame.rectangles(tiles.x, tiles.y, tiles.half)
    start = frame.points(tiles, rectangle)
    steps = np.arange(SMALL)
    u = start[:, 0:1] + start[:, 2:3] * steps
    v = start[:, 1:2] + start[:, 3:4] * steps
    tile, row, column = np.nonzero(inside_at(layout, tiles, u, v))
    kept = (column < rectangle[tile, 2]) & (row < rectangle[tile, 3])
    tile, row, column = tile[kept], row[kept], column[kept]
    ones = np.ones(len(tile), np.int32)
    i, j = rectangle[tile, 0] + column, rectangle[tile, 1] + row
    return np.stack([i, j, ones, ones], axis=1).astype(np.int32)
