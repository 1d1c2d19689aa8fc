"""The legend of the tile view: pages of its text, laws of its lines and colours."""

from __future__ import annotations

import moderngl
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.gpu.marks import Layer, Marks
from viewer.sign.survey import Survey, Zone
from viewer.window.text.legend import RAMP, ROOM, colour, edges, layers, legend_panel


def zone(name: str, heat: float, *rectangles: tuple[int, int, int, int]) -> Zone:
    return Zone(name, heat, np.array(rectangles, np.int32).reshape(-1, 4))


SURVEY = Survey(
    (
        zone("no edge", 0.0, (0, 0, 8, 8), (8, 0, 8, 8), (0, 8, 8, 8)),
        zone("2 tests", 0.2, (8, 8, 8, 8)),
    ),
    np.array([[0, 0, 16, 16]], np.int32),
    ("one patch",),
)


def test_a_legend_as_a_page() -> None:
    assert legend_panel(SURVEY, 60).text().splitlines() == [
        "work of a pixel  tiles    area",
        "■ no edge            3  75.0 %",
        "■ 2 tests            1  25.0 %",
        "one patch",
    ]
    assert legend_panel(None, 20).text().splitlines() == ["no tiles: every", "pixel is drawn alike"]


@given(st.text(max_size=60), st.integers(30, 100))
def test_no_legend_is_wider_than_it_may_be(name: str, columns: int) -> None:
    survey = SURVEY._replace(zones=(zone(name, 1.0, (0, 0, 4, 4)),), notes=(name,))
    assert legend_panel(survey, columns).columns <= columns


def test_more_work_is_lighter() -> None:
    def luminance(heat: float) -> float:
        linear = [(part / 255) ** 2.2 for part in colour(heat)]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    light = [luminance(heat) for heat in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)]
    assert light == sorted(light)
    assert len({colour(heat) for heat in np.linspace(0, 1, 11)}) == 11
    assert colour(1.0) == RAMP[-1]


sides = st.integers(1, 20)
places = st.integers(0, 20)
rectangles = st.lists(st.tuples(places, places, sides, sides), min_size=1, max_size=6)


@given(rectangles, st.integers(1, 4))
def test_edges_are_inside_and_each_pixel_is_in_one(
    found: list[tuple[int, int, int, int]], thick: int
) -> None:
    for i, j, width, height in found:
        times = np.zeros((50, 50), int)
        for left, top, across, down in edges(np.array([(i, j, width, height)], np.int32), thick):
            times[top : top + down, left : left + across] += 1
        wanted = np.zeros((50, 50), int)
        wanted[j : j + height, i : i + width] = 1
        wanted[j + thick : j + height, i + thick : i + width] = 0
        assert (times == wanted).all()


def test_small_rectangles_have_no_lines() -> None:
    small = SURVEY._replace(zones=(zone("flat", 0.0, (0, 0, ROOM - 1, ROOM), (0, 0, ROOM, ROOM)),))
    _, lines, _ = layers(small, 1.0)
    assert lines.rectangles.tolist() == [[0, 0, ROOM, 1], [0, 1, 1, ROOM - 1]]


def test_marks_are_laid_where_they_are_told(ctx: moderngl.Context) -> None:
    marks = Marks(ctx)
    target = ctx.simple_framebuffer((20, 10), 4)
    target.clear(0.0, 0.0, 0.0, 1.0)
    target.viewport = (2, 1, 16, 8)
    red, blue = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.5)
    layers_ = [
        Layer(red, np.array([[0, 0, 3, 2], [15, 7, 1, 1]], np.int32)),
        Layer(blue, np.array([[2, 0, 2, 1]], np.int32)),
        Layer(blue, np.empty((0, 4), np.int32)),
    ]
    marks.draw(layers_, target)
    found = np.frombuffer(target.read(viewport=(0, 0, 20, 10), components=3), np.uint8)
    picture = found.reshape(10, 20, 3)[::-1].astype(int)
    wanted = np.zeros((10, 20, 3), int)
    wanted[1:3, 2:5] = 255, 0, 0
    wanted[8, 17] = 255, 0, 0
    wanted[1, 4] = 128, 0, 128
    wanted[1, 5] = 0, 0, 128
    assert abs(picture - wanted).max() <= 1
    marks.release()
