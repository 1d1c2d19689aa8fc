"""`numpy-gc`: the whole block at once, one array per value, each dropped after its last use.

The challenge's own script with the memory given back. Values that depend on one coordinate only
stay one row or one column, by NumPy's broadcasting. The arrays may be another library's: `cupy`
is this engine on CuPy's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.passes.values import field_at
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Block, Grid


class NumpyGc(ArrayEngine):
    """Needs memory for the values alive at once: megabytes times `block` for a large program.

    `arrays` is the module that makes the arrays; theirs take part in NumPy's dispatch protocols,
    which is how the point functions reach it. `host` makes a NumPy array of one of them.
    """

    def __init__(
        self,
        program: Program,
        dtype: Any = np.float64,
        arrays: Any = np,
        host: Callable[[Any], NDArray[Any]] = np.asarray,
    ) -> None:
        self._program, self._dtype = program, dtype
        self._arrays, self._host = arrays, host

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        arrays, dtype = self._arrays, self._dtype
        coordinates = {
            "x": arrays.asarray(grid.xs(block, dtype)[np.newaxis, :]),
            "y": arrays.asarray(grid.ys(block, dtype)[:, np.newaxis]),
            "z": nearest(grid.z, dtype),
        }
        picture = arrays.empty((block.height, block.width), dtype)
        picture[...] = field_at(self._program, coordinates, dtype)
        return self._host(picture)
