"""`numpy`: the challenge's own script: the whole block at once, and every value kept to the end.

What others are measured against. Both coordinates are full pictures, as `numpy.meshgrid` makes
them, so every value that depends on one is a full picture too.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.errors import DrawError
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Block, Grid


def free_memory() -> int:
    """Bytes that can be had without swapping."""
    return int(psutil.virtual_memory().available)


class NumpyAll(ArrayEngine):
    """Raises `DrawError` for a block whose values need more memory than `free` says there is."""

    def __init__(
        self, program: Program, dtype: Any = np.float64, free: Callable[[], int] = free_memory
    ) -> None:
        self._program, self._dtype, self._free = program, np.dtype(dtype), free
        self._pictures = _pictures(program)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        self._check(block)
        dtype = self._dtype
        x, y = np.meshgrid(grid.xs(block, dtype), grid.ys(block, dtype))
        coordinates = {"x": x, "y": y, "z": nearest(grid.z, dtype)}
        values: list[Any] = []
        with np.errstate(all="ignore"):
            for op, args, value, _ in self._program.instrs:
                if op.variable is not None:
                    values.append(coordinates[op.variable])
                elif value is not None:
                    values.append(nearest(value, dtype))
                else:
                    assert op.point is not None
                    values.append(op.point(*[values[arg] for arg in args]))
        return np.array(np.broadcast_to(values[-1], x.shape))

    def _check(self, block: Block) -> None:
        need = self._pictures * block.width * block.height * self._dtype.itemsize
        free = self._free()
        if need > free:
            raise DrawError(
                f"the engine 'numpy' keeps every value: {block.width} x {block.height} pixels need "
                f"{need / 1e9:.1f} GB, {free / 1e9:.1f} GB are free"
            )


def _pictures(program: Program) -> int:
    """How many full pictures are kept: x, y, every value that depends on them, and the result."""
    depends: list[bool] = []
    for op, args, _, _ in program.instrs:
        depends.append(op.variable in ("x", "y") or any(depends[arg] for arg in args))
    computed = [
        flag and bool(instr.args) for flag, instr in zip(depends, program.instrs, strict=True)
    ]
    return 2 + sum(computed) + 1
