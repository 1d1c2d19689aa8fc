"""The local programs that are kept, and the one that a thread is at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, TimeoutError
from fractions import Fraction

from viewer.gpu.background import in_background
from viewer.gpu.local import Written, write
from viewer.program import Program
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid
from viewer.zoom.squares import across, part_of

KEPT = 64
"""Local programs that are kept; the one that was used longest ago goes first."""

Key = tuple[Anchor, Fraction]
Writer = Callable[[Program, Anchor, Fraction], Written]


class Nearby:
    """Local programs of one program, by square and height of the slice. For one thread, but for
    the one that it has for itself."""

    def __init__(self, program: Program, written: Writer = write) -> None:
        self._program, self._write = program, written
        self._kept: OrderedDict[Key, Written] = OrderedDict()
        self._ahead: tuple[Key, Future[Written]] | None = None
        self._reads_z = any(instr.op.variable == "z" for instr in program.instrs)

    def get(self, square: Anchor, grid: Grid) -> Written | None:
        """That of a square, where it is there."""
        key = self._key(square, grid)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def make(self, square: Anchor, grid: Grid) -> Written:
        """That of a square, now."""
        found = self.get(square, grid)
        if found is None:
            key = self._key(square, grid)
            found = self._write(self._program, *key)
            self._keep(key, found)
        return found

    def advance(self, squares: Sequence[Anchor], grid: Grid, seconds: float) -> bool:
        """Has the thread work on those that are missing, waits for it so many seconds at most, and
        says whether all are there."""
        missing = [square for square in squares if self._key(square, grid) not in self._kept]
        if self._ahead is None and missing:
            key = self._key(missing[0], grid)
            self._ahead = key, in_background(lambda: self._write(self._program, *key))
        if self._ahead is not None:
            key, future = self._ahead
            try:
                found = future.result(max(0.0, seconds))
            except TimeoutError:
                return False
            except BaseException:
                self._ahead = None
                raise
            self._ahead = None
            self._keep(key, found)
        return all(self._key(square, grid) in self._kept for square in squares)

    def covering(
        self, grid: Grid, block: Block, limit: float, suits: Callable[[Written], bool]
    ) -> Written | None:
        """The smallest that covers a block of a picture, with at most so many pixels across."""
        found = [
            written
            for (anchor, z), written in self._kept.items()
            if z == self._height(grid)
            and across(grid, anchor.half) <= limit
            and part_of(grid, block, anchor) == block
            and suits(written)
        ]
        return min(found, key=lambda written: written.local.anchor.half, default=None)

    def latest(self, grid: Grid, suits: Callable[[Written], bool]) -> Written | None:
        """The one that was used last."""
        for (_, z), written in reversed(self._kept.items()):
            if z == self._height(grid) and suits(written):
                return written
        return None

    def _height(self, grid: Grid) -> Fraction:
        return grid.z if self._reads_z else Fraction(0)

    def _key(self, square: Anchor, grid: Grid) -> Key:
        return square, self._height(grid)

    def _keep(self, key: Key, written: Written) -> None:
        self._kept[key] = written
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
