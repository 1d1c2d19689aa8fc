"""The numbers over the picture, as pages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.window.test_session import ERROR, FACTS, SHAPE
from viewer.gpu.accuracy import EXACT, Accuracy
from viewer.picture.modes import MODES
from viewer.view import View
from viewer.window.hands.controls import Action
from viewer.window.insight.listing import CLOSED
from viewer.window.session import Session
from viewer.window.show.looks import PLAIN
from viewer.window.text.hud import panels
from viewer.window.text.panels import Place, Tone


def test_the_hud_as_a_page() -> None:
    session = Session(
        view=View.parse("-0.125,0.5@4"),
        size=(800, 600),
        cursor=(400.5, 300.5),
        shape=SHAPE._replace(uses_z=True),
        z=Fraction(1, 50),
        hud=True,
    )
    (panel,) = panels(session, FACTS, 80)
    assert panel.place is Place.TOP
    assert panel.text().splitlines() == [
        "file      a.vm",
        "program   10 operations, 8 to draw",
        "centre    -0.125, 0.5",
        "zoom      4",
        "z         0.02",
        "cursor    -0.124583333, 0.499583333",
        "mode      fill; black and white",
        "value     -0.25, inside",
        "drawn in  27.3 ms, 800 x 600",
        "engine    glsl, 8 pieces",
        "driver    llvmpipe",
    ]


@pytest.mark.parametrize(
    ("accuracy", "text", "tone"),
    [
        (EXACT, "exact", Tone.PLAIN),
        (Accuracy(0.00037), "edges within 0.0004 pixel", Tone.PLAIN),
        (Accuracy(0.2), "edges within 0.2 pixel", Tone.BAD),
        (Accuracy(1e-4, "line 3: a pole"), "approximate: line 3: a pole", Tone.BAD),
        (Accuracy(31.0, "too coarse"), "approximate: too coarse", Tone.BAD),
    ],
)
def test_the_hud_says_how_right_the_picture_is(accuracy: Accuracy, text: str, tone: Tone) -> None:
    (panel,) = panels(Session(hud=True), FACTS._replace(accuracy=accuracy), 80)
    name, value = panel.lines[-1]
    assert (name.text.strip(), value.text, value.tone) == ("precision", text, tone)


def test_the_lines_of_the_hud_stay_while_their_values_are_to_come() -> None:
    known = FACTS._replace(accuracy=EXACT, told=True)
    unknown = known._replace(value=None, accuracy=None)
    session = Session(shape=SHAPE, hud=True, cursor=(3.0, 4.0))
    pages = [
        panels(one, facts, 80)[0]
        for one in (session, replace(session, cursor=None))
        for facts in (known, unknown)
    ]
    assert len({tuple(line[0].text for line in page.lines) for page in pages}) == 1
    assert len({page.columns for page in pages}) == 1
    assert "value      …" in pages[1].text()
    assert pages[1].text().endswith("precision  …")
    assert "cursor     outside the window" in pages[2].text()
    assert "precision" not in panels(session, FACTS._replace(accuracy=None), 80)[0].text()


def test_the_hud_shows_values_of_any_size() -> None:
    facts = FACTS._replace(value=Decimal("1.5E-1234"))
    assert "value     1.5e-1234, outside" in panels(Session(hud=True), facts, 80)[0].text()
    facts = FACTS._replace(value=Decimal("NaN"))
    assert "value     not a number, outside: red" in panels(Session(hud=True), facts, 80)[0].text()


def test_the_hud_shows_coordinates_near_zero_with_an_exponent() -> None:
    for text, shown in [
        ("-0.5,0", "-0.5, 0"),
        ("0.000001,-0.00000012", "0.000001, -1.2e-7"),
        (f"-0.{'0' * 99}4,0.{'0' * 9}{'7' * 60}", f"-4e-100, 7.{'7' * 18}…{'7' * 15}e-10"),
    ]:
        session = Session(view=View.parse(f"{text}@1e110"), hud=True)
        (row,) = [line for line in panels(session, FACTS, 200)[0].lines if "centre" in line[0].text]
        assert row[1].text == shown


def test_the_hud_of_what_cannot_be_drawn_says_nothing_of_drawing() -> None:
    rows = panels(Session(hud=True), FACTS._replace(engine=""), 80)[0].text()
    assert "engine" not in rows and "drawn" not in rows


@pytest.mark.parametrize(
    ("mode", "samples", "exact"),
    [("fill", "16 a pixel, once the view rests", "…")]
    + [(mode, f"1 a pixel in mode {mode}", f"not in mode {mode}") for mode in MODES],
)
def test_the_hud_says_where_switches_have_no_effect(mode: str, samples: str, exact: str) -> None:
    session = Session(hud=True, smooth=True, exact=True, looks=PLAIN.with_mode(mode))
    text = panels(session, FACTS._replace(samples=16), 80)[0].text()
    assert f"samples   {samples}\nexact     {exact}\n" in text


def test_of_what_cannot_be_shown_nothing_is_listed() -> None:
    session = Session(tiles=True, listing=CLOSED.toggled())
    (panel,) = panels(session, FACTS, 80)
    assert panel.text().strip() == "nothing is shown"
    assert len(panels(replace(session, shape=SHAPE), FACTS, 80)) == 2


def test_the_help_takes_the_room_of_what_was_told_before() -> None:
    helped = Session().told("marked as 1", 0.0).act(Action.HELP)
    assert (helped.help, helped.message) == (True, "")
    assert helped.told("saved", 1.0).act(Action.HELP).message == "saved"


def test_the_help_hides_the_hud() -> None:
    both = Session(hud=True, help=True)
    assert [panel.place for panel in panels(both, FACTS, 80)] == [Place.CENTRE]
    help_, problem = panels(both.failed(ERROR), FACTS, 40)
    assert help_.place is Place.CENTRE
    assert len(problem.lines) == 1
    assert problem.columns <= 40
