"""Which tiles there are: all levels of a picture, and more of them around given views.

Numbers of a browser, like those of a Deep Zoom file, are good for some forty levels. A view that
is deeper has a chain of stages: each is a pyramid of a small square around the view, a few levels
of which the stage before has too, so that one can be changed for the other unseen.

    stage 0    0 ........ 14 ... 36       the picture, complete to 14
    stage 1              10 = 32 ... 36       a square of 1,024 pixels of level 32
    stage 2                             10 = 32 ...
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from viewer.errors import UsageError
from viewer.pyramid.levels import BATCH, Batch, Pyramid
from viewer.view import Grid, View, log2

REACH = 512
"""Pixels around a view's centre that each of its levels has, at least."""
DEEPEST = 36
"""The finest level of a stage, at most."""
NEXT = 32
"""The level of a stage that is level `ROOT` of the next."""
ROOT = (2 * REACH).bit_length() - 1
SCREEN = (1024, 1024)
"""The picture of a view that has the deepest pixels, as `prospero render` makes it."""


@dataclass(frozen=True)
class Stage:
    """A pyramid, what it is called, and the stage that it lies in (itself for the first)."""

    name: str
    pyramid: Pyramid
    complete: int
    """The finest level that is there as a whole, or -1."""
    views: tuple[View, ...] = ()
    """Around which there is more, each as deep as it needs."""
    parent: int = 0

    def areas(self, level: int) -> list[tuple[Batch, Batch]]:
        """Which batches of a level there are: the first and the last of each rectangle."""
        width, height = self.pyramid.size(level)
        last = (width - 1) // BATCH, (height - 1) // BATCH
        if level <= self.complete:
            return [(Batch(level, 0, 0), Batch(level, *last))]
        return [
            found
            for view in self.views
            if level <= depth(self.pyramid, view) and (found := self._near(view, level, last))
        ]

    def batches(self) -> Iterator[Batch]:
        """All that there is, the coarsest first."""
        for level in range(self.pyramid.top + 1):
            if level <= self.complete:
                yield from self.pyramid.batches(level)
                continue
            near = {
                (row, column)
                for first, last in self.areas(level)
                for row in range(first.row, last.row + 1)
                for column in range(first.column, last.column + 1)
            }
            for row, column in sorted(near):
                yield Batch(level, column, row)

    def _near(self, view: View, level: int, last: tuple[int, int]) -> tuple[Batch, Batch] | None:
        at = self.pyramid.position(view.x, view.y, level)
        first = [max(0, int((p - REACH) // BATCH)) for p in at]
        end = [min(most, int((p + REACH) // BATCH)) for p, most in zip(at, last, strict=True)]
        if first[0] > end[0] or first[1] > end[1]:
            return None
        return Batch(level, *first), Batch(level, *end)


def plan(grid: Grid, around: Sequence[View]) -> tuple[Stage, ...]:
    """The stages of a picture, and of the views `around` which it goes deeper.

    Raises `UsageError` for a view that lies outside the picture.
    """
    base = Pyramid.of(grid)
    for view in around:
        x, y = base.position(view.x, view.y, base.top)
        if not (0 <= x <= base.width and 0 <= y <= base.height):
            raise UsageError(f"view {view} lies outside the picture, expected one in it")
    deepest = max((depth(base, view) for view in around), default=0)
    first = base.deeper(max(0, min(deepest, DEEPEST) - base.top))
    stages = [Stage("picture", first, base.top, tuple(around))]
    for number, view in enumerate(around, 1):
        stages += _chain(first, view, number, len(stages))
    return tuple(stages)


def depth(pyramid: Pyramid, view: View) -> int:
    """The first level of a pyramid, which may not go so far, whose pixels are as small as those of
    a view on a screen."""
    ratio = pyramid.scale(0) / (2 * view.half(SCREEN))
    level = max(0, int(log2(ratio)) - 1)
    while pyramid.scale(0) > 2 * view.half(SCREEN) * 2**level:
        level += 1
    return level


def _chain(first: Pyramid, view: View, number: int, index: int) -> Iterator[Stage]:
    """The stages after the first of a view; `index` is that of the one that comes first."""
    pyramid, parent = first, 0
    for step in range(1, 10**6):
        if depth(pyramid, view) <= DEEPEST:
            return
        pixel = pyramid.scale(NEXT)
        reach = pixel * REACH
        corner = view.x - reach, view.y + reach
        pyramid = Pyramid(*corner, pixel, 2 * REACH, 2 * REACH, pyramid.z)
        pyramid = pyramid.deeper(min(depth(pyramid, view), DEEPEST) - pyramid.top)
        yield Stage(f"view{number}-{step}", pyramid, -1, (view,), parent)
        parent, index = index, index + 1


def region(child: Pyramid, parent: Pyramid) -> tuple[Fraction, Fraction, Fraction]:
    """Where a stage lies in another: left, top and width, in widths of that one."""
    width = parent.width * parent.pixel
    x, y = (child.left - parent.left) / width, (parent.upper - child.upper) / width
    return x, y, child.width * child.pixel / width
