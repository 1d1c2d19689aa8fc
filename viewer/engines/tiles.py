"""`tiles`: the program as a formula over quadratics, a few of them left in each tile."""

import numpy as np
from numpy.typing import NDArray

from viewer.engines.offscreen import OffscreenEngine
from viewer.gpu.offscreen import Offscreen
from viewer.gpu.tiled import Tiled
from viewer.program import Program
from viewer.sign.runs import Runs
from viewer.view import Block, Grid


class Tiles(OffscreenEngine):
    """Right at any depth where the formula has quadratics only; what else it has is drawn by
    straight-line shaders in the tiles where it is open. The field is in float32."""

    def __init__(self, program: Program) -> None:
        super().__init__(Offscreen(program, Tiled))

    @property
    def sparse(self) -> bool:
        """See `Sparse`: where there are quadratics only."""
        return self._screen.sparse

    def runs(self, grid: Grid, rows: range, samples: int) -> Runs:
        """See `Sparse`."""
        return self._screen.runs(grid, rows, samples)

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        """See `Smooth`."""
        return self._screen.draw_smooth(grid, block, samples)
