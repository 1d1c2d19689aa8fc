"""All engines, one picture: every engine of the registry against the oracle.

The *rounding band* is what an engine may get wrong. It is stated by the row's `digits`:

    float64, float32   pixels whose field is within the running error bound of such floats (see
                       `tests/band.py`), coordinates included; where there is no such bound (next
                       to the end of acos, say, or past overflow), pixels within a hundredth of a
                       pixel of the shape's edge
    exact              pixels within a thousandth of a pixel of the edge

Elsewhere no pixel may differ. An engine that cannot run here is skipped with its own reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agreement.expected import flaws, picture, spots
from tests.band import DIGITS
from tests.conftest import ROOT, model_paths
from tests.engines import running
from viewer.engines.registry import ENGINES, Row
from viewer.program import read

SLOW_FROM = {"glsl-whole": 1000, "interpreter": 3000, "jit": 9000, "jit64": 9000}
"""Programs with more operations than this wait for the slow suite: they take seconds to compile, or
to draw, where the GPU is the processor."""


def cases() -> Iterator[Any]:
    for row in ENGINES:
        for path in model_paths():
            size = sum(line.strip() != b"" for line in path.read_bytes().splitlines())
            slow = [pytest.mark.slow] if size > SLOW_FROM.get(row.name, size) else []
            yield pytest.param(row, path, marks=slow, id=f"{row.name}-{path.stem}")


@pytest.mark.parametrize(("row", "path"), list(cases()))
def test_an_engine_draws_what_the_oracle_says(row: Row, path: Path) -> None:
    found = {}
    with running(row, read(path)) as engine:
        for name, spot in spots(path).items():
            grid = spot.grid()
            inside = engine.inside(grid, grid.whole)
            assert inside.shape == (spot.height, spot.width)
            assert inside.dtype == np.bool_
            found[name] = flaws(inside, picture(path, spot, row.digits))
    assert found == dict.fromkeys(found, "")


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
def test_a_picture_is_the_same_however_it_is_cut(row: Row) -> None:
    """Pixel for pixel, in the band too."""
    path = ROOT / "assets" / "hello.vm"
    spot = spots(path)["off-centre"]
    grid = spot.grid()
    with running(row, read(path)) as engine:
        whole = engine.inside(grid, grid.whole)
        for width, height in ((97, 1), (1, 41), (10, 7), (64, 64)):
            for block in grid.blocks(width, height):
                rows = slice(block.j, block.j + block.height)
                columns = slice(block.i, block.i + block.width)
                np.testing.assert_array_equal(engine.inside(grid, block), whole[rows, columns])


def test_flaws_are_seen(model: Path) -> None:
    """A picture moved by one pixel is a wrong one, in every band."""
    spot = spots(model)["detail"]
    for digits in (*DIGITS, "exact"):
        expected = picture(model, spot, digits)
        assert flaws(expected.inside, expected) == ""
        assert "pixels differ" in flaws(np.roll(expected.inside, 1, axis=1), expected)
