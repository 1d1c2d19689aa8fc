"""The box that is drawn to zoom into: what is dimmed is what will not be shown."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.gpu.marks import Layer
from viewer.view import View
from viewer.window.hands.zoombox import framed

sizes = st.tuples(st.integers(1, 90), st.integers(1, 90))
parts = st.tuples(st.floats(0, 1), st.floats(0, 1))


def pixels(layer: Layer, size: tuple[int, int]) -> np.ndarray:
    """How often each pixel of the picture is covered, shape (height, width)."""
    found = np.zeros(size[::-1], int)
    for left, top, width, height in layer.rectangles.tolist():
        assert width > 0
        assert height > 0
        found[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)] += 1
    return found


@given(sizes, parts, parts, st.sampled_from([1.0, 1.5, 2.0, 3.0]))
def test_a_box_as_pixels(
    size: tuple[int, int], a: tuple[float, float], b: tuple[float, float], scale: float
) -> None:
    first, last = ((p * size[0], q * size[1]) for p, q in (a, b))
    dim, dark, light = (pixels(layer, size) for layer in framed((first, last), size, scale))
    assert max(dim.max(), dark.max(), light.max()) <= 1  # translucent: nothing twice
    assert not (dark & light).any()
    left, right = sorted(round(x) for x in (first[0], last[0]))
    top, bottom = sorted(round(y) for y in (first[1], last[1]))
    inside = np.zeros_like(dim)
    inside[top:bottom, left:right] = 1
    assert not (dark & inside).any()
    assert not (light & ~inside).any()
    assert not (dim & inside).any()


@given(sizes, parts, parts)
def test_what_is_not_dimmed_will_be_shown(
    size: tuple[int, int], a: tuple[float, float], b: tuple[float, float]
) -> None:
    first, last = ((round(p * size[0]), round(q * size[1])) for p, q in (a, b))
    dim = pixels(framed((first, last), size, 1.0)[0], size)
    if 0 in (first[0] - last[0], first[1] - last[1]):
        return
    after = View().boxed(first, last, size)
    for edge in np.argwhere(np.diff(dim, axis=1))[:40]:
        x, _ = View().model_at((float(edge[1]) + 1, 0.5), size)
        half = after.half(size) * size[0]
        assert min(abs(x - after.x - half), abs(x - after.x + half)) < 1.5 * View().half(size) * 2


def test_a_box_as_a_page() -> None:
    dim, dark, light = framed(((10.0, 8.0), (4.0, 4.0)), (16, 12), 1.0)
    assert dim.rectangles.tolist() == [[0, 0, 16, 4], [0, 8, 16, 4], [0, 4, 4, 4], [10, 4, 6, 4]]
    assert light.rectangles.tolist() == [[4, 4, 6, 1], [4, 7, 6, 1], [4, 5, 1, 2], [9, 5, 1, 2]]
    assert dark.rectangles.tolist() == [[3, 3, 8, 1], [3, 8, 8, 1], [3, 4, 1, 4], [10, 4, 1, 4]]
