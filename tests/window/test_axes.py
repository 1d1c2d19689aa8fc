"""Laws of the coordinate grid: every label is exactly right and has room, at any depth."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import fractions
from viewer.view import Size, View
from viewer.window.text.axes import (
    COLUMNS,
    Axes,
    Axis,
    Metrics,
    axes,
    decade,
    middle_out,
    number_text,
)

METRICS = Metrics(8.43, 19)
CAPTION = re.compile(r"[xy] = (?:(?P<base>[-0-9.e]+) \+ )?n × 1e(?P<exponent>-?[0-9]+)")
ROUND = re.compile(r"[125]0*")

window_sizes = st.tuples(st.integers(640, 4000), st.integers(400, 3000))
any_sizes = st.tuples(st.integers(1, 4000), st.integers(1, 3000))


@st.composite
def deep_views(draw: st.DrawFn) -> View:
    """From 1e-60 to 1e130, the centre next to nothing, next to something round, or anywhere."""
    exponent = draw(st.integers(-60, 130))
    zoom = Fraction(draw(st.integers(100, 999)), 100) * Fraction(10) ** exponent
    near = Fraction(draw(st.sampled_from(("0", "1", "-3", "1/3", "-1/4", "1e55"))))
    offset = draw(fractions(30)) / zoom
    return View(near + offset, draw(fractions(140)), zoom, draw(st.integers(-3000, 3000)))


def drawn(view: View, size: Size) -> Axes:
    found = axes(view, size, METRICS)
    assert found is not None
    return found


def read(label: str, axis: Axis) -> Fraction:
    """The coordinate that the caption and a label say, from their text alone."""
    caption = axis.caption(10**6)
    if not caption:
        return Fraction(label)
    found = CAPTION.fullmatch(caption)
    assert found, caption
    return Fraction(found["base"] or 0) + int(label) * Fraction(10) ** int(found["exponent"])


@given(deep_views(), any_sizes)
@example(View(), (800, 600))
@example(View(base=Fraction(10) ** 100), (800, 600))
@example(View(base=Fraction(1, 10**50)), (800, 600))
@example(View(Fraction(10) ** 55), (800, 600))
def test_a_label_and_the_caption_are_the_coordinate(view: View, size: Size) -> None:
    found = axes(view, size, METRICS)
    for axis in (found.x, found.y) if found else ():
        for tick in axis.ticks:
            assert read(tick.label, axis) == tick.value


@given(deep_views(), window_sizes)
def test_a_line_is_where_its_coordinate_is(view: View, size: Size) -> None:
    found = drawn(view, size)
    for index, axis in enumerate((found.x, found.y)):
        for tick in axis.ticks:
            at = [0.0, 0.0]
            at[index] = tick.at
            place = view.model_at((at[0], at[1]), size)[index]
            assert abs(place - tick.value) < view.half(size) / 500
            assert -0.01 <= tick.at <= found.free[index] + 0.01


@given(deep_views(), window_sizes)
def test_steps_are_round_and_lines_neither_few_nor_many(view: View, size: Size) -> None:
    found = drawn(view, size)
    for axis in (found.x, found.y):
        assert 4 <= len(axis.ticks) <= 12
        values = sorted(tick.value for tick in axis.ticks)
        steps = {b - a for a, b in pairwise(values)}
        assert len(steps) == 1
        step = steps.pop()
        assert ROUND.fullmatch(str(step / Fraction(10) ** decade(step)))
        assert all((value / step).denominator == 1 for value in values)
        assert len({tick.label for tick in axis.ticks}) == len(values)


@given(deep_views(), any_sizes, st.sampled_from((1.0, 1.5, 2.0)))
def test_no_text_is_cut_off_or_lies_on_another(view: View, size: Size, scale: float) -> None:
    advance, leading = 8.43 * scale, round(19 * scale)
    found = axes(view, size, Metrics(advance, leading))
    if found is None:
        return
    boxes = [
        (text.left, text.top, text.left + len(text.text) * advance, text.top + leading)
        for text in found.texts
    ]
    for left, top, right, bottom in boxes:
        assert -1e-6 <= left < right <= size[0] + 1e-6
        assert -1e-6 <= top < bottom <= size[1] + 1e-6
    for n, a in enumerate(boxes):
        for b in boxes[:n]:
            apart = (a[2] <= b[0], b[2] <= a[0], a[3] <= b[1], b[3] <= a[1])
            assert any(apart), (found.texts[n], a, b)


@given(deep_views(), window_sizes)
def test_what_is_free_is_free_of_text(view: View, size: Size) -> None:
    found = drawn(view, size)
    assert min(found.free) > 0
    for text in found.texts:
        assert text.left >= found.free[0] or text.top >= found.free[1]


@given(deep_views(), window_sizes)
def test_digits_stand_below_each_other_at_the_right(view: View, size: Size) -> None:
    metrics = Metrics(8.0, 19)
    found = axes(view, size, metrics)
    if found is not None:
        ends = {t.left + len(t.text) * 8.0 for t in found.texts if t.left >= found.free[0]}
        assert len({round(end, 6) for end in ends if end > found.free[0] + 8}) <= 1


@given(deep_views(), window_sizes)
def test_labels_stay_short(view: View, size: Size) -> None:
    found = drawn(view, size)
    for axis in (found.x, found.y):
        assert max(len(tick.label) for tick in axis.ticks) <= COLUMNS - 2
        assert len(axis.caption(60)) <= 60


@given(st.integers(-(10**40), 10**40), st.integers(-150, 150))
@example(0, 5)
@example(-1200, -1)
def test_a_number_s_text_is_the_number(digits: int, exponent: int) -> None:
    text = number_text(digits, exponent)
    assert Fraction(text) == digits * Fraction(10) ** exponent
    assert len(text) <= len(str(abs(digits))) + 12


@given(st.fractions(min_value=Fraction(1, 10**50), max_value=10**50), st.integers(-200, 200))
@example(Fraction(1), 0)
@example(Fraction(999, 1000), 3)
@example(Fraction(10**12 - 1), 5)
def test_the_decade_of_a_number(value: Fraction, power: int) -> None:
    value *= Fraction(10) ** power
    found = decade(value) if value else 0
    assert value == 0 or Fraction(10) ** found <= value < Fraction(10) ** (found + 1)


@given(st.text("0123456789", max_size=50), st.integers(3, 60))
def test_the_middle_goes_first(text: str, columns: int) -> None:
    short = middle_out(text, columns)
    assert len(short) <= columns
    if short != text:
        head, tail = short.split("…")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert abs(len(head) - len(tail)) <= 1


def test_the_grid_as_a_page() -> None:
    home = drawn(View(), (800, 600))
    assert [tick.label for tick in home.x.ticks] == ["-1.0", "-0.5", "0.0", "0.5", "1.0"]
    assert home.x.caption(80) == ""
    deep = drawn(View.parse("-0.2512834710928374650192837465,0@4e20"), (800, 600))
    assert [tick.label for tick in deep.x.ticks] == ["-22", "-21", "-20", "-19", "-18", "-17"]
    assert deep.x.caption(80) == "x = -0.251283471092837465 + n × 1e-21"
    assert deep.x.caption(34) == "x = -0.251283…92837465 + n × 1e-21"
    assert deep.y.caption(80) == "y = n × 1e-22"


def test_the_axes_through_zero_are_told_apart() -> None:
    home = drawn(View(), (800, 600))
    assert len(home.zeros) == 2
    assert len(home.lines) == len(home.x.ticks) + len(home.y.ticks) - 2


def test_a_tiny_window_has_no_grid() -> None:
    assert axes(View(), (1, 1), METRICS) is None
    assert axes(View(), (150, 900), METRICS) is None
    assert axes(View(), (900, 60), METRICS) is None
