"""Choosing between tiles and straight-line shaders: pages of the verdicts, and honest measuring."""

from __future__ import annotations

from typing import Any, cast

import moderngl
import pytest

from viewer.gpu import trial
from viewer.gpu.straight import Straight
from viewer.gpu.tiled import Tiled
from viewer.gpu.trial import Draft, Verdict, draft, glance, straight_frame, tiled_frame, verdict
from viewer.passes import optimise
from viewer.program import parse
from viewer.view import Block, Grid, View

WAVY = b"""x var-x
y var-y
s sin x
r const 0.3
t sub y s
a abs t
d sub a r
"""
GRID = Grid(View(), 200, 150)


class Work:
    """What a glance asks of a painter."""

    def __init__(self, operations: float) -> None:
        self._operations = operations

    def operations(self, grid: Grid) -> float:
        return self._operations


def glanced(seconds: float, ready: bool, tiled: float, straight: float, frame: float) -> Verdict:
    found = Draft(cast(Tiled, Work(tiled)), seconds, ready)
    return glance(found, cast(Straight, Work(straight)), frame, GRID)


def test_verdicts_as_a_page() -> None:
    assert glanced(1.2, False, 1, 100, 0.5) == (False, "tiles take over 1 s for a new view")
    assert glanced(0.7, True, 1, 100, 0.1) == (False, "tiles take 700 ms for a new view")
    assert glanced(0.5, True, 96, 100, 0.1) == (False, "tiles leave 96 % of the work")
    assert glanced(0.5, True, 20, 100, 0.1) == (True, "")
    assert verdict(0.010, 0.058) == (True, "10.0 ms a frame, glsl 58.0")
    assert verdict(0.017, 0.0227) == (False, "tiles take 17.0 ms a frame, this 22.7")


def test_tiles_are_worked_out_on_a_thread_of_their_own(ctx: moderngl.Context) -> None:
    found = draft(ctx, optimise(parse(WAVY)), GRID)
    assert found.ready and 0 < found.seconds < trial.PATIENCE
    assert found.tiled.ready(GRID, 0.0)
    found.tiled.release()


def test_tiles_that_take_too_long_are_given_up(
    ctx: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE", 0.0)
    found = draft(ctx, optimise(parse(WAVY)), GRID)
    assert not found.ready
    found.tiled.release()


@pytest.mark.parametrize("size", [(200, 150), (64, 1), (3, 9), (40, 1000)])
def test_what_is_measured_lies_in_the_picture_and_counts_for_all_of_it(
    ctx: moderngl.Context, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = Straight(ctx, optimise(parse(WAVY)))
    blocks: list[Block] = []
    monkeypatch.setattr(straight, "draw", lambda grid, block, target, *, flip: blocks.append(block))
    clock = iter(range(100))
    monkeypatch.setattr(trial, "perf_counter", lambda: float(next(clock)))
    grid = Grid(View(), *size)
    seconds = straight_frame(ctx, straight, grid)
    drawn = set(blocks)
    for block in drawn:
        assert block.i == 0 and block.width == size[0]
        assert block.j >= 0 and block.j + block.height <= size[1]
    rows = [row for block in drawn for row in range(block.j, block.j + block.height)]
    assert len(rows) == len(set(rows)), "a row is measured twice"
    assert seconds == pytest.approx(size[1] / len(rows))
    straight.release()


def test_frames_are_measured_and_leave_the_target_as_it_was(ctx: moderngl.Context) -> None:
    program = optimise(parse(WAVY))
    straight, tiled = Straight(ctx, program), Tiled(ctx, program)
    target = ctx.simple_framebuffer((4, 4), 4)
    target.use()
    target.clear(0.25, 0.5, 0.75, 1.0)
    assert straight_frame(ctx, straight, GRID) > 0
    assert tiled_frame(ctx, tiled, GRID) > 0
    assert cast(Any, ctx.fbo).glo == target.glo
    assert target.read(components=1) == bytes([64]) * 16
    straight.release()
    tiled.release()
