"""Programs drawn at any depth as a window draws: square after square, and never waiting."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from fractions import Fraction

import moderngl
import numpy as np
import pytest

from tests.deep_gl.painting import HEIGHT, WAVES, WIDTH, drawn, misplaced, point, prepared, target
from viewer.engines.numpy_gc import NumpyGc
from viewer.gpu.accuracy import local_accuracy
from viewer.gpu.choice import FINE, USABLE
from viewer.gpu.deep import Deep, any_depth
from viewer.gpu.local import LocalShaders, write
from viewer.passes import optimise
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import Doubt, localise
from viewer.zoom.squares import close_square, part_of, roomy_square


def waves(ctx: moderngl.Context, digits: int) -> tuple[Deep, Grid]:
    """A painter, and a picture at zoom 10**digits, which it is ready for."""
    program = optimise(parse(WAVES))
    grid = Grid(View(*point(program, 200), Fraction(10) ** digits), WIDTH, HEIGHT)
    painter = any_depth(ctx, program)
    prepared(painter, grid)
    return painter, grid


def test_the_way_out_and_home_always_works(ctx: moderngl.Context) -> None:
    program = optimise(parse(WAVES))
    painter = any_depth(ctx, program)
    x, y = point(program, 200)
    home = Grid(View(x, y), WIDTH, HEIGHT)
    for zoom in (10**40, 10**39, 10**3, 10, 1):
        grid = replace(home, view=View(x, y, Fraction(zoom)))
        prepared(painter, grid)
        assert 0.1 < drawn(ctx, painter, grid).mean() < 0.9
        assert painter.at_home == (zoom < 100)
    expected = NumpyGc(program).field(home, home.whole)
    assert misplaced(drawn(ctx, painter, home), expected, 1e-3) == 0
    painter.release()


def test_a_picture_that_is_nearly_right_comes_first(
    ctx: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some octaves deeper than the square is good for it still serves, and says that it is not
    the last word. Beside it, or much deeper, it does not serve."""
    painter, near = waves(ctx, 12)
    deeper = replace(near, view=replace(near.view, base=near.view.base * 512))
    assert FINE < 512 * WIDTH < USABLE
    far = replace(near, view=replace(near.view, base=Fraction(10) ** 30))
    beside = replace(near, view=near.view.panned(5 * WIDTH, 0, near.size))
    with monkeypatch.context() as patch:
        patch.setattr("viewer.gpu.nearby.in_background", lambda work: Future())
        assert painter.ready(deeper, 0.0)
        assert not painter.settled(deeper)
        assert not painter.ready(far, 0.0)
        assert not painter.ready(beside, 0.0)
    painter.release()


def test_what_lies_in_the_last_square_is_sketched(ctx: moderngl.Context) -> None:
    painter, near = waves(ctx, 12)
    out = replace(near, view=replace(near.view, base=Fraction(10) ** 11))
    square = roomy_square(near, near.whole)
    part = part_of(out, out.whole, square)
    assert 0 < part.width < WIDTH
    with target(ctx, WIDTH, HEIGHT) as made:
        made.clear(0.5, 0.5, 0.5, 1.0)
        painter.sketch(out, made)
        grey = np.frombuffer(made.read(components=1), np.uint8).reshape(HEIGHT, WIDTH)[::-1]
    rows, columns = slice(part.j, part.j + part.height), slice(part.i, part.i + part.width)
    assert set(np.unique(grey[rows, columns])) == {0, 255}
    assert (np.delete(grey, np.r_[columns], axis=1) == 128).all()
    painter.release()


def test_the_height_of_the_slice_counts_where_it_is_read(ctx: moderngl.Context) -> None:
    flat, tall = (b"x var-x\nz var-z\ns sin x\nr add s " + end for end in (b"x", b"z"))
    for text, differ in ((flat, False), (tall, True)):
        painter = Deep(ctx, parse(text))
        low = Grid(View.parse("0,0@1e9"), 8, 8)
        high = replace(low, z=Fraction(1))
        found = [drawn(ctx, painter, grid) for grid in (low, high)]
        assert (found[0] != found[1]).any() == differ
        painter.release()


def test_doubts_are_told() -> None:
    grid = Grid(View.parse("0.1,0.2@1e9"), WIDTH, HEIGHT)
    local = localise(optimise(parse(WAVES)), roomy_square(grid, grid.whole))
    assert local_accuracy(local, grid).good
    doubtful = replace(local, doubts=(Doubt(7, "a pole"), Doubt(9, "another")))
    assert str(local_accuracy(doubtful, grid)) == "approximate: line 7: a pole"


def test_a_field_that_vanishes_is_told() -> None:
    """Next to a root that grows by 1e-20, what is 1e-40 is left out, though it decides the sign."""
    program = parse(b"x var-x\ny var-y\ns sqrt x\nm min s y\na abs y\nb sub m a\n")
    grid = Grid(View(base=Fraction(10) ** 40), 8, 8)
    local = localise(program, close_square(grid, grid.whole))
    accuracy = local_accuracy(local, grid)
    assert not accuracy.good
    assert str(accuracy).startswith("approximate: ")


def test_pipelines_that_are_not_used_are_given_back(
    ctx: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.gpu.local.PIPELINES", 2)
    shaders = LocalShaders(ctx, "test")
    square = Anchor(Fraction(0), Fraction(0), Fraction(1))
    texts = (b"x var-x\nr sin x", b"x var-x\nr cos x", b"x var-x\nr exp x")
    written = []
    for text in texts:
        padded = text + b"\ny var-y\nd sub r y"
        written.append(write(parse(padded), square, Fraction(0)))
        shaders.compile(written[-1].source)
    assert [shaders.ready(each) for each in written] == [False, True, True]
    shaders.compile(written[1].source)
    shaders.compile(written[0].source)
    assert [shaders.ready(each) for each in written] == [True, True, False]
    assert shaders.compiled == 4
    shaders.release()


def test_the_survey_tells_what_draws(ctx: moderngl.Context) -> None:
    painter, grid = waves(ctx, 30)
    (zone,) = painter.survey(grid).zones
    assert zone.name == painter.summary.removeprefix("glsl, ").removesuffix(" around here")
    assert zone.rectangles.tolist() == [list(grid.whole)]
    home = Grid(View(), WIDTH, HEIGHT)
    prepared(painter, home)
    assert painter.survey(home).notes[0].endswith("operations a pixel on average")
    painter.release()
