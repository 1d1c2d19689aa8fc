"""`numpy-gc`: the whole block at once, one array per value, each dropped after its last use.

The challenge's own script with the memory given back. Values that depend on one coordinate only
stay one row or one column, by NumPy's broadcasting.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Block, Grid


class NumpyGc(ArrayEngine):
    """Needs memory for the values alive at once: megabytes times `block` for a large program."""

    def __init__(self, program: Program, dtype: Any = np.float64) -> None:
        self._program, self._dtype = program, dtype
        self._last = program.last_uses()

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        dtype, last = self._dtype, self._last
        coordinates = {
            "x": grid.xs(block, dtype)[np.newaxis, :],
            "y": grid.ys(block, dtype)[:, np.newaxis],
            "z": nearest(grid.z, dtype),
        }
        live: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            for index, (op, args, value, _) in enumerate(self._program.instrs):
                if op.variable is not None:
                    live[index] = coordinates[op.variable]
                elif value is not None:
                    live[index] = nearest(value, dtype)
                else:
                    assert op.point is not None
                    live[index] = op.point(*[live[arg] for arg in args])
                for arg in {*args, index}:
                    if last[arg] == index:
                        del live[arg]
        result = np.empty((block.height, block.width), dtype)
        result[...] = live[self._program.root]
        return result
