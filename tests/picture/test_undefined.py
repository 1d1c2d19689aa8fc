"""Where a program has no value: told by bounds, and red in pictures that have colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from tests.strategies import grids, programs
from viewer.engines.blocks import Blocks
from viewer.engines.numpy_gc import NumpyGc
from viewer.picture.look import Look
from viewer.picture.palettes import PALETTES, palette_of
from viewer.picture.save import save
from viewer.program import Program, parse
from viewer.sign.undefined import doubtful_rows, may_be_undefined
from viewer.view import Grid, View

ROOT = parse(b"x var-x\ny var-y\nr sqrt y\na sub r x\n")
DISC = parse(b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.5\nd sub s r")
GRID = Grid(View(), 40, 48)


@given(programs(), grids(deepest=4))
def test_no_row_without_a_value_is_passed_over(text: str, grid: Grid) -> None:
    program = parse(text.encode())
    for dtype in (np.float32, np.float64):
        field = NumpyGc(program, dtype).field(grid, grid.whole)
        missing = np.flatnonzero(np.isnan(field).any(axis=1))
        rows = doubtful_rows(program, grid)
        assert all(row in rows for row in missing.tolist())
        assert may_be_undefined(program) or not len(missing)


def test_rows_that_surely_have_values_are_left_out() -> None:
    rows = doubtful_rows(ROOT, GRID)
    assert GRID.height // 3 < rows.start <= GRID.height // 2
    assert rows.stop == GRID.height
    assert not doubtful_rows(ROOT, Grid(View(y=Fraction(4)), 40, 48))
    assert not may_be_undefined(DISC)
    deep = Grid(View(base=Fraction(10) ** 40), 40, 48)
    assert doubtful_rows(DISC, deep) == range(48)


def saved(tmp_path: Path, program: Program, look: Look, name: str, aa: int = 1) -> Image.Image:
    target = tmp_path / name
    with Blocks(program) as engine:
        save(target, program, GRID, engine=engine, look=look, aa=aa)
    image = Image.open(target)
    image.load()
    return image


@pytest.mark.parametrize("aa", [1, 3])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.ppm"])
def test_a_filling_in_colours_is_red_there(tmp_path: Path, name: str, aa: int) -> None:
    image = saved(tmp_path, ROOT, Look(palette=PALETTES["dark"]), name, aa)
    assert image.mode == "RGB"
    found = np.asarray(image)
    wanted = np.isnan(NumpyGc(ROOT).field(GRID, GRID.whole))
    assert np.array_equal((found == [255, 0, 0]).all(axis=2), wanted)


def test_it_is_opaque_where_the_outside_is_not(tmp_path: Path) -> None:
    image = saved(tmp_path, ROOT, Look(palette=palette_of("white,none")), "a.png")
    assert image.mode == "RGBA"
    assert tuple(np.asarray(image)[-1, 0]) == (255, 0, 0, 255)
    assert tuple(np.asarray(image)[0, 0])[3] in (0, 255)


def test_greys_say_outside_and_what_has_values_stays_small(tmp_path: Path) -> None:
    greys = saved(tmp_path, ROOT, Look(), "a.png")
    assert greys.mode == "L"
    assert not np.asarray(greys)[GRID.height // 2 + 1 :].any()
    assert saved(tmp_path, DISC, Look(palette=PALETTES["dark"]), "b.png").mode == "P"
    kept = saved(tmp_path, ROOT, Look(palette=PALETTES["dark"], pixels="palette"), "c.png")
    assert kept.mode == "P"
