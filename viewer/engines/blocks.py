"""`blocks` and `blocks-mt`: the register tape over small blocks, into reused buffers.

The block is cut into chunks of whole rows small enough that a slot's buffer stays in the
processor's cache; NumPy's own cost per operation is then shared by thousands of pixels. With
threads, each has its own buffers (NumPy lets go of the interpreter's lock while it computes).
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.passes import Tape, allocate
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Block, Grid

CHUNK = 32768
"""Pixels to a chunk. Measured on `prospero.vm`: smaller ones wait for the interpreter's lock when
two threads run, larger ones leave the cache."""


class Blocks(ArrayEngine):
    """`threads` chunks at a time; 1 computes in the calling thread."""

    def __init__(self, program: Program, dtype: Any = np.float64, threads: int = 1) -> None:
        self._tape = allocate(program)
        self._dtype = dtype
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        result = np.empty((block.height, block.width), self._dtype)
        parts = list(_chunks(block))
        free: list[_Registers] = []

        def compute(part: Block) -> None:
            # list.pop and list.append are atomic, which is all the locking needed here.
            registers = free.pop() if free else _Registers(self._tape, parts[0], self._dtype)
            top, left = part.j - block.j, part.i - block.i
            registers.run(grid, part, result[top : top + part.height, left : left + part.width])
            free.append(registers)

        for _ in self._pool.map(compute, parts) if self._pool else map(compute, parts):
            pass
        return result

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()


def all_cores() -> int:
    """How many threads this process may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _chunks(block: Block) -> Iterator[Block]:
    """Cuts a block into chunks of whole rows, or of parts of a row where rows are long."""
    width = min(block.width, CHUNK)
    height = max(1, CHUNK // width)
    for j in range(0, block.height, height):
        for i in range(0, block.width, width):
            yield Block(
                block.i + i,
                block.j + j,
                min(width, block.width - i),
                min(height, block.height - j),
            )


class _Registers:
    """The buffers of one thread: one a slot, for chunks up to a size."""

    def __init__(self, tape: Tape, largest: Block, dtype: Any) -> None:
        self._tape, self._dtype = tape, dtype
        self._slots = np.empty((tape.slots, largest.height, largest.width), dtype)
        self._constants = [
            None if leaf.value is None else nearest(leaf.value, dtype) for leaf in tape.leaves
        ]

    def run(self, grid: Grid, part: Block, out: NDArray[Any]) -> None:
        """Computes one chunk into `out`, shape (part.height, part.width)."""
        x = grid.xs(part, self._dtype)[np.newaxis, :]
        y = grid.ys(part, self._dtype)[:, np.newaxis]
        coordinates = {"x": x, "y": y, "z": nearest(grid.z, self._dtype)}
        buffers = list(self._slots[:, : part.height, : part.width])
        leaves = [
            coordinates[leaf.op.variable] if leaf.op.variable else constant
            for leaf, constant in zip(self._tape.leaves, self._constants, strict=True)
        ]
        operands: list[Any] = [*buffers, *leaves]
        with np.errstate(all="ignore"):
            for op, slot, args, _ in self._tape.steps:
                assert op.point is not None
                op.point(*[operands[arg] for arg in args], out=buffers[slot])
        out[...] = operands[self._tape.root]
