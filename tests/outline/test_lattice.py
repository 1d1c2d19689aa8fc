"""Loops around the pixels that are inside."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from tests.outline.paths import area, filled
from viewer.picture.outline.lattice import Crossings, Points, loops, march

PICTURES = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))
CUTS = st.lists(st.integers(1, 11), max_size=4)
SADDLE = np.array([[True, False], [False, True]])


def marched(picture: NDArray[np.bool_], cuts: list[int], joined: bool) -> Crossings:
    height, width = picture.shape
    strips = np.split(picture, sorted({cut for cut in cuts if cut < height}))

    def inside(points: Points) -> NDArray[np.bool_]:
        return np.full(len(points), joined)

    return march(strips, (width, height), inside)


@given(PICTURES, CUTS, st.booleans())
@example(SADDLE, [], True)
@example(SADDLE, [1], False)
@example(np.zeros((1, 1), bool), [], False)
@example(np.ones((1, 1), bool), [], False)
def test_what_is_in_the_loops_is_the_picture(
    picture: NDArray[np.bool_], cuts: list[int], joined: bool
) -> None:
    found = marched(picture, cuts, joined)
    middles = (found.inner + found.outer) / 2
    polygons = [middles[loop] for loop in loops(found.after)]
    height, width = picture.shape
    assert np.array_equal(filled(polygons, width, height), picture)
    assert sorted(np.concatenate([[], *loops(found.after)]).tolist()) == list(range(len(middles)))


@given(PICTURES, CUTS, st.booleans())
def test_a_crossing_is_between_neighbours_and_its_cell_beside_it(
    picture: NDArray[np.bool_], cuts: list[int], joined: bool
) -> None:
    found = marched(picture, cuts, joined)
    framed = np.pad(picture, 1)
    for points, inside in ((found.inner, True), (found.outer, False)):
        column, row = (points + 0.5).astype(int).T
        assert (framed[row, column] == inside).all()
    assert np.array_equal(np.abs(found.inner - found.outer).sum(axis=1), np.ones(len(found.after)))
    middles = (found.inner + found.outer) / 2
    for ends in (middles, middles[found.after]):
        assert (np.abs(ends - found.cell).sum(axis=1) == 0.5).all()


def test_loops_go_round_the_inside_anticlockwise_and_round_holes_the_other_way() -> None:
    picture = np.ones((5, 6), bool)
    picture[2, 2:4] = False
    found = marched(picture, [], False)
    middles = (found.inner + found.outer) / 2
    areas = sorted(area(middles[loop]) for loop in loops(found.after))
    assert areas[0] < -25 < 0 < areas[1]


def test_a_saddle_is_joined_where_its_middle_is_inside() -> None:
    assert len(list(loops(marched(SADDLE, [], True).after))) == 1
    assert len(list(loops(marched(SADDLE, [], False).after))) == 2
