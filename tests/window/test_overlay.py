"""Panels: their text as pages, their pixels as laws, and the way they get on a framebuffer."""

from __future__ import annotations

from itertools import combinations
from typing import Protocol

import moderngl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import DrawError, FileError, ParseError
from viewer.gpu.overlay import Canvas, Overlay
from viewer.window.hands.controls import CONTROLS
from viewer.window.text.hud import SPARE
from viewer.window.text.overlay import (
    COLOURS,
    EM,
    Placed,
    Room,
    Typesetter,
)
from viewer.window.text.panels import (
    Panel,
    Place,
    Row,
    Span,
    Tone,
    help_panel,
    message_panel,
    problem_panel,
    table_panel,
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300)


def test_an_error_as_a_page() -> None:
    error = ParseError("a.vm", 2, 4, "unknown opcode 'ad', expected 'add'", "_1 ad _0 _0")
    assert problem_panel(error, 60).text().splitlines() == [
        "a.vm:2:4: unknown opcode 'ad', expected 'add'",
        "_1 ad _0 _0",
        "   ^",
    ]
    assert problem_panel(error, 30).text().splitlines() == [
        "a.vm:2:4: unknown opcode 'ad',",
        "expected 'add'",
        "_1 ad _0 _0",
        "   ^",
    ]


def test_an_error_without_a_line_as_a_page() -> None:
    assert problem_panel(FileError("a.vm: no such file"), 60).text() == "a.vm: no such file"


def test_a_table_as_a_page() -> None:
    rows = [Row("file", "a.vm"), Row("driver", "a driver with a long name")]
    assert table_panel(rows, 24).text().splitlines() == [
        "file    a.vm",
        "driver  a driver with a",
        "        long name",
    ]


@given(st.integers(1, 90), st.integers(20, 100))
def test_a_table_changes_its_width_seldom(length: int, columns: int) -> None:
    table = table_panel([Row("value", "x" * length)], columns)
    widest = max(sum(len(span.text) for span in line) for line in table.lines)
    assert widest <= table.columns <= columns
    assert table.columns in (columns, *range(40, 200, 8))
    assert table.columns < widest + 8 or table.columns <= 40


@given(texts, st.integers(1, 400), st.integers(10, 120))
def test_the_caret_stands_under_its_character(text: str, column: int, columns: int) -> None:
    text = text.replace("\n", " ").replace("\r", " ")
    error = ParseError("a.vm", 1, column, "bad", text)
    lines = problem_panel(error, columns).text().split("\n")
    if not text:
        assert lines == [f"a.vm:1:{column}: bad"] or len(lines) > 1
        return
    shown, caret = lines[-2:]
    assert caret.strip() == "^"
    at = caret.index("^")
    assert at <= len(shown) <= columns
    if column <= len(text) and text[column - 1].isprintable():
        assert shown[at] == text[column - 1] or shown[at] == "…"
    if len(text) < columns:
        assert at == min(column - 1, len(text))


@given(st.lists(st.tuples(st.sampled_from(list(Place)), texts), max_size=4), st.integers(8, 100))
def test_no_panel_is_wider_than_it_may_be(parts: list[tuple[Place, str]], columns: int) -> None:
    for _, text in parts:
        assert message_panel(text, columns).columns <= columns
        assert problem_panel(FileError(text), columns).columns <= columns
        assert table_panel([Row("name", text)], columns).columns <= max(columns, 14)


def boxes(placed: list[Placed]) -> list[tuple[int, int, int, int]]:
    return [(*at, at[0] + image.shape[1], at[1] + image.shape[0]) for image, at in placed]


@given(st.integers(640, 4000), st.integers(480, 3000), st.sampled_from([1.0, 1.25, 2.0]))
def test_panels_stay_in_the_window_and_apart(width: int, height: int, scale: float) -> None:
    setter, room = Typesetter(), Room.of((width, height), scale)
    columns = setter.columns(room)
    error = ParseError("a.vm", 2, 4, "unknown opcode 'ad'", "_1 ad _0 _0")
    hud = table_panel([Row(f"row {n}", "x" * 40) for n in range(9)], columns)
    bottom = (problem_panel(error, columns), message_panel("saved a.png", columns))
    help_ = help_panel(columns=columns, lines=setter.lines(room))
    for panels in ((help_, *bottom), (hud, *bottom)):
        placed = boxes(setter.place(panels, room))
        for left, top, right, low in placed:
            assert 0 <= left < right <= width
            assert 0 <= top < low <= height
        for a, b in combinations(placed, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("size", [(1, 1), (30, 700), (700, 30)])
def test_panels_can_be_made_for_any_window(size: tuple[int, int]) -> None:
    setter = Typesetter()
    panels = (help_panel(), message_panel("saved", setter.columns(Room.of(size, 2.0))))
    assert len(setter.place(panels, Room.of(size, 2.0))) == 2


def test_text_grows_with_the_scale_and_is_drawn_once() -> None:
    setter, panel = Typesetter(), message_panel("compiling 3 of 8", 80)
    (once,) = setter.place((panel,), Room.of((1300, 1000), 1.0))
    (again,) = setter.place((panel,), Room.of((1200, 900), 1.0))
    (large,) = setter.place((panel,), Room.of((1300, 1000), 2.0))
    assert once.image is again.image
    assert large.image.shape[0] == pytest.approx(2 * once.image.shape[0], abs=2)
    assert large.image.shape[1] == pytest.approx(2 * once.image.shape[1], rel=0.1)


def test_each_tone_has_its_colour() -> None:
    setter = Typesetter()
    for tone in Tone:
        panel = Panel(Place.TOP, ((Span("█" * 4, tone),),))
        (placed,) = setter.place((panel,), Room.of((400, 300), 1.0))
        middle = placed.image[placed.image.shape[0] // 2, placed.image.shape[1] // 2]
        assert tuple(middle) == COLOURS[tone]


def test_every_character_of_the_table_of_controls_is_in_the_font() -> None:
    setter = Typesetter()

    def drawn(character: str) -> bytes:
        (placed,) = setter.place((message_panel(character, 80),), Room.of((400, 300), 4.0))
        return placed.image.tobytes()

    missing = drawn("\U0010fffd")
    for character in sorted(set(help_panel().text()) | set("…äßλ^")):
        assert character.isspace() or drawn(character) != missing, character


# On a framebuffer


class Releasable(Protocol):
    def release(self) -> None: ...


def release(ctx: moderngl.Context, *parts: Releasable) -> None:
    """Releases what a test made. None of it may be in use: the next test would find the error."""
    ctx.simple_framebuffer((1, 1)).use()
    for part in parts:
        part.release()


def test_an_image_goes_where_it_is_put(ctx: moderngl.Context) -> None:
    target = ctx.simple_framebuffer((40, 30), components=4)
    target.clear(0.0, 0.0, 1.0, 1.0)
    image = np.zeros((2, 3, 4), np.uint8)
    image[...] = (255, 0, 0, 255)
    image[0, 0] = (0, 255, 0, 255)
    image[1, 2] = (255, 255, 255, 51)  # a fifth of white over blue
    overlay = Overlay(ctx)
    overlay.draw(image, (5, 7), target)
    overlay.draw(image, (38, 29), target)  # cut off at the corner
    pixels = np.frombuffer(target.read(components=3), np.uint8).reshape(30, 40, 3)[::-1]
    expected = np.zeros((30, 40, 3), np.uint8)
    expected[...] = (0, 0, 255)
    expected[7:9, 5:8] = (255, 0, 0)
    expected[7, 5] = (0, 255, 0)
    expected[8, 7] = (51, 51, 255)
    expected[29, 38:] = [(0, 255, 0), (255, 0, 0)]
    assert np.array_equal(pixels, expected)
    release(ctx, overlay, target)


def test_a_canvas_is_kept_shown_and_read(ctx: moderngl.Context) -> None:
    canvas, overlay = Canvas(ctx), Overlay(ctx)
    framebuffer = canvas.sized((20, 10))
    assert not canvas.read().any()
    framebuffer.clear(1.0, 1.0, 1.0, 1.0, viewport=(3, 6, 4, 2))  # from the lower left corner
    assert canvas.sized((20, 10)) is framebuffer
    expected = np.zeros((10, 20), np.uint8)
    expected[2:4, 3:7] = 255  # row 0 at the top
    assert np.array_equal(canvas.read(), expected)
    target = ctx.simple_framebuffer((20, 10), components=4)
    overlay.show(canvas.texture, target)
    red = np.frombuffer(target.read(components=4), np.uint8).reshape(10, 20, 4)[::-1, :, 0]
    assert np.array_equal(red, expected)
    assert canvas.sized((7, 5)).size == (7, 5)
    release(ctx, canvas, overlay, target)


def test_a_size_that_the_driver_has_not_is_an_error(ctx: moderngl.Context) -> None:
    limit = ctx.info["GL_MAX_TEXTURE_SIZE"]
    canvas = Canvas(ctx)
    with pytest.raises(DrawError, match=f"this driver stops at {limit}"):
        canvas.sized((limit + 1, 1))
    assert canvas.sized((4, 4)).size == (4, 4)
    release(ctx, canvas)


@pytest.mark.parametrize(("size", "scale"), [((800, 600), 1), ((1920, 1080), 1), ((1600, 1200), 2)])
def test_the_help_is_legible_and_in_groups(size: tuple[int, int], scale: int) -> None:
    setter, room = Typesetter(), Room.of(size, scale)
    panel = help_panel(columns=setter.columns(room), lines=setter.lines(room) + SPARE)
    (placed,) = setter.place((panel,), room)
    assert placed.image.shape[0] / len(panel.lines) > 16 * scale  # from line to line, in pixels
    groups = [span.text.strip() for line in panel.lines for span in line if span.tone is Tone.QUIET]
    assert {*groups} == {control.group for control in CONTROLS}
    assert len(groups) == len({*groups})


def test_the_ordinary_text_height_is_legible() -> None:
    (placed,) = Typesetter().place((message_panel("x", 80),), Room.of((400, 300), 1.0))
    assert placed.image.shape[0] > EM >= 13
