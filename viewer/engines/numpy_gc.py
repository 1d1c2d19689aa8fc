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
        self._last = program.last_uses()

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        arrays, dtype, last = self._arrays, self._dtype, self._last
        coordinates = {
            "x": arrays.asarray(grid.xs(block, dtype)[np.newaxis, :]),
            "y": arrays.asarray(grid.ys(block, dtype)[:, np.newaxis]),
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
                    result = op.point(*[live[arg] for arg in args])
                    # Of numbers np.where makes an array, which no other library would take.
                    live[index] = result[()] if isinstance(result, np.ndarray) else result
                for arg in {*args, index}:
                    if last[arg] == index:
                        del live[arg]
        picture = arrays.empty((block.height, block.width), dtype)
        picture[...] = live[self._program.root]
        return self._host(picture)
