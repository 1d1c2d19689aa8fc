"""Rows of runs: what they are the runs of, however steps come, however they are cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from viewer.sign.runs import Runs, Steps, flat_steps, grey_levels, joined_steps, runs_of

Pixels = NDArray[np.uint8]


@st.composite
def rows(draw: st.DrawFn) -> Pixels:
    """Rows of few greys in which long runs are frequent, over the ends of rows too."""
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 40))
    greys = draw(st.lists(st.integers(0, 255), min_size=1, max_size=4))
    count = draw(st.integers(1, height * width))
    cuts = sorted(draw(st.lists(st.integers(0, height * width), max_size=count)))
    flat = np.zeros(height * width, np.uint8)
    for number, cut in enumerate(cuts):
        flat[cut:] = greys[number % len(greys)]
    return flat.reshape(height, width)


@st.composite
def cuts(draw: st.DrawFn, height: int) -> list[range]:
    """All rows in parts."""
    ends = draw(st.lists(st.integers(1, height - 1), unique=True)) if height > 1 else []
    ends = [0, *sorted(ends), height]
    return [range(a, b) for a, b in pairwise(ends)]


def are_runs(found: Runs) -> None:
    """Checks what a `Runs` promises."""
    assert found.starts[0] == 0
    assert (np.diff(found.starts) > 0).all()
    assert found.starts[-1] < found.count
    assert (found.values[1:] != found.values[:-1]).all()
    assert found.lengths.sum() == found.count


@given(rows(), st.data())
def test_runs_are_the_pixels_in_any_part(pixels: Pixels, data: st.DataObject) -> None:
    found = Runs.of(pixels)
    are_runs(found)
    assert len(found) == len(pixels)
    assert np.array_equal(found.pixels(), pixels)
    parts = [found.part(part) for part in data.draw(cuts(len(pixels)))]
    for part in parts:
        are_runs(part)
    assert np.array_equal(np.concatenate([part.pixels() for part in parts]), pixels)
    joined = Runs.joined(parts)
    assert np.array_equal(joined.starts, found.starts)
    assert np.array_equal(joined.values, found.values)


@st.composite
def rectangles(draw: st.DrawFn, width: int, height: int) -> NDArray[np.int32]:
    """Rectangles that overlap nowhere, in a picture: any cells of any lattice."""
    xs, ys = (
        np.unique([0, end, *draw(st.lists(st.integers(0, end), max_size=6))])
        for end in (width, height)
    )
    cells = [(x, y, right - x, top - y) for x, right in pairwise(xs) for y, top in pairwise(ys)]
    chosen = draw(st.lists(st.sampled_from(cells), unique=True)) if cells else []
    return np.array(chosen, np.int32).reshape(-1, 4)


@given(st.integers(1, 30), st.integers(1, 20), st.integers(1, 5), st.data())
def test_flat_rectangles_are_the_means_of_their_samples(
    width: int, height: int, samples: int, data: st.DataObject
) -> None:
    found = data.draw(rectangles(width * samples, height * samples))
    inside = np.zeros((height * samples, width * samples), int)
    for i, j, wide, high in found:
        inside[j : j + high, i : i + wide] += 1
    counts = inside.reshape(height, samples, width, samples).sum(axis=(1, 3))
    for part in data.draw(cuts(height)):
        # In any order, and told in several lists.
        steps = [flat_steps(some, part, width, samples) for some in (found[::2], found[1::2])]
        result = runs_of(joined_steps(steps), width, len(part), samples)
        are_runs(result)
        expected = grey_levels(samples)[counts[part.start : part.stop]]
        assert np.array_equal(result.pixels(), expected)


@given(arrays(np.int64, st.integers(1, 50), elements=st.integers(0, 60)), st.data())
def test_steps_add_up(at: NDArray[np.int64], data: st.DataObject) -> None:
    by = data.draw(arrays(np.int64, len(at), elements=st.integers(-4096, 4096)))
    places, level = Steps(at, by).summed()
    assert np.array_equal(places, np.unique(at))
    assert level.tolist() == [int(by[at <= place].sum()) for place in places]


@given(st.integers(1, 64))
@example(64)
def test_greys_go_from_black_to_white_evenly(samples: int) -> None:
    found = grey_levels(samples).astype(float)
    count = samples**2
    assert len(found) == count + 1
    exact = 255 * np.arange(count + 1) / count
    assert (np.floor(exact + 0.5) == found).all()


@pytest.mark.parametrize("value", [0, 255])
def test_a_flat_picture_of_any_size_is_one_run(value: int) -> None:
    inside = [[0, 0, 10**5, 10**5]] if value else []
    steps = flat_steps(np.array(inside, np.int32).reshape(-1, 4), range(10**5 - 3, 10**5), 10**5, 1)
    found = runs_of(steps, 10**5, 3, 1)
    assert found.starts.tolist() == [0]
    assert found.values.tolist() == [value]
