"""Modes, palettes and comparisons as values, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.picture.look import Look
from viewer.picture.modes import MODES
from viewer.picture.palettes import PALETTES, luminance, palette_of
from viewer.window.hands.controls import Action
from viewer.window.session import Session, Shape
from viewer.window.show.light import LIGHT_SECONDS, STRONGEST, Light
from viewer.window.show.looks import (
    PLAIN,
    WORDS,
    Looks,
    contrast_of,
    ends_of,
    inks_of,
    palette_name,
)
from viewer.window.show.switches import CHANGES
from viewer.window.text.lookpanel import looked, looks_panel, text_of

looks = st.builds(
    lambda mode, palette, wipe: replace(Looks(wipe=wipe).with_mode(mode)).next_palette(palette),
    st.sampled_from(sorted(WORDS)),
    st.integers(0, 4),
    st.booleans(),
)


def test_every_mode_has_words() -> None:
    assert set(WORDS) == {"fill", *MODES, "difference"}


@given(looks, st.integers(-9, 9), st.booleans())
def test_steps_through_the_modes_and_back_cancel(before: Looks, n: int, comparable: bool) -> None:
    if not comparable:
        before = before.with_mode("iso")
    after = before.next_mode(n, comparable=comparable)
    assert after.next_mode(-n, comparable=comparable) == before
    modes = len(WORDS) - (not comparable)
    assert before.next_mode(modes, comparable=comparable) == before
    assert comparable or after.mode != "difference"
    assert after.look.palette == before.look.palette


@given(looks)
def test_the_palettes_come_round(before: Looks) -> None:
    count = len(PALETTES) + (before.look.mode == "fill")
    steps = [before.next_palette(n) for n in range(count)]
    assert len({each.seen for each in steps}) == count
    assert before.next_palette(count).seen == before.seen
    assert all(each.mode == before.mode for each in steps)
    # Each of them is seen: a field has inks of its own where black and white is asked for.
    drawn = {
        ends_of(each.seen) if before.look.mode == "fill" else inks_of(each.seen) for each in steps
    }
    assert len(drawn) == count


def test_a_difference_is_no_mode_of_saved_pictures() -> None:
    found = PLAIN.with_mode("gradient").with_mode("difference")
    assert (found.mode, found.look.mode) == ("difference", "fill")
    assert found.with_mode("iso") == Looks(Look("iso"))


def test_another_file_has_nothing_to_compare_with() -> None:
    shape = Shape(Path("a.vm"), 1, 1, False)
    session = Session(shape=shape, looks=Looks(Look("iso"), wipe=True, highlight=False))
    assert session.loaded(shape).looks.wipe
    other = session.loaded(shape._replace(path=Path("b.vm")))
    assert other.looks == Looks(Look("iso"), highlight=False)
    assert session.look == Look("iso")


def test_colours_and_their_names() -> None:
    assert palette_name(None) == "black and white"
    assert palette_name(PALETTES["safe"]) == "safe"
    assert palette_name(palette_of("red,blue")) == "of your own"
    assert ends_of(None) is None
    assert ends_of(palette_of("red,blue")) == ((0, 0, 255), (255, 0, 0))


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_ramps_get_ever_lighter_or_darker_and_differences_can_be_told(name: str) -> None:
    palette = PALETTES[name]
    low, middle, high = (luminance(colour) for colour in palette.stops)
    assert low < middle < high or low > middle > high
    assert inks_of(palette).middle == palette.stops[1][:3]
    contrast = contrast_of(palette)
    light = [luminance((*colour, 255)) for colour in contrast]
    assert abs(light[2] - light[3]) > 0.2
    assert len(set(contrast)) == 4


def test_what_is_said_of_a_look() -> None:
    iso = Looks(Look("iso", PALETTES["print"]))
    assert looked(iso, Decimal("0.02")) == "iso, lines every 0.02, strong ones every 0.1; print"
    assert looked(iso, None) == "iso; print"
    distance = iso.with_mode("distance")
    assert looked(distance, Decimal("5E-102")) == "distance, bands of 5e-102; print"
    assert looked(PLAIN, None) == "fill; black and white"
    assert looked(PLAIN.with_mode("iso"), None) == "iso; dark"
    assert [text_of(Decimal(n)) for n in ("-0.50", "2E+3", "0")] == ["-0.5", "2000", "0"]


def test_legends_as_pages() -> None:
    gradient = PLAIN.with_mode("gradient")
    panel = looks_panel(gradient, Decimal(5), comparable=False)
    assert panel is not None
    assert panel.text().splitlines() == [
        "change of the value per unit",
        "□ ≤ 0.5",  # black on black
        "■   1.6",
        "■   5",
        "■   16",
        "■ ≥ 50",
    ]
    difference = PLAIN.with_mode("difference")
    panel = looks_panel(difference, None, comparable=True)
    assert panel is not None
    assert panel.text().splitlines() == [
        "■ only before the change",
        "■ only since the change",
        "■ before and since",
    ]
    panel = looks_panel(difference, None, comparable=False)
    assert panel is not None and panel.text().startswith("no difference")
    assert looks_panel(PLAIN, None, comparable=True) is None
    assert looks_panel(gradient, None, comparable=True) is None


def test_a_mark_begins_when_it_is_seen_and_fades_away() -> None:
    light, before = Light(), object()
    light.look(None, True)
    assert light.strength(4.0) == 0
    light.look(before, True)
    assert light.strength(5.0) == 0
    light.seen(10.0)
    light.seen(11.0)
    strengths = [light.strength(10.0 + n / 50) for n in range(51)]
    assert strengths[0] == STRONGEST
    assert strengths == sorted(strengths, reverse=True)
    assert light.strength(10.0 + LIGHT_SECONDS) == 0
    light.look(before, True)
    assert not light.on, "it was marked already"


def test_switches_say_what_they_come_to_and_when_it_is_seen() -> None:
    def said(action: Action, session: Session) -> str:
        return CHANGES[action](session.act(action), 0.0).message

    iso = Session(looks=Looks(Look("iso")))
    smooth = "smooth edges: 16 samples a pixel"
    assert said(Action.SMOOTH, Session()) == f"{smooth}, once the view rests"
    assert said(Action.SMOOTH, iso) == f"{smooth}, but not in mode iso"
    assert said(Action.SMOOTH, replace(iso, smooth=True)) == "edges are not smooth"
    exact = "exact: what is in doubt is decided"
    assert said(Action.EXACT, Session()) == f"{exact}, once the view rests"
    assert said(Action.EXACT, Session(exact=True)) == "not exact"
    assert said(Action.PALETTE_NEXT, Session()) == "colours: dark"
    assert said(Action.HIGHLIGHT, Session()) == "changes are not marked"
