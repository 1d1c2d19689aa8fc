"""Which exact squares serve a picture: pure functions from a grid to anchors.

+-----------+-----+    A picture is cut into cells of whole pixels, each of which gets a square
|   cell    |     |    around it. The lattice and the squares follow from the grid alone, so that
|           |     |    a picture is the same in whatever blocks and in whatever order it is drawn.
+-----------+-----+
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from viewer.program.number import apart, places, ratio
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid

LARGE, CLOSE = 2.0**30, 2.0**-16
"""Half samples up to which floats tell where a square ends, and how close to its end a sample may
then be."""


def cells(grid: Grid, block: Block, side: int) -> Iterator[Block]:
    """The cells of a picture that a block touches, at most `side` pixels wide and high. Around the
    picture there are others, for blocks that reach beyond it."""
    for j, height in _lattice(block.j, block.j + block.height, grid.height, side):
        for i, width in _lattice(block.i, block.i + block.width, grid.width, side):
            yield Block(i, j, width, height)


def close_square(grid: Grid, cell: Block) -> Anchor:
    """The smallest square with a power of two for half a side that a cell fits in."""
    half = _power(_reach(grid, cell) * Fraction(1025, 1024))
    return _anchor(grid, cell, half, half / 1024)


def roomy_square(grid: Grid, cell: Block) -> Anchor:
    """A square at least twice as large, one of few: it stays while the picture is moved by half
    its own size or zoomed by up to an octave."""
    half = _power(_reach(grid, cell) * 2)
    return _anchor(grid, cell, half, half / 2)


def across(grid: Grid, half: Fraction) -> float:
    """How many pixels of a picture lie between -half and half, infinitely many included."""
    return ratio(half, grid.half)


def part_of(grid: Grid, block: Block, square: Anchor) -> Block:
    """The pixels of a block whose centres lie in a square; of width or height 0 where none do."""
    half, view = grid.half, grid.view
    left, right = _between(square.x, view.x, square.half, half, grid.width)
    top, bottom = _between(view.y, square.y, square.half, half, grid.height)
    width, height = max(0, right - left), max(0, bottom - top)
    return intersection(block, Block(left, top, width, height))


def intersection(one: Block, other: Block) -> Block:
    """The pixels that lie in both blocks; of width or height 0 where there is none."""
    left, top = max(one.i, other.i), max(one.j, other.j)
    right = min(one.i + one.width, other.i + other.width)
    bottom = min(one.j + one.height, other.j + other.height)
    return Block(left, top, max(0, right - left), max(0, bottom - top))


def _between(
    a: Fraction, b: Fraction, reach: Fraction, half: Fraction, count: int
) -> tuple[int, int]:
    """The samples, from and up to, that are no farther than `reach` from a point, which is `a - b`
    from the middle of so many samples."""
    centre, far = apart(a, b, half), ratio(reach, half)
    ends = [(centre - far + count - 1) / 2, (centre + far + count - 1) / 2]
    sure = abs(centre) + far < LARGE and all(abs(end - round(end)) > CLOSE for end in ends)
    first, last = ends if sure else _ends(a - b, reach, half, count)
    return min(max(0, ceil(first)), count), min(max(0, floor(last) + 1), count)


def _ends(centre: Fraction, reach: Fraction, half: Fraction, count: int) -> list[Fraction]:
    """The same, exactly: finding common divisors deep down takes longer than all else."""
    return [((centre + side) / half + count - 1) / 2 for side in (-reach, reach)]


def _lattice(start: int, stop: int, size: int, side: int) -> Iterator[tuple[int, int]]:
    """Where cells begin along an axis, and how long they are: those of `size` samples, of the ones
    before them and of the ones after them."""
    at = start
    while at < stop:
        first = size if at >= size else 0
        low = first + (at - first) // side * side
        high = min(low + side, size) if 0 <= at < size else low + side
        yield low, high - low
        at = high


def _reach(grid: Grid, cell: Block) -> Fraction:
    return grid.half * max(cell.width, cell.height)


def _anchor(grid: Grid, cell: Block, half: Fraction, unit: Fraction) -> Anchor:
    x = grid.view.x + (2 * cell.i + cell.width - grid.width) * grid.half
    y = grid.view.y - (2 * cell.j + cell.height - grid.height) * grid.half
    return Anchor(_rounded(x, unit), _rounded(y, unit), half)


def _rounded(value: Fraction, unit: Fraction) -> Fraction:
    """The multiple of a power of two that is next to a number."""
    if unit.numerator > 1:
        return round(value / unit) * unit
    bits = unit.denominator.bit_length() - 1
    return Fraction((places(value, bits + 1) + 1) >> 1, unit.denominator)


def _power(value: Fraction) -> Fraction:
    """The smallest power of two that is not below a number above 0."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - 1
    power = Fraction(2) ** exponent
    while power < value:
        power *= 2
    return power
