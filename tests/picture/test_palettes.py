"""Colours: how they are written, and that they can be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.picture.sight import SIGHT, apart, linear
from viewer.errors import UsageError
from viewer.picture.palettes import (
    PALETTES,
    Colour,
    Palette,
    colour,
    palette_named,
    palette_of,
)


def brightness(seen: Colour, sight: str) -> float:
    """Relative luminance, as the guidelines for web content define it."""
    return float(linear(seen[:3], sight) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", PALETTES)
def test_inside_and_outside_differ_for_everyone(name: str, sight: str) -> None:
    palette = PALETTES[name]
    low, high = sorted((brightness(palette.inside, sight), brightness(palette.outside, sight)))
    assert (high + 0.05) / (low + 0.05) >= 3  # what those guidelines want of shapes


def test_a_table_goes_from_outside_to_inside() -> None:
    for palette in PALETTES.values():
        table = palette.table()
        assert tuple(table[0]) == palette.outside
        assert tuple(table[255]) == palette.inside
        assert palette.opaque
        assert (table[:, 3] == 255).all()
        middle = np.add(palette.inside, palette.outside) / 2
        assert np.abs(table[127] - middle).max() <= 1.5


def test_nothing_shines_through_in_its_own_colour() -> None:
    table = palette_of("#ff8000,none").table()
    assert (table[1:, :3] == [255, 128, 0]).all()  # not mixed with the black of what is clear
    assert np.array_equal(table[:, 3], np.arange(256))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", (0, 0, 0, 0)),
        ("White", (255, 255, 255, 255)),
        ("#f80", (255, 136, 0, 255)),
        ("#ff8000", (255, 128, 0, 255)),
        ("#ff800080", (255, 128, 0, 128)),
    ],
)
def test_colours_are_read(text: str, expected: Colour) -> None:
    assert colour(text) == expected
    assert palette_of(f"{text}, black")[:2] == (expected, (0, 0, 0, 255))


@pytest.mark.parametrize("text", ["", "blak", "#12", "#12345", "none "])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        colour(text)
    assert str(caught.value) == f"bad colour '{text}', expected a name, #rrggbb, #rrggbbaa or none"


def test_two_colours_are_wanted() -> None:
    for text in ("white", "white,black,red"):
        with pytest.raises(UsageError) as caught:
            palette_of(text)
        assert str(caught.value).startswith(f"bad colours '{text}', expected IN,OUT")


def test_palettes_have_names() -> None:
    assert isinstance(palette_named("safe"), Palette)
    with pytest.raises(UsageError) as caught:
        palette_named("pink")
    assert str(caught.value) == "unknown palette 'pink', expected one of dark light print safe"


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", PALETTES)
def test_lines_are_seen_on_both_sides_by_everyone(name: str, sight: str) -> None:
    palette = PALETTES[name]
    sides = palette.inside[:3], palette.outside[:3]
    assert apart(sides, palette.line[:3], sight).min() > 0.1
