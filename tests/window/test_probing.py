"""What the probe says, as pages."""

from __future__ import annotations

from fractions import Fraction

from viewer.view import Grid, View
from viewer.window.insight.probing import LONGEST, probe, read, rows, ruler
from viewer.window.text.panels import Tone, table_panel

DISC = b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\none const 1\nd sub s one\n"


def page(data: bytes, view: str, x: str, y: str) -> list[str]:
    grid = Grid(View.parse(view), 400, 400)
    program = read(data, "disc.vm")
    assert program is not None
    place = Fraction(x), Fraction(y)
    found = probe(program, data, place, grid)
    return table_panel(rows(place, found, 2 * grid.half, False), 60).text().splitlines()


def test_a_disc_as_a_page() -> None:
    assert page(DISC, "0,0@1", "0.5", "0") == [
        "x           0.5",
        "y           0",
        "value       -0.750000, inside",
        "gradient    1: (1, 0)",
        "edge        100 pixels away",
        "decided by  7: d sub s one",
        "            6: one const 1",
        "            5: s add xx yy",
        "            4: yy square y",
        "            3: xx square x",
        "            2: y var-y",
        "            and 1 more",
    ]


def test_deep_down_a_place_has_the_digits_of_the_pixel() -> None:
    lines = page(DISC, "1,0@1e30", "1.0000000000000000000000000000017", "0")
    assert lines[0] == "x           1.0000000000000000000000000000017"
    assert lines[4] == "edge        340 pixels away"


def test_of_very_many_digits_both_ends_are_shown() -> None:
    place = Fraction(1, 3), Fraction(1) + Fraction(7, 10**9000)
    x, y, _ = rows(place, None, Fraction(1, 10**9000), pinned=False)
    assert (len(x.value), len(y.value)) == (LONGEST, LONGEST)
    assert x.value.replace("…", "") == "0." + "3" * (LONGEST - 3)
    assert (y.value[:3], y.value[-2:]) == ("1.0", "07")


def test_what_is_no_number_is_told() -> None:
    data = b"x var-x\nr sqrt x\n"
    assert "value       not a number: outside" in page(data, "0,0@1", "-1", "0")


def test_until_there_is_a_finding_the_place_is_shown() -> None:
    place = Fraction(1, 3), Fraction(0)
    found = rows(place, None, Fraction(1, 1000), pinned=True)
    assert [tuple(row)[:2] for row in found] == [
        ("pinned x", "0.333"),
        ("y", "0"),
        ("value", "…"),
    ]
    grid = Grid(View(), 400, 400)
    program = read(DISC, "disc.vm")
    assert program is not None
    stale = probe(program, DISC, (Fraction(0), Fraction(0)), grid)
    for row in rows(place, stale, Fraction(1, 1000), pinned=True):
        assert row.tone is Tone.QUIET


def test_the_ruler_as_a_page() -> None:
    pin = Fraction(1, 4), Fraction(0)
    near = Fraction(1, 4) + Fraction(3, 10**40), Fraction(-4, 10**40)
    assert ruler(pin, near, Fraction(1, 10**41))[:2] == (
        "to cursor",
        "5e-40: (3e-40, -4e-40), 50.0 pixels",
    )
    assert ruler(pin, pin, Fraction(1, 100)).value == "0: (0, 0), 0.0 pixels"
    far = ruler(pin, (Fraction(5, 4), Fraction(0)), Fraction(1, 10**4000)).value
    assert far == "1: (1, 0), 1e+4000 pixels"


def test_a_broken_text_has_no_program() -> None:
    assert read(b"x var", "a.vm") is None
