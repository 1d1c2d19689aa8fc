"""Where panels at the top lie: in columns, legible, and over nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.window.text.overlay import (
    LEAST,
    SMALLEST,
    Placed,
    Room,
    Typesetter,
    box_of,
    leading_of,
    overlap,
    uncovered,
)
from viewer.window.text.panels import Panel, Place, Span, message_panel


def block(place: Place, columns: int, lines: int) -> Panel:
    return Panel(place, ((Span("x" * columns),),) * lines)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 25)), max_size=5),
    st.tuples(st.integers(300, 2000), st.integers(200, 1500)),
    st.sampled_from([1.0, 1.25, 2.0]),
    st.booleans(),
)
def test_panels_at_the_top_are_legible_and_cover_nothing(
    extents: list[tuple[int, int]], size: tuple[int, int], scale: float, mapped: bool
) -> None:
    """Beside a list, above a message and below a map; what has no room is cut off."""
    room = Room.of(size, scale)
    if mapped:
        left = size[0] - 150
        room = room._replace(free=(left - 10, size[1]), taken=((left, 10, 140, 120),))
    tables = tuple(block(Place.TOP, *extent) for extent in extents)
    others = (block(Place.RIGHT, 9, 4), message_panel("saved", 8))
    setter = Typesetter()
    placed = setter.place((*tables, *others), room)
    least = min(room.em, max(SMALLEST, round(LEAST * room.em)))
    boxes = [*map(box_of, placed), *room.taken]
    for n, (left, top, width, height) in enumerate(boxes[: len(placed)]):
        hit = setter.text_at((left + 1, top + 1))
        assert hit is not None
        if hit.panel.place is not Place.TOP:
            continue
        assert 0 <= left <= left + width <= size[0]
        assert 0 <= top <= top + height <= size[1]
        assert height >= leading_of(least) * len(hit.panel.lines)
        assert hit.panel in tables or hit.panel.text().endswith("x\n…")
        rest = [box for m, box in enumerate(boxes) if m != n]
        assert not any(overlap((left, top, width, height), box) for box in rest)


def test_what_has_no_room_in_a_column_goes_to_the_next() -> None:
    room = Room.of((800, 600), 1.0)._replace(free=(600, 600), taken=((610, 10, 180, 150),))
    panels = tuple(block(Place.TOP, 20, lines) for lines in (20, 22, 15))
    first, second, third = map(box_of, Typesetter().place(panels, room))
    assert first[0] + first[2] < second[0]
    assert second[0] + second[2] < 600
    assert third[0] + third[2] > 600
    assert third[1] > 160


def test_images_under_others_are_left_out() -> None:
    def placed(left: int, top: int) -> Placed:
        return Placed(np.zeros((10, 20, 4), np.uint8), (left, top))

    labels = placed(0, 0), placed(50, 50), placed(100, 0)
    assert uncovered(labels, []) == labels
    assert uncovered(labels, [placed(69, 59)]) == (labels[0], labels[2])
    assert uncovered(labels, [placed(70, 50), placed(50, 60)]) == labels


def test_the_tallest_is_cut_off_where_all_are_too_much() -> None:
    room, setter = Room(14, (340, 400), (340, 400)), Typesetter()
    numbers, legend = block(Place.TOP, 30, 40), block(Place.TOP, 20, 6)
    placed = setter.place((numbers, legend), room)
    panels = []
    for image in placed:
        hit = setter.text_at((image.at[0] + 1, image.at[1] + 1))
        assert hit is not None
        panels.append(hit.panel)
    assert panels[0].lines[:-1] == numbers.lines[: len(panels[0].lines) - 1]
    assert panels[0].text().endswith("…")
    assert panels[1] == legend
    below = placed[1].at[1] + placed[1].image.shape[0]
    assert 400 - 2 * leading_of(room.em) < below <= 400


def test_they_are_of_one_size() -> None:
    """A little smaller, all of them, before anything is cut off."""
    setter, room = Typesetter(), Room(14, (340, 400), (340, 400))
    panels = tuple(block(Place.TOP, 20, lines) for lines in (10, 7))
    first, second = setter.place(panels, room)
    assert first.image.shape[1] == second.image.shape[1]
    assert all(hit and hit.panel in panels for hit in [setter.text_at((20, 20))])
