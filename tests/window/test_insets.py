"""Grid, map and marked places as pixels."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from viewer.view import View
from viewer.window.places.history import Spot
from viewer.window.places.insets import MARK, MOST, Insets, Shelf, inset_size, map_frames
from viewer.window.places.minimap import frames
from viewer.window.text.engrave import Engraver, layers
from viewer.window.text.overlay import Typesetter

SIZE = (800, 600)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_bands_hold_every_label(scale: float) -> None:
    engraver = Engraver(Typesetter())
    size = (round(800 * scale), round(600 * scale))
    found = engraver.axes(View(), size, scale)
    assert found is not None
    images = engraver.images
    assert [(*at, image.shape[1], image.shape[0]) for image, at in images] == list(found.bands)
    for text in found.texts:
        x, y = round(text.left + 2 * scale), round(text.top)
        (image, at) = next(
            placed
            for placed in images
            if placed.at[0] <= x < placed.at[0] + placed.image.shape[1]
            and placed.at[1] <= y < placed.at[1] + placed.image.shape[0]
        )
        row, column = y - at[1], x - at[0]
        cell = image[row : row + round(18 * scale), column : column + round(8 * scale)]
        assert cell.max() > 200, text
    engraver.axes(View(), size, scale)
    assert engraver.images is images
    engraver.axes(View(Fraction(1)), size, scale)
    assert engraver.images is not images


def test_lines_are_rectangles_with_the_zeros_apart() -> None:
    found = Engraver(Typesetter()).axes(View(), SIZE, 2.0)
    assert found is not None
    lines, zeros = layers(found)
    assert len(zeros.rectangles) == 2
    assert len(lines.rectangles) == len(found.lines)
    assert set(np.minimum(*zeros.rectangles.T[2:]).tolist()) == {2}
    assert zeros.ink[3] > lines.ink[3]


def test_far_away_there_are_no_zeros() -> None:
    found = Engraver(Typesetter()).axes(View(Fraction(50), Fraction(50)), SIZE, 1.0)
    assert found is not None
    assert layers(found)[1].rectangles.shape == (0, 4)


def test_a_tiny_window_has_neither_grid_nor_map() -> None:
    engraver = Engraver(Typesetter())
    assert engraver.axes(View(), (60, 40), 1.0) is None
    assert engraver.images == ()
    assert map_frames((200, 600), 1.0) == 0
    assert map_frames((800, 100), 1.0) == 0


def test_the_map_is_where_it_has_room_and_marks_the_view() -> None:
    insets, inset = Insets(Typesetter()), inset_size(SIZE, 1.0)
    assert map_frames(SIZE, 1.0) == MOST
    chain = frames(View.parse("0.5,0.25@1e30"), View(), SIZE, inset, MOST)
    pictures = [np.full((inset[1], inset[0]), 255, np.uint8)]
    image, at = insets.map(chain, pictures, SIZE, SIZE, 1.0)
    assert at[0] + image.shape[1] <= SIZE[0]
    assert at[1] + image.shape[0] <= SIZE[1]
    orange = (image[..., :3] == MARK).all(axis=2)
    step = (image.shape[0] - 7) // MOST
    assert all(orange[n * step : (n + 1) * step].any() for n in range(MOST))
    assert insets.map(chain, pictures, SIZE, SIZE, 1.0).image is image
    assert insets.map(chain, [*pictures, *pictures], SIZE, SIZE, 1.0).image is not image


def test_the_shelf_shows_nine_places_and_survives_lost_pictures() -> None:
    insets, inset = Insets(Typesetter()), inset_size(SIZE, 1.0)
    png = io.BytesIO()
    Image.new("L", (80, 60), 255).save(png, "png")
    marks = [
        (Spot(View(base=Fraction(10**n))), png.getvalue() if n else b"junk") for n in range(12)
    ]
    image, at = insets.shelf(marks, Shelf.of(12, SIZE, SIZE, 1.0))
    assert 0 <= at[0] < SIZE[0] - image.shape[1]
    assert 0 <= at[1] < SIZE[1] - image.shape[0]
    assert image.shape[1] > 3 * inset[0]
    assert image.shape[0] > 3 * inset[1]
    white_pixels = (image[..., :3] == 255).all(axis=2).sum()
    assert white_pixels == 8 * 80 * 60


@given(st.integers(1, 12), st.integers(0, 799), st.integers(0, 599), st.sampled_from([1.0, 2.0]))
def test_a_click_on_a_marked_place_finds_its_number(
    count: int, i: int, j: int, scale: float
) -> None:
    shelf = Shelf.of(count, SIZE, SIZE, scale)
    number = shelf.number_at((i + 0.5, j + 0.5))
    (width, height), (left, top) = shelf.sheet.inset, shelf.at
    inside = [
        n
        for n in range(min(count, 9))
        for x, y in [shelf.sheet.corner(n)]
        if x <= i - left < x + width and y <= j - top < y + height
    ]
    assert not inside or number == inside[0] + 1
    assert number is None or 1 <= number <= min(count, 9)
