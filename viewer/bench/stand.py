"""An engine on its stand: does one thing at a time, by the clock. Times are milliseconds."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import DrawsElsewhere, Engine, Sparing
from viewer.errors import DrawError
from viewer.passes import optimise
from viewer.picture.render import BLOCK
from viewer.program import Program, parse
from viewer.view import Block, Grid, View

SCOUT_SIDE = 64
"""Pixels a side of the first picture that an engine is sized up by."""
SCOUT_MS = 250.0
"""A picture that takes that long tells enough about larger ones."""


class Stand:
    """Makes one engine and measures it. `make` may raise NoDeviceError, drawing DrawError."""

    def __init__(
        self, make: Callable[[Program], Engine], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._make, self._clock = make, clock
        self._engine: Engine | None = None
        self._last: NDArray[np.bool_] | None = None

    def set_up(self, source: bytes, name: str, view: str) -> dict[str, Any]:
        """From text to an engine that can draw; what each part of that took, and what is known.

        `view` is the camera of all pictures, as `View.parse` reads it.
        """
        self._view = View.parse(view)
        start = self._clock()
        program = parse(source, name)
        parsed = self._clock()
        program = optimise(program)
        passed = self._clock()
        self._engine = engine = self._make(program)
        if isinstance(engine, DrawsElsewhere):
            engine.prepare()
        ready = self._clock()
        self._operations = program.operations
        return {
            "parse_ms": (parsed - start) * 1e3,
            "passes_ms": (passed - parsed) * 1e3,
            "compile_ms": (ready - passed) * 1e3,
            "operations": self._operations,
            "about": getattr(engine, "about", ""),
            "context_ms": getattr(engine, "context_ms", None),
        }

    def scout(self, largest: int) -> "Scouted":
        """Draws ever larger pictures, each of four times the pixels, until one takes a while."""
        side = min(SCOUT_SIDE, largest)
        self._draw(side)  # the first is not like the others
        took = self._timed(side)
        while took < SCOUT_MS and 2 * side <= largest:
            try:
                took = min(self._timed(2 * side), self._timed(2 * side))
            except DrawError:
                break
            side *= 2
        return Scouted(side, took)

    def first(self, size: int) -> dict[str, float]:
        """The first picture, handed over: its time, and the operations that a pixel of it took."""
        grid, engine = Grid(self._view, size, size), self._engine_here()
        start = self._clock()
        self._last = whole(engine, grid)
        took = (self._clock() - start) * 1e3
        spared = engine.operations(grid) if isinstance(engine, Sparing) else self._operations
        return {"first_ms": took, "ops_per_pixel": spared}

    def frames(self, size: int, enough_ms: float) -> list[float]:
        """The times of frames, one after the other until so much time has passed; at least one."""
        times = [self._timed(size)]
        while sum(times) < enough_ms:
            times.append(self._timed(size))
        return times

    def picture(self, size: int) -> tuple[NDArray[np.bool_], float | None]:
        """The picture drawn last, and how long that takes with reading it back; None where it has
        been handed over already."""
        if self._last is not None:
            return self._last, None
        start = self._clock()
        inside = whole(self._engine_here(), Grid(self._view, size, size))
        return inside, (self._clock() - start) * 1e3

    def close(self) -> None:
        """Gives back what the engine holds."""
        if self._engine is not None:
            self._engine.close()

    def _timed(self, size: int) -> float:
        start = self._clock()
        self._draw(size)
        return (self._clock() - start) * 1e3

    def _draw(self, size: int) -> None:
        """One frame: what a window would wait for, or the picture where there is nothing less."""
        grid, engine = Grid(self._view, size, size), self._engine_here()
        self._last = None  # it is not this one, nor to be held in memory beside it
        if isinstance(engine, DrawsElsewhere):
            engine.redraw(grid)
        else:
            self._last = whole(engine, grid)

    def _engine_here(self) -> Engine:
        assert self._engine is not None, "set_up comes first"
        return self._engine


class Scouted(NamedTuple):
    """A picture of `side` x `side` pixels takes `took_ms`."""

    side: int
    took_ms: float

    def predict(self, size: int) -> float:
        """Milliseconds for another size, by pixels."""
        return self.took_ms * (size / self.side) ** 2


def whole(engine: Engine, grid: Grid) -> NDArray[np.bool_]:
    """The picture, cut into strips as pictures to be saved are; shape (height, width)."""
    rows = max(1, BLOCK // grid.width)
    strips: list[Block] = list(grid.blocks(grid.width, rows))
    if len(strips) == 1:
        return engine.inside(grid, grid.whole)
    return np.concatenate([engine.inside(grid, strip) for strip in strips])
