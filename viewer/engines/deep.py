"""`deep`: any program at any depth, localised to squares that float32 or float64 can tell apart."""

from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.blocks import Blocks, all_cores
from viewer.engines.engine import ArrayEngine, Engine
from viewer.engines.greys import greys_of
from viewer.engines.jit import Jit
from viewer.engines.numpy_gc import NumpyGc
from viewer.engines.offscreen import OffscreenEngine
from viewer.errors import NoDeviceError
from viewer.gpu.deep import any_depth as painter
from viewer.gpu.offscreen import Offscreen
from viewer.program import Program
from viewer.program.number import nearest
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid
from viewer.zoom.local import Local, localise
from viewer.zoom.squares import across, cells, close_square, intersection

CELL = 4096
"""Pixels a side of a square."""
FLOAT64 = 2.0**36
"""Pixels from the origin up to which float64 coordinates are right to 2^-17 of a pixel."""
VALUES = 2.0**20
"""The same for a single value, of which more digits are shown."""
SMALLEST = Fraction(2) ** -900
"""Distances of samples, in model units, below which float64 would lose what a field tells."""
SEVERAL = 2**20
"""As many times what a value changes by in a square it may be at the edge in another one."""
KEPT = 8
"""Squares whose engines are kept."""


def any_depth(program: Program) -> Engine:
    """On the GPU, or without one in float64 on the processor."""
    try:
        return DeepOffscreen(program)
    except NoDeviceError:
        return Doubles(program)


class DeepOffscreen(OffscreenEngine):
    """Straight-line shaders, of the program itself where float32 shows its pixels. The field is in
    float64, by the processor: see `Doubles`."""

    def __init__(self, program: Program) -> None:
        super().__init__(Offscreen(program, painter))
        self._doubles = Doubles(program)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """See `Engine`."""
        return self._doubles.field(grid, block)

    def unit(self, grid: Grid) -> Fraction:
        """See `Counting`."""
        return self._doubles.unit(grid)

    def base(self, grid: Grid) -> Decimal:
        """See `Counting`."""
        return self._doubles.base(grid)

    def changes(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """See `Counting`."""
        return self._doubles.changes(grid, block)

    def close(self) -> None:
        """See `Engine`."""
        self._doubles.close()
        super().close()


class Doubles(ArrayEngine):
    """float64 on all cores, by `jit` or `blocks`.

    A field is in model units where float64 has such numbers; where pixels are smaller than that,
    it is in units of the distance of two samples.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._plain: ArrayEngine | None = None
        self._near: OrderedDict[tuple[Anchor, Fraction, bool], tuple[Local, ArrayEngine]] = (
            OrderedDict()
        )

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        if _plain_suits(grid):
            return self._engine_here().field(grid, block)
        return self._field_near(grid, block, self.unit(grid))

    def changes(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """See `Counting`."""
        if _plain_suits(grid):
            return self._engine_here().field(grid, block)
        return self._field_near(grid, block, self.unit(grid), self.base(grid))

    def base(self, grid: Grid) -> Decimal:
        """See `Counting`: that of the square in the middle of the picture."""
        if _plain_suits(grid):
            return Decimal(0)
        middle = Block((grid.width - 1) // 2, (grid.height - 1) // 2, 1, 1)
        (cell,) = cells(grid, middle, CELL)
        local, _ = self._at(close_square(grid, cell), grid.z, changes=True)
        far = abs(Fraction(local.base)) > SEVERAL * Fraction(local.unit)
        return local.base if far else Decimal(0)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        if _plain_suits(grid):
            return self._engine_here().inside(grid, block)
        return self._field_near(grid, block, None) < 0

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        return greys_of(self._program, self.inside, grid, block, samples)

    def unit(self, grid: Grid) -> Fraction:
        """See `Counting`."""
        pixel = 2 * grid.half
        return Fraction(1) if pixel > SMALLEST else pixel

    def close(self) -> None:
        """See `Engine`."""
        for engine in [self._plain, *(engine for _, engine in self._near.values())]:
            if engine is not None:
                engine.close()

    def _engine_here(self) -> ArrayEngine:
        self._plain = self._plain or _engine(self._program)
        return self._plain

    def _field_near(
        self, grid: Grid, block: Block, unit: Fraction | None, base: Decimal | None = None
    ) -> NDArray[np.floating[Any]]:
        """In that unit, or, for its sign alone, in any that suits: one may be too large or too
        small for another to be told in float64. From a base it has digits for its changes."""
        result = np.empty((block.height, block.width))
        for cell in cells(grid, block, CELL):
            part = intersection(cell, block)
            square = close_square(grid, cell)
            local, engine = self._at(square, grid.z, changes=base is not None)
            values = engine.field(local.grid(grid), part)
            if unit is not None:
                factor = nearest(Fraction(local.unit) / unit, np.float64)
                with np.errstate(all="ignore"):
                    values = np.where(values == 0, values, values * factor)
                if base is not None:
                    apart = Fraction(local.base) - Fraction(base)
                    values = values + nearest(apart / unit, np.float64)
            if local.undefined:
                values = np.full_like(values, np.nan)
            rows, columns = part.j - block.j, part.i - block.i
            result[rows : rows + part.height, columns : columns + part.width] = values
        return result

    def _at(self, square: Anchor, z: Fraction, *, changes: bool) -> tuple[Local, ArrayEngine]:
        key = square, z, changes
        if key not in self._near:
            local = localise(self._program, square, z, field=changes)
            self._near[key] = local, _engine(local.program)
            if len(self._near) > KEPT:
                self._near.popitem(last=False)[1][1].close()
        self._near.move_to_end(key)
        return self._near[key]


def value_at(program: Program, grid: Grid, pixel: Block) -> Decimal:
    """The program's value at one sample, of any size: of a program localised to the pixel where
    float64 has no digits left for it."""
    plain = float(NumpyGc(program).field(grid, pixel)[0, 0])
    if _plain_suits(grid, VALUES) or isnan(plain):
        return Decimal(plain)
    local = localise(program, close_square(grid, pixel), grid.z)
    value = NumpyGc(local.program).field(local.grid(grid), pixel)[0, 0]
    return Decimal(float(value)) * local.unit


def _plain_suits(grid: Grid, most: float = FLOAT64) -> bool:
    # What coordinates are added to is of about 1, also where they themselves are small.
    reach = max(Fraction(1), abs(grid.view.x), abs(grid.view.y)) + max(grid.size) * grid.half
    return across(grid, reach) <= most


def _engine(program: Program) -> ArrayEngine:
    try:
        return Jit(program, np.float64)
    except NoDeviceError:
        return Blocks(program, threads=all_cores())
