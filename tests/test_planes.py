"""Slices at heights that change: the right one in the end, no wait for it, and every one seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from threading import Event
from typing import cast

import moderngl
import numpy as np
import pytest

from tests.test_easel import Guess
from viewer.engines.blocks import Blocks
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.overlay import Overlay
from viewer.gpu.painter import Painter
from viewer.gpu.planes import QUICK, REST, Planes
from viewer.gpu.tiled import Tiled
from viewer.program import Program, parse
from viewer.view import Grid, View

GRID = Grid(View(), 240, 160)
HALF = Fraction(1, 2)
WAVES = parse(b"x var-x\ny var-y\nz var-z\ns sin x\np mul z s\nr sub y p")
DISC = parse(b"x var-x\ny var-y\nz var-z\nxx square x\nyy square y\na add xx yy\nr sub a z")


@dataclass
class Made:
    """A slice that takes as long as it is told."""

    z: Fraction
    work: list[Fraction] = field(default_factory=list)

    def ready(self, grid: Grid, seconds: float) -> bool:
        self.work.append(grid.z)
        return len(self.work) > 2


def at(z: Fraction) -> Grid:
    return replace(GRID, z=z)


def waited(planes: Planes[Made], grid: Grid) -> float:
    start = time.monotonic()
    while not planes.there(grid, 0.001):
        assert planes.missing(grid.z)
        assert planes.waiting
        assert time.monotonic() - start < 10
        time.sleep(0.002)
    assert not planes.waiting
    return time.monotonic() - start


def test_a_slice_at_hand_is_there() -> None:
    planes = Planes(Made, Made(Fraction(0)), patient=True)
    assert planes.there(GRID, 0.001)
    assert not planes.missing(Fraction(0))
    assert planes.at(HALF).z == HALF
    assert planes.there(at(HALF), 0.001)


def test_nothing_is_made_while_the_height_moves_where_it_can_be_drawn_without() -> None:
    made: list[Fraction] = []

    def make(z: Fraction) -> Made:
        made.append(z)
        return Made(z)

    planes = Planes(make, Made(Fraction(0)), patient=True)
    for n in range(1, 200):
        assert not planes.there(at(Fraction(n, 200)), 0.001)
    assert made == []
    assert waited(planes, at(HALF)) > REST * 0.9
    assert made == [HALF]
    assert planes.now.work == [HALF] * 3  # with all that its picture needs


def test_what_cannot_be_drawn_without_is_made_at_once_and_not_waited_for() -> None:
    go = Event()

    def make(z: Fraction) -> Made:
        assert go.wait(10)
        time.sleep(2 * QUICK)
        return Made(z)

    planes = Planes(make, Made(Fraction(0)), patient=False)
    for n in range(1, 5):  # one at a time
        assert not planes.there(at(Fraction(n)), 0.001)
    go.set()
    waited(planes, at(HALF))
    assert planes.now.z == HALF


def test_what_is_quickly_made_is_made_at_once() -> None:
    planes = Planes(Made, Made(Fraction(0)), patient=False)
    waited(planes, at(HALF))  # how long it takes is not known before
    for n in range(1, 50):
        assert planes.there(at(Fraction(n)), 0.001)


def test_an_error_in_the_making_is_told() -> None:
    def make(z: Fraction) -> Made:
        raise ValueError(z)

    planes = Planes(make, Made(Fraction(0)), patient=False)
    with pytest.raises(ValueError, match="1/2"):
        waited(planes, at(HALF))


# On a canvas


def inside(program: Program, grid: Grid) -> np.ndarray:
    with Blocks(program) as engine:
        return np.where(engine.inside(grid, grid.whole), 255, 0)


def with_easel(ctx: moderngl.Context, program: Program, check: Callable[..., None]) -> None:
    overlay = Overlay(ctx)
    easel, painter = Easel(ctx, overlay), Tiled(ctx, program)
    try:
        check(easel, painter)
    finally:
        ctx.detect_framebuffer(0).use()
        for part in (easel, overlay, painter):
            part.release()


@pytest.mark.parametrize("program", [WAVES, DISC])
def test_a_slice_that_moves_is_seen_and_right(ctx: moderngl.Context, program: Program) -> None:
    """Whatever is whole is the picture of one of the heights, no older than the turns it took."""

    def check(easel: Easel, painter: Tiled) -> None:
        seen, without = set(), 0
        for n in range(60):
            wanted = Picture(1, at(Fraction(n, 60)))
            easel.paint(wanted, painter)
            if easel.row == GRID.height:
                assert easel.picture is not None
                found = easel.picture.grid
                seen.add(found.z)
                without += not painter.settled(found)
                assert (easel.read() != inside(program, found)).sum() <= 3
            else:
                time.sleep(0.01)
        assert len(seen) > 10
        assert without > 10 or program is DISC
        rest = Picture(1, at(HALF))
        while easel.paint(rest, painter):
            time.sleep(min(easel.pause, 0.01))
        assert easel.picture == rest
        assert painter.settled(rest.grid)
        assert (easel.read() != inside(program, rest.grid)).sum() <= 3
        assert painter.survey(rest.grid).zones

    with_easel(ctx, program, check)


class Slow(Guess):
    """A painter that needs four turns for a picture, whatever it is of."""

    at_once = True

    def __init__(self) -> None:
        super().__init__()
        self.better = True
        self.grids: list[Grid] = []
        for name in ("compile_next", "sketch", "draw_field", "accuracy", "operations", "release"):
            setattr(self, name, lambda *_: None)  # what is asked of every painter, and not here

    def ready(self, grid: Grid, seconds: float) -> bool:
        self.grids.append(grid)
        return len(self.grids) % 4 == 0


def test_a_slice_waits_for_the_one_under_way_and_a_view_does_not(ctx: moderngl.Context) -> None:
    overlay = Overlay(ctx)
    easel, painter = Easel(ctx, overlay), Slow()
    for n in range(8):
        assert easel.paint(Picture(1, at(Fraction(n))), cast(Painter, painter))
        assert easel.pause == 0
    assert [grid.z for grid in painter.grids] == [0, 0, 0, 0, 4, 4, 4, 4]
    moved = GRID.view
    for _ in range(3):
        moved = moved.panned(1, 0, GRID.size)
        easel.paint(Picture(1, replace(GRID, view=moved)), cast(Painter, painter))
        assert painter.grids[-1].view == moved
    ctx.detect_framebuffer(0).use()
    easel.release()
    overlay.release()
