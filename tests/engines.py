"""Engines that are given back, or that skip a test; what all of them promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from viewer.engines.engine import Engine
from viewer.engines.registry import Row
from viewer.errors import NoDeviceError
from viewer.program import Program
from viewer.view import Grid


@contextmanager
def running(row: Row, program: Program) -> Iterator[Engine]:
    """The engine of a row for a program, or a skip."""
    try:
        engine = row.make(program)
    except NoDeviceError as error:
        pytest.skip(f"{row.name}: {error}")
    try:
        yield engine
    finally:
        engine.close()


def assert_blocks_are_the_whole(
    engine: Engine, grid: Grid, width: int, height: int, *, field: bool
) -> None:
    """That a picture, or its field, has the same bits when it is drawn in blocks of that size."""
    draw = engine.field if field else engine.inside
    whole = draw(grid, grid.whole)
    for block in grid.blocks(width, height):
        part = whole[block.j : block.j + block.height, block.i : block.i + block.width]
        assert draw(grid, block).tobytes() == part.tobytes()
