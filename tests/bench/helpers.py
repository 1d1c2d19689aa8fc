"""Engines and a clock that tests of the bench share: everything happens in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.bench import worker
from viewer.bench.process import Helper
from viewer.bench.stand import Stand
from viewer.bench.worker import FILL
from viewer.engines.engine import ArrayEngine, Engine
from viewer.errors import DrawError, NoDeviceError
from viewer.program import Program
from viewer.view import Block, Grid

SOURCE = b"""x var-x
y var-y
xx square x
yy square y
sum add xx yy
size const 0.5
left sub sum size
two const 1.5
right add y two
all min left right
"""


class Clock:
    """Goes on only when it is told to. Times in binary fractions of a second add up exactly."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []

    def __call__(self) -> float:
        return self.now


class Fake(ArrayEngine):
    """Draws the disc, and takes `seconds` for a million pixels and `at_least` in any case.

    `wrong` of its pixels are turned over in the pictures whose numbers are in `when`. Pictures of
    more than `largest` pixels a side are refused.
    """

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        seconds: float = 1.0,
        at_least: float = 0.0,
        wrong: int = 0,
        when: Callable[[int], bool] = lambda number: True,
        largest: int = 10**6,
    ) -> None:
        self._clock, self._name = clock, name
        self._seconds, self._at_least, self._wrong = seconds, at_least, wrong
        self._when, self._largest, self._drawn = when, largest, 0

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        if grid.width > self._largest:
            raise DrawError(f"{grid.width} is too much")
        pixels = block.width * block.height
        self._clock.now += max(self._at_least, pixels * self._seconds / 1e6)
        self._clock.log.append(self._name)
        xs, ys = grid.xs(block, np.float64), grid.ys(block, np.float64)
        picture: NDArray[np.bool_] = xs[np.newaxis, :] ** 2 + ys[:, np.newaxis] ** 2 < 0.5
        if self._when(self._drawn):
            picture.flat[: self._wrong] ^= True
        self._drawn += 1
        return picture


class Remote(Fake):
    """The same on a device of its own: reading back takes `read` seconds more."""

    def __init__(self, clock: Clock, name: str, *, read: float, **others: Any) -> None:
        super().__init__(clock, name, **others)
        self._read = read
        self.prepared = False

    def prepare(self) -> None:
        self._clock.now += 2.0
        self.prepared = True

    def redraw(self, grid: Grid) -> None:
        assert self.prepared
        super().inside(grid, grid.whole)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        assert self.prepared
        self._clock.now += self._read
        return super().inside(grid, block)

    def operations(self, grid: Grid) -> float:
        return 2.5


class Here:
    """A helper in this process, that passes orders and answers on as text like the real one."""

    def __init__(self, make: Callable[[Program], Engine], clock: Clock, opened: list[Here]) -> None:
        self._stand, self._opened = Stand(make, clock), opened
        opened.append(self)

    def ask(self, do: str, patience: float, **what: Any) -> Any:
        assert patience > 0
        order = json.loads(json.dumps({"do": do, **what}))
        return json.loads(json.dumps(worker.obey(self._stand, order)))

    def close(self) -> None:
        if self in self._opened:
            self._opened.remove(self)


Makes = Mapping[str, Callable[[Program], Engine]]


class Starter:
    """Starts helpers for some engines and the empty fill, in this process; knows those that are
    open."""

    def __init__(self, clock: Clock, makes: Makes) -> None:
        fill = {FILL: lambda _: Remote(clock, FILL, read=0.0, at_least=1 / 64, seconds=1 / 4)}
        self._clock, self._makes = clock, {**makes, **fill}
        self.open: list[Here] = []

    def __call__(self, name: str, cold: bool) -> Helper:
        return Here(self._makes[name], self._clock, self.open)


def absent(_: Program) -> Engine:
    """An engine that this machine cannot have."""
    raise NoDeviceError("no such device here")
