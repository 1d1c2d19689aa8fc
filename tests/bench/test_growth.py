"""Prefixes of a program: what is left of it, and what it draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.bench.growth import by_copies, by_operations, by_size, copies, operands, prefix
from viewer.engines.blocks import Blocks
from viewer.errors import UsageError
from viewer.passes import optimise, verify
from viewer.program import Program, parse, read
from viewer.resources import asset
from viewer.view import Grid, View

UNION = b"""x var-x
y var-y
shared square y
a add x shared
unused add x x
b mul x y
first min a b
c sub y shared
again max c a
last min first again
whole min last first
"""


def test_operands_are_in_the_order_of_writing() -> None:
    program = parse(UNION)
    assert [program.instrs[k].line for k in operands(program)] == [4, 6, 9]
    assert operands(parse(b"x var-x\ny neg x")) == [1]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "_0 var-x\n_1 var-y\n_2 square _1\n_3 add _0 _2\n"),
        (
            2,
            "_0 var-x\n_1 var-y\n_2 square _1\n_3 add _0 _2\n_4 mul _0 _1\n_5 min _3 _4\n",
        ),
    ],
)
def test_a_prefix_as_a_page(count: int, text: str) -> None:
    program = parse(UNION)
    assert prefix(program, operands(program), count).text() == text


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_prefix_draws_part_of_the_picture(some: int, more: int) -> None:
    program = parse(UNION) if some > 3 or more > 3 else TEXT
    parts = operands(program)
    few, many = sorted(min(count, len(parts)) for count in (some, more))
    small, large = (verify(prefix(program, parts, count)) for count in (few, many))
    assert len(small) <= len(large)
    inside, around, whole = (picture(p) for p in (small, large, program))
    assert not (inside & ~around).any()
    assert not (around & ~whole).any()


def picture(program: Program) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return picture_of(program, Grid(View(), 24, 24))


def picture_of(program: Program, grid: Grid) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with Blocks(program) as blocks:
        return blocks.inside(grid, grid.whole)


def test_the_whole_comes_last() -> None:
    path = asset("dreams.vm")
    source = path.read_bytes()
    cases = by_operations(source, str(path), "0,0@2", 64)
    assert cases[-1].source == source
    assert {case[1:] for case in cases} == {(str(path), "0,0@2", 64)}
    sizes = [optimise(parse(case.source)).operations for case in cases]
    assert len(sizes) == 5 and sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 8


def test_what_is_no_union_cannot_be_cut() -> None:
    with pytest.raises(UsageError) as caught:
        by_operations(b"x var-x\ny neg x", "neg.vm", "0,0", 64)
    assert str(caught.value) == (
        "--ops cuts a union: expected min or max at the end, neg.vm has 'neg'"
    )


def test_sizes_are_in_order_and_once() -> None:
    assert [case.size for case in by_size(b"", "a", "0,0", [64, 8, 64])] == [8, 64]


TEXT = read(Path(asset("gears.vm")))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_copies_stand_side_by_side(count: int) -> None:
    program, side = parse(UNION), 1 if count == 1 else 2
    whole = Grid(View(), 16 * side, 16 * side)
    one, rows = picture_of(program, Grid(View(), 16, 16)), -(-count // side)
    found = picture_of(verify(copies(program, count)), whole)
    top = (side - rows) * 8
    for copy in range(count):
        j, i = top + 16 * (copy // side), 16 * (copy % side)
        assert not (one & ~found[j : j + 16, i : i + 16]).any()
    if count == side**2:
        assert found.sum() >= count * one.sum()


def test_ten_copies_are_ten_times_the_program() -> None:
    source = Path(asset("dreams.vm")).read_bytes()
    first, last = by_copies(source, "dreams.vm", "0,0", 64, 10)
    assert (first.source, first[1:]) == (source, last[1:])
    one, ten = (parse(case.source).operations for case in (first, last))
    assert 10 * one <= ten <= 10 * (one + 5)
