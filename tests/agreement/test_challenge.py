"""The challenge's own pictures, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.engines import running
from viewer.engines.registry import ENGINES, Row
from viewer.program import read
from viewer.view import Block, Grid, View

Mask = NDArray[np.bool_]

FLOAT64 = pytest.mark.parametrize(
    "row", [row for row in ENGINES if row.digits == "float64"], ids=lambda row: row.name
)
FILES = pytest.mark.parametrize(
    ("file", "reference", "count"),
    [("prospero-1024.png", False, 132816), ("prospero-1024-reference.png", True, 132033)],
)


def expected_picture(shared: Path, file: str) -> Mask:
    with Image.open(shared / "expected" / file) as image:
        return np.asarray(image.convert("L")) > 127


@FILES
@FLOAT64
def test_stripes_of_the_challenge(
    shared: Path, row: Row, file: str, reference: bool, count: int
) -> None:
    """Every 64th pair of rows, bit for bit."""
    expected = expected_picture(shared, file)
    assert int(expected.sum()) == count
    grid = Grid(View(), 1024, 1024, reference=reference)
    with running(row, read(shared / "models" / "prospero.vm")) as engine:
        for j in range(17, 1024, 64):
            found = engine.inside(grid, Block(0, j, 1024, 2))
            np.testing.assert_array_equal(found, expected[j : j + 2])


WHOLE = pytest.mark.parametrize(
    "row",
    [row for row in ENGINES if row.name != "numpy"],  # which would keep 60 GB
    ids=lambda row: row.name,
)


@pytest.mark.slow
@FILES
@WHOLE
def test_the_challenge_whole(
    shared: Path, row: Row, file: str, reference: bool, count: int
) -> None:
    """Every engine, float32 included: 0 of 1,048,576 pixels differ."""
    expected = expected_picture(shared, file)
    grid = Grid(View(), 1024, 1024, reference=reference)
    with running(row, read(shared / "models" / "prospero.vm")) as engine:
        found = engine.inside(grid, grid.whole)
    assert int((found != expected).sum()) == 0
    assert int(found.sum()) == count
