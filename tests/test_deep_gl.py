"""Programs drawn at any depth: local programs as shaders, square after square, on the GPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import moderngl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from numpy.typing import NDArray

from tests.conftest import ROOT
from tests.strategies import fewer
from viewer.engines.numpy_gc import NumpyGc
from viewer.gpu.accuracy import local_accuracy
from viewer.gpu.choice import FINE, USABLE
from viewer.gpu.deep import Deep, any_depth
from viewer.gpu.local import LocalShaders, shader_of, write
from viewer.gpu.translate import MOST_CONSTANTS
from viewer.passes import optimise
from viewer.picture.render import box_filter
from viewer.program import Program, parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import Doubt, localise
from viewer.zoom.squares import across, cells, close_square, intersection, part_of, roomy_square

Mask = NDArray[np.bool_]

WIDTH, HEIGHT = 96, 72
WAVES = b"""x var-x
y var-y
a const 3
u mul a x
s sin u
f const 0.25
w mul f s
d sub y w
e abs d
r const 0.125
out sub e r
"""
SPIRAL = Fraction(7, 10), Fraction(28, 100)  # here as well, mirrored
TIPS = View.parse("0.98,0@1")  # frost repeats around it, 2.5 times smaller each time


@cache
def bundled(name: str) -> Program:
    return optimise(parse((ROOT / "assets" / f"{name}.vm").read_bytes(), name))


@contextmanager
def target(ctx: moderngl.Context, width: int, height: int) -> Iterator[moderngl.Framebuffer]:
    made = ctx.simple_framebuffer((width, height), 4)
    try:
        yield made
    finally:
        ctx.detect_framebuffer(0).use()
        made.release()


def drawn(ctx: moderngl.Context, painter: Deep, grid: Grid) -> Mask:
    with target(ctx, *grid.size) as made:
        painter.draw(grid, grid.whole, made, flip=True)
        data = np.frombuffer(made.read(components=1), np.uint8)
    return data.reshape(grid.height, grid.width) > 127


def prepared(painter: Deep, grid: Grid, seconds: float = 20.0) -> None:
    """Waits as a window does, until the picture is as right as it will be."""
    end = time.monotonic() + seconds
    while not (painter.ready(grid, 0.01) and painter.settled(grid)):
        assert time.monotonic() < end, "nothing came"


def misplaced(inside: Mask, values: NDArray[Any], pixels: float) -> int:
    """The pixels that are on the wrong side though no edge is so near."""
    rows, columns = np.gradient(values)
    slope = np.maximum(np.abs(rows), np.abs(columns))
    slope = np.maximum(slope, np.median(slope))  # where it is finer than pixels
    return int(((inside != (values < 0)) & (np.abs(values) > pixels * slope)).sum())


# --- squares -------------------------------------------------------------------------------------

views = st.builds(
    lambda x, y, exponent, part: View(x, y, Fraction(2) ** exponent * part),
    st.fractions(-2, 2, max_denominator=2**40),
    st.fractions(-2, 2, max_denominator=2**40),
    st.integers(-5, 400),
    st.fractions(1, 2, max_denominator=100),
)
grids = st.builds(Grid, views, st.integers(1, 3000), st.integers(1, 3000))


def holds(square: Anchor, grid: Grid) -> bool:
    return (
        abs(grid.view.x - square.x) + grid.width * grid.half <= square.half
        and abs(grid.view.y - square.y) + grid.height * grid.half <= square.half
    )


@given(grids)
def test_squares_hold_their_picture(grid: Grid) -> None:
    close, roomy = close_square(grid, grid.whole), roomy_square(grid, grid.whole)
    assert holds(close, grid) and holds(roomy, grid)
    longer = max(grid.size)
    assert longer <= across(grid, close.half) < 2.01 * longer
    assert 2 * longer <= across(grid, roomy.half) < 4 * longer
    for square in (close, roomy):
        assert part_of(grid, grid.whole, square) == grid.whole
    assert max(abs(roomy.x - grid.view.x), abs(roomy.y - grid.view.y)) <= roomy.half / 4
    for square in (close, roomy):
        assert all(value.denominator & (value.denominator - 1) == 0 for value in square)


@given(grids, st.floats(-0.24, 0.24), st.floats(-0.24, 0.24))
def test_a_roomy_square_serves_what_is_near(grid: Grid, dx: float, dy: float) -> None:
    square = roomy_square(grid, grid.whole)
    longer = max(grid.size)
    moved = replace(grid, view=grid.view.panned(dx * longer, dy * longer, grid.size))
    assert holds(square, moved)


@given(st.builds(Grid, views, st.integers(1, 40), st.integers(1, 40)), st.data())
def test_the_part_of_a_square_is_its_samples(grid: Grid, data: st.DataObject) -> None:
    x, y = (data.draw(st.fractions(-2, 2, max_denominator=64)) for _ in range(2))
    half = grid.half * data.draw(st.integers(1, 100))
    square = Anchor(grid.view.x + x * grid.half * 20, grid.view.y + y * grid.half * 20, half)
    found = part_of(grid, grid.whole, square)
    xs = [grid.view.x + (2 * i - (grid.width - 1)) * grid.half for i in range(grid.width)]
    ys = [grid.view.y - (2 * j - (grid.height - 1)) * grid.half for j in range(grid.height)]
    columns = [i for i, at in enumerate(xs) if abs(at - square.x) <= half]
    rows = [j for j, at in enumerate(ys) if abs(at - square.y) <= half]
    if columns and rows:
        assert found == (columns[0], rows[0], len(columns), len(rows))
    else:
        assert not (found.width and found.height)


@given(grids, st.integers(1, 900), st.data())
def test_cells_are_the_pictures_own(grid: Grid, side: int, data: st.DataObject) -> None:
    """Any cut of the picture into blocks meets the same cells, and each pixel lies in one."""
    side += max(grid.size) // 20
    whole = list(cells(grid, grid.whole, side))
    assert sum(cell.width * cell.height for cell in whole) == grid.width * grid.height
    i, j = (data.draw(st.integers(0, size - 1)) for size in grid.size)
    width, height = (
        data.draw(st.integers(1, size - at)) for size, at in zip(grid.size, (i, j), strict=True)
    )
    block = grid.whole._replace(i=i, j=j, width=width, height=height)
    met = list(cells(grid, block, side))
    assert set(met) <= set(whole)
    for cell in met[:3]:
        assert part_of(grid, cell, close_square(grid, cell)) == cell
        assert part_of(grid, cell, roomy_square(grid, cell)) == cell
    wider = block._replace(i=i - side, j=j - 1, width=width + 2 * side, height=height + 2)
    around = list(cells(grid, wider, side))
    assert set(met) <= set(around)
    clipped = [intersection(cell, wider) for cell in around]
    assert sum(part.width * part.height for part in clipped) == wider.width * wider.height
    parts = [intersection(cell, block) for cell in met]
    assert sum(part.width * part.height for part in parts) == width * height


# --- shaders -------------------------------------------------------------------------------------


def test_programs_that_differ_in_numbers_share_a_shader(ctx: moderngl.Context) -> None:
    painter = Deep(ctx, bundled("jellyfish"))
    edge = point(bundled("jellyfish"), 200)
    for exponent in (30, 31, 35, 40, 45):
        grid = Grid(View(*edge, Fraction(10) ** exponent), WIDTH, HEIGHT)
        inside = drawn(ctx, painter, grid)
        assert 0.02 < inside.mean() < 0.98
        moved = replace(grid, view=grid.view.panned(40, 30, grid.size))
        assert (drawn(ctx, painter, moved)[31:, 41:] == inside[1:-30, 1:-40]).mean() > 0.99
    assert painter.compiled <= 2
    painter.release()


def test_a_field_without_edges_has_no_shader(ctx: moderngl.Context) -> None:
    painter = Deep(ctx, optimise(parse(WAVES)))
    for centre, inside in (("0,0", True), ("0,0.5", False)):
        grid = Grid(View.parse(f"{centre}@1e9"), 8, 8)
        assert (drawn(ctx, painter, grid) == inside).all()
        assert str(painter.accuracy(grid)) == "exact"
        with target(ctx, 8, 8) as made:
            painter.draw_smooth(grid, grid.whole, 4, made, flip=True)
            assert set(made.read(components=1)) == {255 if inside else 0}
    assert painter.compiled == 0
    painter.release()


def test_more_constants_than_a_block_holds_go_into_the_text() -> None:
    lines, last = ["x var-x"], "x"
    for index in range(MOST_CONSTANTS):
        lines += [f"c{index} const {index + 1}", f"a{index} add {last} c{index}"]
        last = f"a{index}"
    source, numbers = shader_of(parse("\n".join(lines).encode()), "inside.frag")
    assert f"vec4 constants[{MOST_CONSTANTS // 4}]" in source
    assert numbers.tolist() == [float(n + 1) for n in range(MOST_CONSTANTS)]
    lines += ["more const 0.5", f"out add {last} more"]
    source, numbers = shader_of(parse("\n".join(lines).encode()), "inside.frag")
    assert "Constants" not in source
    assert not len(numbers)


# --- pictures ------------------------------------------------------------------------------------

POINTS: dict[str, Callable[..., mpf]] = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "exp", "sqrt", "atan", "atan2")},
    "ln": mp.log,
    "abs": abs,
    "min": min,
    "max": max,
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "square": lambda a: a * a,
}


def value(program: Program, x: Fraction, y: Fraction) -> mpf:
    """The program's value in mpmath's precision."""
    at = {"x": mpf(x.numerator) / x.denominator, "y": mpf(y.numerator) / y.denominator}
    values: list[mpf] = []
    for op, args, number, _ in program.instrs:
        if op.variable is not None:
            values.append(at[op.variable])
        elif number is not None:
            values.append(mpf(str(number)))
        else:
            values.append(POINTS[op.name](*[values[arg] for arg in args]))
    return values[-1]


def point(program: Program, bits: int) -> tuple[Fraction, Fraction]:
    """A point within 2^-bits of an edge, on a line through the picture."""
    y = Fraction(3, 16)
    with mp.workprec(bits + 64):
        line = [Fraction(i, 32) for i in range(-32, 33)]
        signs = [value(program, x, y) < 0 for x in line]
        place = next(i for i in range(64) if signs[i] != signs[i + 1])
        low, high = line[place], line[place + 1]
        for _ in range(bits):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if (value(program, middle, y) < 0) == signs[place] else (low, middle)
            )
    return low, y


@pytest.mark.parametrize("exponent", [3, 9, 40])
def test_pictures_are_what_exact_arithmetic_says(ctx: moderngl.Context, exponent: int) -> None:
    program = bundled("jellyfish")
    grid = Grid(View(*point(program, 160), Fraction(10) ** exponent), 16, 16)
    painter = Deep(ctx, program)
    inside = drawn(ctx, painter, grid)
    painter.release()
    assert 0 < inside.mean() < 1
    with mp.workprec(300):
        for j, i in np.ndindex(16, 16):
            x = grid.view.x + (2 * i - 15) * grid.half
            y = grid.view.y - (2 * j - 15) * grid.half
            here, near = value(program, x, y), grid.half / 500
            if (here < 0) != inside[j, i]:
                around = [(x + near, y), (x - near, y), (x, y + near), (x, y - near)]
                assert any((value(program, *at) < 0) != (here < 0) for at in around)


@pytest.mark.parametrize("level", [1, 2, 16, 37, 60, 90])
def test_the_fractal_is_the_same_picture_at_every_level(ctx: moderngl.Context, level: int) -> None:
    """By construction (see the file): at zoom 2.5^k around the tip, pixel for pixel but for edges
    that pass through a pixel's centre."""
    painter = Deep(ctx, bundled("frost"))
    # No sample lies on an axis of symmetry, where all of them are on an edge.
    there, home = (
        Grid(replace(TIPS, base=Fraction(5, 2) ** k * Fraction(17, 8)), 63, 64) for k in (level, 0)
    )
    differing = int((drawn(ctx, painter, there) != drawn(ctx, painter, home)).sum())
    painter.release()
    assert differing <= 8


@pytest.mark.parametrize(
    ("name", "frames", "start"),
    [
        ("jellyfish", 16, 12),
        ("frost", 8, 30),
        pytest.param("jellyfish", 500, 3, marks=pytest.mark.slow),
        pytest.param("frost", 120, 3, marks=pytest.mark.slow),
    ],
)
def test_a_zoom_through_many_squares_is_one_zoom(
    ctx: moderngl.Context, name: str, frames: int, start: int
) -> None:
    """Each frame is what float64 makes of one local program that serves a part of the film, so
    that nothing moves where a square ends."""
    program = bundled(name)
    x, y = SPIRAL if name == "frost" else point(program, 300)
    painter = any_depth(ctx, program)
    squares = set()
    truth = localise(program, Anchor(x, y, Fraction(2) ** -start * 2))
    for frame in range(frames):
        octaves = frame // 4 if frames > 100 else Fraction(frame, 5)
        view = View(x, y, Fraction(2) ** start).zoomed(float(octaves), (40, 30), (WIDTH, HEIGHT))
        grid = Grid(view, WIDTH, HEIGHT)
        prepared(painter, grid)
        inside = drawn(ctx, painter, grid)
        squares.add(roomy_square(grid, grid.whole))
        if across(grid, truth.anchor.half) > 2.0**28 or not truth.covers(grid):
            truth = localise(program, Anchor(view.x, view.y, grid.half * 2**10))
        values = NumpyGc(truth.program).field(truth.grid(grid), grid.whole)
        assert misplaced(inside, values, 2e-3) <= 1, frame
    assert len(squares) >= frames // 8
    painter.release()


@fewer(6)
@given(st.integers(5, 120), st.integers(-40, 40), st.integers(-30, 30))
def test_two_squares_show_the_same(exponent: int, dx: int, dy: int) -> None:
    """Roomy or close: what differs lies within a thousandth of a pixel of an edge."""
    program = bundled("jellyfish")
    view = View(*EDGE, Fraction(2) ** exponent).panned(dx, dy, (WIDTH, HEIGHT))
    grid = Grid(view, WIDTH, HEIGHT)
    pictures = []
    for square in (close_square(grid, grid.whole), roomy_square(grid, grid.whole)):
        local = localise(program, square)
        values = NumpyGc(local.program, np.float32).field(local.grid(grid), grid.whole)
        doubles = NumpyGc(local.program).field(local.grid(grid), grid.whole)
        assert misplaced(values < 0, doubles, 1e-3) == 0
        pictures.append(doubles * float(local.unit))
    assert misplaced(pictures[0] < 0, pictures[1], 1e-6) == 0


EDGE = point(bundled("jellyfish"), 160)


# --- as a window draws ---------------------------------------------------------------------------


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
    program = optimise(parse(WAVES))
    painter = any_depth(ctx, program)
    x, y = point(program, 200)
    near = Grid(View(x, y, Fraction(10) ** 12), WIDTH, HEIGHT)
    prepared(painter, near)
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
    painter = any_depth(ctx, optimise(parse(WAVES)))
    x, y = point(optimise(parse(WAVES)), 200)
    near = Grid(View(x, y, Fraction(10) ** 12), WIDTH, HEIGHT)
    prepared(painter, near)
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


def test_greys_are_the_means_of_samples(ctx: moderngl.Context) -> None:
    program = optimise(parse(WAVES))
    x, y = point(program, 200)
    for zoom, waits in ((1, True), (1, False), (10**9, True), (10**30, False)):
        grid = Grid(View(x, y, Fraction(zoom)), 48, 40)
        painter = any_depth(ctx, program)
        if waits:
            prepared(painter, grid)
            end = time.monotonic() + 20
            while not painter.smooth_ready(0.05):
                assert time.monotonic() < end
        for flip in (True, False):
            with target(ctx, *grid.size) as made:
                painter.draw_smooth(grid, grid.whole, 4, made, flip=flip)
                found = np.frombuffer(made.read(components=1), np.uint8).reshape(40, 48)
            fine = grid.supersampled(4)
            local = localise(program, close_square(fine, fine.whole))
            values = NumpyGc(local.program).field(local.grid(fine), fine.whole)
            expected = box_filter(values < 0, 4)
            differing = np.abs(found[:: 1 if flip else -1].astype(int) - expected)
            assert differing.max() <= 16
            assert (differing > 0).sum() <= 4
        painter.release()


def test_the_survey_tells_what_draws(ctx: moderngl.Context) -> None:
    painter = any_depth(ctx, optimise(parse(WAVES)))
    x, y = point(optimise(parse(WAVES)), 200)
    grid = Grid(View(x, y, Fraction(10) ** 30), WIDTH, HEIGHT)
    prepared(painter, grid)
    (zone,) = painter.survey(grid).zones
    assert zone.name == painter.summary.removeprefix("glsl, ").removesuffix(" around here")
    assert zone.rectangles.tolist() == [list(grid.whole)]
    home = Grid(View(), WIDTH, HEIGHT)
    prepared(painter, home)
    assert painter.survey(home).notes[0].endswith("operations a pixel on average")
    painter.release()


@pytest.mark.parametrize("zoom", [1, 10**30])
def test_a_field_is_drawn_in_pixels(ctx: moderngl.Context, zoom: int) -> None:
    program = optimise(parse(WAVES))
    x, y = point(program, 200)
    grid = Grid(View(x, y, Fraction(zoom)), 24, 18)
    painter = any_depth(ctx, program)
    pixels = ctx.renderbuffer(grid.size, 1, dtype="f4")
    made = ctx.framebuffer([pixels])
    painter.draw_field(grid, grid.whole, made)
    found = np.frombuffer(made.read(components=1, dtype="f4"), np.float32).reshape(18, 24)
    ctx.detect_framebuffer(0).use()
    made.release()
    pixels.release()
    painter.release()
    local = localise(program, close_square(grid, grid.whole))
    values = NumpyGc(local.program).field(local.grid(grid), grid.whole)
    expected = values * float(Fraction(local.unit) / (2 * grid.half))
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize("zoom", [1, 10**9])
def test_no_number_is_outside(ctx: moderngl.Context, zoom: int) -> None:
    """A driver's own min and max would hide it."""
    program = parse(b"x var-x\ny var-y\ns sqrt x\nm min s y\na abs y\nb sub m a\n")
    painter = Deep(ctx, program)
    grid = Grid(View(base=Fraction(zoom)), 8, 8)
    inside = drawn(ctx, painter, grid)
    assert not inside[:, :4].any()
    assert inside[4:, 4:].all()
    painter.release()


@pytest.mark.parametrize("view", ["0.08,0.32@6", "0.08,0.32@24", "0.08,0.1@3"])
def test_sums_that_may_be_large_and_are_small_keep_their_digits(view: str) -> None:
    """The arms of the jellyfish are a logarithm of a sum of exponentials, whose bounds are 1e13
    times what they are: in a roomy square as well."""
    program = bundled("jellyfish")
    large = Grid(View.parse(view), 1024, 768)
    local = localise(program, roomy_square(large, large.whole))
    grid = replace(large, width=128, height=96)
    found = NumpyGc(local.program, np.float32).field(local.grid(grid), grid.whole)
    expected = NumpyGc(program).field(grid, grid.whole)
    assert misplaced(found < 0, expected, 2e-3) == 0
