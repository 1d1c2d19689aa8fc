"""Local programs as shaders."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import moderngl

from tests.deep_gl.painting import HEIGHT, WAVES, WIDTH, bundled, drawn, point, target
from viewer.gpu.deep import Deep
from viewer.gpu.local import shader_of
from viewer.gpu.translate import MOST_CONSTANTS
from viewer.passes import optimise
from viewer.program import parse
from viewer.view import Grid, View


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
        assert str(painter.accuracy(grid)()) == "exact"
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
