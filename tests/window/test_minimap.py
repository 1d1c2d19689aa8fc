"""Laws of the chain of frames that shows where the view is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import fractions, sizes, views
from viewer.view import Size, View
from viewer.window.places.minimap import CLOSE, Frame, frames

INSET = (144, 108)
homes = st.builds(View, fractions(2), fractions(2), st.sampled_from((Fraction(1), Fraction(1, 3))))
most = st.integers(1, 5)


def corners(view: View, size: Size) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Left, bottom, right and top of a picture, in model units."""
    half = view.half(size)
    return (
        view.x - size[0] * half,
        view.y - size[1] * half,
        view.x + size[0] * half,
        view.y + size[1] * half,
    )


def holds(outer: View, outer_size: Size, inner: View, inner_size: Size) -> bool:
    a, b = corners(outer, outer_size), corners(inner, inner_size)
    return a[0] <= b[0] and a[1] <= b[1] and b[2] <= a[2] and b[3] <= a[3]


def assert_marked(frame: Frame, inner: View, size: Size) -> None:
    """That the mark is where the inner picture is on the frame."""
    left, bottom, right, top = corners(inner, size)
    pixel = 2 * frame.view.half(INSET)
    for x, y, place in (
        (left, top, (frame.mark.left, frame.mark.top)),
        (right, bottom, (frame.mark.right, frame.mark.bottom)),
    ):
        found = frame.view.model_at(place, INSET)
        assert abs(found[0] - x) < pixel / 1000
        assert abs(found[1] - y) < pixel / 1000


@given(views(deepest=150), homes, sizes(), most)
@example(View.parse("0,1.688@100"), View.parse("0,-0.01"), (1, 2), 2)
def test_each_frame_holds_the_next_and_shows_where_it_is(
    view: View, home: View, size: Size, most: int
) -> None:
    found = frames(view, home, size, INSET, most)
    assert 1 <= len(found) <= most
    assert holds(found[0].view, INSET, home, (100, 100))
    for outer, inner in pairwise(found):
        assert holds(outer.view, INSET, inner.view, INSET)
        assert_marked(outer, inner.view, INSET)
    assert holds(found[-1].view, INSET, view, size)
    assert_marked(found[-1], view, size)


@given(views(deepest=150), homes, st.integers(2, 5))
def test_with_two_frames_the_last_mark_is_seen(view: View, home: View, most: int) -> None:
    last = frames(view, home, (800, 600), INSET, most)[-1]
    span = last.mark.right - last.mark.left
    assert span > INSET[0] / 2 ** (CLOSE + 6)
    if len(frames(view, home, (800, 600), INSET, most)) > 1:
        assert not last.mark.small


@given(views(deepest=150), st.integers(-8, 8), st.integers(-8, 8))
def test_frames_stay_while_the_view_moves_a_little(view: View, i: int, j: int) -> None:
    """Of eight moves each way at most one crosses a step of a frame."""
    size = (800, 600)
    chains = [
        tuple(
            frame.view for frame in frames(view.panned(i * n, j * n, size), View(), size, INSET, 3)
        )
        for n in range(8)
    ]
    assert sum(a != b for a, b in pairwise(chains)) <= 3


@pytest.mark.parametrize("zoom", ["1", "100", "1e7", "1e100", "1e-40"])
def test_the_chain_as_a_page(zoom: str) -> None:
    view = View.parse(f"-0.25,0.65@{zoom}")
    found = [float(frame.view.zoom) for frame in frames(view, View(), (800, 600), INSET, 3)]
    wanted = {
        "1": [0.5],
        "100": [0.5, 2.0**3],
        "1e7": [0.5, 2.0**9, 2.0**19],
        "1e100": [0.5, 2.0**163, 2.0**328],
    }
    if zoom in wanted:
        assert found == wanted[zoom]
    else:
        assert len(found) == 1
        assert found[0] < float(zoom)


def test_a_view_elsewhere_is_on_the_map_too() -> None:
    away = View(Fraction(1000), Fraction(-3), Fraction(1))
    outer, inner = frames(away, View(), (800, 600), INSET, 2)
    assert holds(outer.view, INSET, away, (800, 600))
    assert not inner.mark.small
    (only,) = frames(away, View(), (800, 600), INSET, 1)
    assert only.mark.small
    (near,) = frames(replace(away, x=Fraction(1, 2)), View(), (800, 600), INSET, 3)
    assert not near.mark.small
