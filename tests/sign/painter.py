"""Covers painted with NumPy in float32, as the shaders paint them, and what must be where."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests import oracle
from tests.band import DIGITS, Band, band
from viewer.program import parse
from viewer.sign.atlas import MEMORY, Atlas
from viewer.sign.cover import Cover, Tests, cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out
from viewer.view import Block, Grid, View

Picture = NDArray[np.bool_]
Rest = Callable[[Block], Picture]


def no_rest(block: Block) -> Picture:
    raise AssertionError(f"{block} is left to another engine")


def paint(found: Cover, block: Block, rest: Rest = no_rest, *, apart: bool = False) -> Picture:
    """The picture of a block, shape (height, width). Checks that each pixel is covered by ground
    once, and, if `apart`, by at most one rectangle more."""
    picture = np.zeros((block.height, block.width), bool)
    ground, over = np.zeros((2, *picture.shape), np.int64)
    for rectangle in found.ground:
        part(ground, block, rectangle)[...] += 1
    assert (ground == 1).all(), "patches overlap, or leave pixels out"
    for rectangle in found.inside:
        part(over, block, rectangle)[...] += 1
        part(picture, block, rectangle)[...] = True
    for rectangle in found.rest:
        part(over, block, rectangle)[...] += 1
        part(picture, block, rectangle)[...] |= rest(Block(*map(int, rectangle)))
    for count, group in found.tests.items():
        owned(group)
        assert group.coefficients.shape == (len(group.rectangle), count, 6)
        assert group.table.shape == (len(group.rectangle), max(1, 2**count // 32))
        for index, rectangle in enumerate(group.rectangle):
            part(over, block, rectangle)[...] += 1
            part(picture, block, rectangle)[...] |= tested(group, index)
    assert not apart or over.max(initial=0) <= 1, "rectangles overlap"
    return picture


def owned(group: Tests) -> None:
    """Checks that a tile's pixels are sampled in it: u and v from -1 to 1, but for rounding."""
    ends = group.start[:, :2] + group.start[:, 2:] * (group.rectangle[:, 2:] - 1)
    assert (np.abs(group.start[:, :2]) <= 1 + 2.0**-20).all()
    assert (np.abs(ends) <= 1 + 2.0**-20).all()


def part(array: NDArray[Any], block: Block, rectangle: NDArray[np.int32]) -> NDArray[Any]:
    """The pixels of a rectangle, which has some, all of them in the block."""
    i, j, width, height = (int(n) for n in rectangle)
    top, left = j - block.j, i - block.i
    assert width > 0
    assert height > 0
    assert 0 <= left <= left + width <= block.width
    assert 0 <= top <= top + height <= block.height
    return array[top : top + height, left : left + width]


def tested(group: Tests, index: int) -> Picture:
    """One tile's pixels, as `tiles.frag` has them."""
    _, _, width, height = (int(n) for n in group.rectangle[index])
    u, v, du, dv = group.start[index]
    us = u + np.arange(width, dtype=np.float32)[np.newaxis, :] * du
    vs = v + np.arange(height, dtype=np.float32)[:, np.newaxis] * dv
    answer = np.zeros((height, width), np.int64)
    for test, (c, gu, gv, uu, uv, vv) in enumerate(group.coefficients[index]):
        q = c + us * (gu + us * uu + vs * uv) + vs * (gv + vs * vv)
        assert q.dtype == np.float32
        answer |= (q < 0).astype(np.int64) << test
    words = group.table[index].astype(np.int64)
    bits: NDArray[np.int64] = words[answer >> 5] >> (answer & 31) & 1
    return bits.astype(bool)


class Tiling:
    """One program's tiles, kept in a bounded memory."""

    def __init__(self, text: str, memory: int = MEMORY) -> None:
        self.text, self.program = text, parse(text.encode())
        formula = sign_form(self.program)
        self.colour = formula.root if isinstance(formula.root, bool) else None
        self.layout: Layout | None = None if self.colour is not None else lay_out(formula)
        self.atlas = Atlas(self.layout, memory) if self.layout else None

    def picture(self, grid: Grid, blocks: Iterable[Block], rest: Rest = no_rest) -> Picture:
        """The whole picture from blocks that cut it."""
        whole = np.zeros((grid.height, grid.width), bool)
        for block in blocks:
            rows, columns = slice(block.j, block.j + block.height), slice(block.i, None)
            whole[rows, columns][:, : block.width] = self.block(grid, block, rest)
        return whole

    def block(self, grid: Grid, block: Block, rest: Rest = no_rest) -> Picture:
        """One block of a picture."""
        if self.layout is None or self.atlas is None:
            return np.full((block.height, block.width), bool(self.colour))
        return paint(cover(self.layout, self.atlas, grid, block), block, rest)


def certain(text: str, grid: Grid, doubt: float) -> tuple[Picture, Picture]:
    """Which pixels are surely inside, and which surely outside, if samples may be off by a part
    `doubt` of a pixel: by running error analysis in float64. For ordinary views."""
    off = 2 * float(grid.half) * doubt
    x: NDArray[np.float64] = grid.xs(grid.whole, np.float64)
    y: NDArray[np.float64] = grid.ys(grid.whole, np.float64)
    found = band(
        oracle.read(text),
        Band(x[np.newaxis, :], off + np.abs(x)[np.newaxis, :] * 2.0**-50),
        Band(y[:, np.newaxis], off + np.abs(y)[:, np.newaxis] * 2.0**-50),
        float(grid.z),
        DIGITS["float64"],
    )
    field, error = np.broadcast_arrays(*found, np.empty((grid.height, grid.width)))[:2]
    nan = np.isnan(field)
    return field < -error, (field > error) | (nan & (error == 0)) | ((field == 0) & (error == 0))


def agrees(picture: Picture, text: str, grid: Grid, doubt: float = 2.0**-7) -> None:
    """Every pixel that is certain is as it must be."""
    inside, outside = certain(text, grid, doubt)
    wrong = np.argwhere((inside & ~picture) | (outside & picture))
    assert not len(wrong), f"{len(wrong)} pixels are wrong, the first at row, column {wrong[0]}"


def at_edge(nodes: oracle.Nodes, digits: int) -> View:
    """A view at zoom 10**digits, next to an edge."""
    points = [(Fraction(x, 7), Fraction(y, 9)) for x in range(-9, 10, 2) for y in range(-9, 10, 2)]
    inside = next(at for at in points if oracle.sign(nodes, *at) == -1)
    outside = next(at for at in reversed(points) if oracle.sign(nodes, *at) == 1)
    for _ in range(int(digits * 3.33) + 12):  # bits
        x, y = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        if oracle.sign(nodes, x, y) == -1:
            inside = x, y
        else:
            outside = x, y
    return View(*inside, Fraction(10) ** digits)
