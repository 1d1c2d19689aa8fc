"""The atlas: dyadic squares that cover what is asked for, patches that are made once and dropped
in time."""

import gc
import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.ma  # or NumPy does so in the middle of a walk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.sign.shapes import csg
from viewer.program import parse
from viewer.program.number import places
from viewer.sign import atlas as module
from viewer.sign.atlas import Atlas, Square, sheet
from viewer.sign.cover import cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out
from viewer.view import Grid, View


def layout_of(text: str) -> Layout | None:
    formula = sign_form(parse(text.encode()))
    return None if isinstance(formula.root, bool) else lay_out(formula)


@settings(max_examples=max(20, settings().max_examples // 4))
@given(csg(), st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=9))
def test_a_patch_is_the_same_whenever_and_with_whatever_it_is_made(
    text: str, places: list[tuple[int, int]]
) -> None:
    layout = layout_of(text)
    if layout is None:
        return
    squares = [Square(3, 4, x, y) for x, y in places]
    together, kept, forgetful = Atlas(layout), Atlas(layout), Atlas(layout, 0)
    together.make(squares)
    for square in squares:
        kept.make([square])
        forgetful.make([square])
        patch = forgetful.patch(square)
        for other in (together.patch(square), kept.patch(square)):
            assert patch.inside.tolist() == other.inside.tolist()
            assert patch.rest.tolist() == other.rest.tolist()
            assert patch.groups.keys() == other.groups.keys()
            for n, group in patch.groups.items():
                pairs: list[tuple[NDArray[Any], NDArray[Any]]]
                pairs = list(zip(group, other.groups[n], strict=True))
                assert all(mine.tobytes() == its.tobytes() for mine, its in pairs)
            assert patch.rich_corner.tolist() == other.rich_corner.tolist()


CORNER = "\nh const 0.3\nu sub x h\nw sub y h\nv max u w\nr min t29 v\n"


@pytest.mark.parametrize("zoom", ["1e30", "1e300", "1e3000"])
def test_the_way_down_is_short_however_deep_it_is(
    zoom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And shorter for whoever was near before."""
    layout = layout_of(many(30) + CORNER)
    assert layout is not None
    atlas, done = Atlas(layout), []

    def counted(name: str) -> None:
        work = getattr(module, name)

        def call(*args: Any) -> Any:
            done.append(name)
            return work(*args)

        monkeypatch.setattr(module, name, call)

    counted("refine")
    counted("reanchored")
    grid = Grid(View.parse(f"0.3,0.3@{zoom}"), 400, 300)
    assert cover(layout, atlas, grid, grid.whole).tests
    assert len(done) < 20
    done.clear()
    for _ in range(20):  # as by a hand
        grid = replace(grid, view=grid.view.panned(40, 20, grid.size))
        cover(layout, atlas, grid, grid.whole)
    assert len(done) < 10


def test_what_is_there_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = layout_of("x var-x\ny var-y\nr max x y")
    assert layout is not None
    atlas = Atlas(layout)
    first = [Square(3, 4, x, 7) for x in range(6, 9)]
    atlas.make(first)
    size = atlas.bytes
    monkeypatch.setattr(module, "build", None)
    atlas.make(first)
    assert atlas.missing(first) == []
    assert atlas.bytes == size
    assert atlas.missing([Square(3, 4, 0, 0), first[0]]) == [Square(3, 4, 0, 0)]


def test_what_is_wanted_with_others_stays() -> None:
    """However little memory there is, a picture's patches can be made a few at a time."""
    layout = layout_of(many(30))
    assert layout is not None
    squares = [Square(3, 5, x, y) for x in range(13, 19) for y in range(13, 19)]
    atlas = Atlas(layout, 0)
    for _ in range(20):
        if missing := atlas.missing(squares):
            atlas.make(missing[:2], keep=len(squares))
    assert atlas.missing(squares) == []
    atlas.make(squares[:1])
    assert len(atlas.missing(squares)) == len(squares) - 1


def test_least_recently_used_goes_first() -> None:
    layout = layout_of(many(30))
    assert layout is not None
    squares = [Square(3, 5, x, y) for x in range(13, 19) for y in range(13, 19)]
    sizes = Atlas(layout)
    sizes.make(squares)
    atlas = Atlas(layout, sizes.bytes // 2)
    for square in squares[:10]:
        atlas.make([square])
    first = squares[0]
    for square in squares[10:]:
        assert not atlas.missing([first]), "used a moment ago, and dropped"
        atlas.make([square])
        assert not atlas.missing([square])
    assert squares[1] in atlas.missing(squares)


def many(count: int) -> str:
    """Discs all over the middle, some of them holes."""
    chance = random.Random(count)
    lines, top = ["x var-x", "y var-y"], ""
    for index in range(count):
        a, b, r = (f"{chance.uniform(-1.5, 1.5):.3f}" for _ in range(3))
        lines += [f"a{index} const {a}", f"b{index} const {b}", f"r{index} const {r}"]
        lines += [f"d{index} sub x a{index}", f"e{index} sub y b{index}"]
        lines += [f"f{index} square d{index}", f"g{index} square e{index}"]
        lines += [f"h{index} add f{index} g{index}", f"i{index} sqrt h{index}"]
        lines += [f"s{index} abs r{index}", f"j{index} sub i{index} s{index}"]
        new = f"j{index}"
        if top and chance.random() < 0.4:
            lines += [f"n{index} neg j{index}", f"t{index} max {top} n{index}"]
            new = f"t{index}"
        elif top:
            lines.append(f"t{index} min {top} j{index}")
            new = f"t{index}"
        top = new
    return "\n".join(lines)


def walked(atlas: Atlas, layout: Layout, steps: int) -> Iterator[int]:
    """Pans, zooms both ways and jumps; yields what the pictures' own patches take."""
    chance, size = random.Random(5), (400, 300)
    view = View()
    for _ in range(steps):
        kind = chance.random()
        if kind < 0.5:
            view = view.panned(chance.uniform(-300, 300), chance.uniform(-300, 300), size)
        elif kind < 0.95:
            at = chance.uniform(0, 400), chance.uniform(0, 300)
            view = view.zoomed(chance.uniform(-3, 3.2), at, size)
        else:
            x, y = (Fraction(chance.randrange(-150, 150), 100) for _ in range(2))
            view = View(
                x, y, Fraction(10) ** chance.choice((0, 0, 1, 3, 25, -chance.randrange(150)))
            )
        grid = Grid(view, *size)
        cover(layout, atlas, grid, grid.whole)
        yield sum(atlas.patch(square).bytes for square in sheet(grid, grid.whole).squares())


def walk(steps: int, memory: int) -> None:
    """What is kept stays within its bound for a long time, as the atlas counts it and as Python
    does; and the atlas does get full."""
    layout = layout_of(many(60))
    assert layout is not None
    for _ in walked(Atlas(layout, memory), layout, 250):
        pass  # so that all modules are there
    atlas, full = Atlas(layout, memory), 0
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for needed in walked(atlas, layout, steps):
            assert atlas.bytes <= max(memory, needed + memory // 4)
            full = max(full, atlas.bytes)
            kept = tracemalloc.get_traced_memory()[0] - before
            assert kept <= 1.2 * max(memory, atlas.bytes), "more than it counts"
    finally:
        tracemalloc.stop()
    assert full > 0.9 * memory, "it never had to forget anything"


def test_memory_stays_within_its_bound_in_a_random_walk() -> None:
    walk(250, 2**19)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_memory_stays_within_its_bound_in_a_very_long_walk() -> None:
    walk(6_000, 2**21)


def test_patches_are_not_driven_out_by_the_squares_that_they_are_made_from() -> None:
    layout = layout_of(many(60))
    assert layout is not None
    atlas = Atlas(layout, 2**19)
    for _ in walked(atlas, layout, 250):
        pass
    home = Grid(View(), 400, 300)
    cover(layout, atlas, home, home.whole)
    squares = list(sheet(home, home.whole).squares())
    assert sum(atlas.patch(square).bytes for square in squares) < 2**18
    near = Grid(View().zoomed(1, (9, 9), home.size), 400, 300)
    cover(layout, atlas, near, near.whole)
    assert atlas.missing(squares) == []


def test_zooming_out_for_ever_piles_nothing_up() -> None:
    """Each picture from further away has a root square of its own."""
    layout = layout_of(many(60))
    assert layout is not None
    atlas, kept = Atlas(layout, 2**16), []
    tracemalloc.start()
    try:
        for exponent in range(0, 160, 4):
            grid = Grid(View(base=Fraction(1, 10**exponent)), 40, 30)
            cover(layout, atlas, grid, grid.whole)
            if exponent in (40, 156):
                gc.collect()  # what Python keeps of tuples for the next ones counts as well
                places.cache_clear()  # and so do numbers, of which so many are kept and no more
                kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert kept[1] - kept[0] < 2**15


def test_emptiness_takes_memory_too() -> None:
    """Patches in which nothing is open are small, but there can be many of them."""
    layout = layout_of("x var-x\ny var-y\nr max x y")
    assert layout is not None
    atlas = Atlas(layout, 2**16)
    for x in range(2000):
        atlas.make([Square(3, 14, x, 0)])
    there = 2000 - len(atlas.missing([Square(3, 14, x, 0) for x in range(2000)]))
    assert 0 < there < 300


def test_a_block_of_every_patch_that_a_large_picture_has() -> None:
    layout = layout_of("x var-x\ny var-y\nc const 0.1\nd sub x c\nr max d y")
    assert layout is not None
    atlas, grid = Atlas(layout, 0), Grid(View(Fraction(1, 3)), 5000, 3000)
    pixels = 0
    for block in grid.blocks(700, 900):
        found = cover(layout, atlas, grid, block)
        pixels += int((found.ground[:, 2].astype(np.int64) * found.ground[:, 3]).sum())
    assert pixels == 5000 * 3000
