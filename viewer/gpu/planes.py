"""Slices of a program at one height after the other: the one at hand, and the one in the making.

the height moves   what can be drawn without the slice is drawn, or nothing
      ... rests    a thread makes the slice; from then on it draws
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from fractions import Fraction
from time import perf_counter
from typing import Generic, Protocol, TypeVar

from viewer.gpu.background import in_background
from viewer.view import Grid

REST = 0.15
"""Seconds without a change of the height that count as rest."""
QUICK = 0.012
"""Seconds of making a slice, with all that a picture needs, that are not worth a thread."""


class Plane(Protocol):
    """A slice."""

    @property
    def z(self) -> Fraction:
        """Its height."""

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works on what a picture needs; whether all of it is there."""


P = TypeVar("P", bound=Plane)


class Planes(Generic[P]):
    """`now` is the slice at hand. `make` is pure work, for any thread. `patient`: others are made
    at rest only, since pictures can be drawn without."""

    def __init__(self, make: Callable[[Fraction], P], first: P, *, patient: bool) -> None:
        self.now = first
        self._make, self._patient = make, patient
        self._took = QUICK
        self._missing: Fraction | None = None
        self._since = 0.0
        self._coming: Future[P] | None = None

    def at(self, z: Fraction) -> P:
        """The slice at a height, whatever that takes."""
        if z != self.now.z:
            self.now = self._make(z)
        self._missing = None
        return self.now

    def missing(self, z: Fraction) -> bool:
        """Whether `there` said no to it last."""
        return z == self._missing

    @property
    def waiting(self) -> bool:
        """Whether the slice that was asked for last is missing."""
        return self._missing is not None

    def there(self, grid: Grid, seconds: float) -> bool:
        """Whether a picture's slice is at hand. Calling it again works towards that; it may wait
        for so many seconds."""
        z, now = grid.z, perf_counter()
        if z != self._missing:
            self._missing, self._since = z, now
        if self._coming is not None and not self._patient:
            wait({self._coming}, seconds)
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            self.now = coming.result()
        quick = not self._patient and self._took < QUICK
        if z == self.now.z or quick:
            self.at(z)
            return True
        if self._coming is None and now - self._since >= (REST if self._patient else 0.0):
            self._coming = in_background(lambda: self._made_for(grid))
        return False

    def _made_for(self, grid: Grid) -> P:
        """A slice, with all that its picture needs."""
        start = perf_counter()
        found = self._make(grid.z)
        while not found.ready(grid, 1.0):
            pass
        self._took = perf_counter() - start
        return found
