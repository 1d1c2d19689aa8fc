"""The form: any keys and clicks leave it a form; what it says is what `prospero render` is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.errors import ViewerError
from viewer.picture.command import check
from viewer.picture.look import Look
from viewer.picture.palettes import PALETTES, palette_of
from viewer.window.saving.form import FIELDS, KEYS, NAMES, Form, file_name, options, size_text
from viewer.window.saving.form_panel import FIRST, form_panel, pressed

WINDOW = (1024, 768)
SOURCE = Path("gears.vm")

characters = st.one_of(st.sampled_from("0123456789xXpnsy"), st.characters(codec="utf-8"))
hands = st.lists(
    st.one_of(
        st.sampled_from(sorted(KEYS)),
        characters.map(lambda character: f"type {character}"),
        st.tuples(st.integers(-1, 20), st.integers(-1, 60)),
    ),
    max_size=30,
)


def after(hand: str | tuple[int, int], form: Form) -> Form:
    if isinstance(hand, tuple):
        key, form = pressed(form, form_panel(form, WINDOW, 80), *hand)
        return (form.keyed(key) or form) if key else form
    if hand.startswith("type "):
        return form.typed(hand.removeprefix("type "))
    found = form.keyed(hand)
    assert found is not None
    return found


@given(hands)
def test_whatever_hands_do_it_is_a_form(hands: list[str | tuple[int, int]]) -> None:
    form = Form()
    for hand in hands:
        form = after(hand, form)
        assert 0 <= form.at < len(FIELDS)
        assert len(form.values) == len(FIELDS)
        for field, value in zip(FIELDS, form.values, strict=True):
            assert value in field.choices or field.typed
        assert "/" not in file_name(form, SOURCE, WINDOW)
        panel = form_panel(form, WINDOW, 80)
        assert panel.columns <= 60
    kept = form.opened(Look()).values
    assert kept[0] == form.values[0]


@given(hands)
@example(["Enter", "Backspace"])
@example(["Enter", (0, 0)])
def test_nothing_is_asked_for_but_by_enter(hands: list[str | tuple[int, int]]) -> None:
    form = Form()
    for hand in hands:
        before, form = form, after(hand, form)
        button = (
            isinstance(hand, tuple) and hand[0] == len(form_panel(before, WINDOW, 80).lines) - 1
        )
        if hand != "Enter" and not button:
            assert not form.asked
        elif hand == "Enter":
            assert form.asked


@given(hands)
def test_it_is_refused_where_the_command_refuses_and_never_otherwise_wrong(
    hands: list[str | tuple[int, int]],
) -> None:
    """Its options are options of the command, whatever their values."""
    form = Form()
    for hand in hands:
        form = after(hand, form)
    target = "/tmp/" + file_name(form, SOURCE, WINDOW)
    try:
        check([str(SOURCE), f"--output={target}", *options(form, WINDOW)])
    except ViewerError as error:
        assert "arguments" not in str(error)
        assert "\n" not in str(error)


@given(st.integers(0, len(FIELDS) - 1), st.integers(1, 12))
def test_right_undoes_left(at: int, steps: int) -> None:
    form = start = Form(at=at)
    for _ in range(steps):
        form = after("Left", form)
    for _ in range(steps):
        form = after("Right", form)
    assert form == start


def test_what_is_typed_takes_the_place_of_a_choice() -> None:
    form = Form()
    for character in "0800x0600":
        form = form.typed(character)
    assert form["size"] == "800x600"
    for _ in range(3):
        form = form.erased()
    assert form["size"] == "800x"
    assert options(form, WINDOW) == ["--size=800x"]
    assert form.cleared()["size"] == "window"
    assert form.stepped(1)["size"] == "window"
    assert form.stepped(-1)["size"] == "16384"
    assert form.moved(1).moved(-1).typed("7")["size"] == "7"
    assert form.typed("7")["size"] == "800x7"
    for _ in range(6):
        form = form.erased()
    assert form["size"] == "window"


def test_a_letter_finds_a_choice() -> None:
    form = Form(at=NAMES.index("format"))
    found = [form.typed("p")]
    for _ in range(5):
        found.append(found[-1].typed("p"))
    names = [form["format"] for form in found]
    assert {"ppm", "pgm", "pdf", "png"} <= set(names)
    assert form.typed("!")["format"] == "png"
    assert Form(at=NAMES.index("name")).stepped(1) == Form(at=NAMES.index("name"))


@pytest.mark.parametrize(
    ("values", "name", "told"),
    [
        ({}, "gears.png", "--size=1024x768"),
        ({"size": "x4"}, "gears-4096x3072.png", "--size=4096x3072"),
        (
            {"size": "16384", "samples": "8", "format": "tif", "palette": "print"},
            "gears-16384.tif",
            "--size=16384 --aa=8 --palette=print",
        ),
        (
            {"size": "640x480", "mode": "iso", "palette": "safe", "name": "Übung 1"},
            "Übung 1.png",
            "--size=640x480 --mode=iso --palette=safe",
        ),
        (
            {"format": "svg", "exact": "yes", "samples": "2"},
            "gears.svg",
            "--size=1024x768 --aa=2 --exact",
        ),
        ({"format": "npy", "name": ".."}, "...npy", "--size=1024x768"),
    ],
)
def test_what_render_is_told(values: dict[str, str], name: str, told: str) -> None:
    form = Form()
    for field, value in values.items():
        form = form.with_value(field, value)
    assert file_name(form, SOURCE, WINDOW) == name
    assert " ".join(options(form, WINDOW)) == told


def test_the_form_as_a_page() -> None:
    form = Form().with_value("size", "x2").with_value("name", "mine").moved(-1)
    panel = form_panel(form.judged("/home/ann/mine.png", ""), WINDOW, 80)
    assert [line.rstrip() for line in panel.text().splitlines()] == [
        "save the view as a picture",
        "",
        "size     ◂ 2048x1536 (x2)                 ▸",
        "samples  ◂ 1 a pixel                      ▸",
        "mode     ◂ fill                           ▸",
        "palette  ◂ black and white                ▸",
        "format   ◂ png                            ▸",
        "exact    ◂ no                             ▸",
        "name       mine",
        "",
        "/home/ann/mine.png",
        "",
        "Enter save    Esc close",
    ]
    assert "mine1▏ " in form_panel(form.erased().typed("e").typed("1"), WINDOW, 80).text()
    refused = form_panel(form.judged("/home/ann/mine.png", "npy cannot"), WINDOW, 80)
    assert "npy cannot" in refused.text()
    assert "/home/ann" not in refused.text()


def test_clicks_do_what_the_keys_do() -> None:
    form = Form()
    panel = form_panel(form, WINDOW, 80)
    lines = panel.text().splitlines()
    for index, field in enumerate(FIELDS):
        line = FIRST + index
        assert lines[line].startswith(field.name)
        assert pressed(form, panel, line, 0) == ("", Form(at=index))
        if len(field.choices) > 1:
            assert pressed(form, panel, line, lines[line].index("◂"))[0] == "Left"
            assert pressed(form, panel, line, lines[line].index("▸"))[0] == "Right"
            assert pressed(form, panel, line, lines[line].index("▸") - 3)[0] == ""
    last = len(lines) - 1
    assert pressed(form, panel, last, lines[last].index("save"))[0] == "Enter"
    assert pressed(form, panel, last, lines[last].index("close"))[0] == "Esc"
    assert pressed(form, panel, 0, 0) == pressed(form, panel, 99, 0) == ("", form)


def test_opened_again_it_has_the_windows_look_and_the_last_choices() -> None:
    form = Form(at=3).with_value("size", "x4").with_value("name", "a").with_value("mode", "iso")
    form = form.judged("/a.png", "no").opened(Look("distance", PALETTES["safe"]))
    assert (form["size"], form["mode"], form["palette"], form["name"]) == (
        "x4",
        "distance",
        "safe",
        "",
    )
    assert (form.at, form.target, form.refusal) == (0, "", "")
    assert (form["samples"], form["exact"]) == ("1", "no")
    better = form.opened(Look(), smooth=True, exact=True)
    assert (better["samples"], better["exact"]) == ("4", "yes")
    assert better.with_value("samples", "8").opened(Look(), smooth=True)["samples"] == "8"
    other = form.opened(Look("unheard of", palette_of("red,blue")))
    assert (other["mode"], other["palette"]) == ("distance", "")
    assert size_text(form, (10, 20)) == "40x80"
