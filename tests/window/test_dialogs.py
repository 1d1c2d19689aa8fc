"""What takes keys and clicks before the picture does, as changes of a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.window.test_session import FACTS
from viewer.errors import FileError, ParseError
from viewer.window.backends.protocols import KEYS
from viewer.window.dialogs import clicked, keyed, typed, wheeled
from viewer.window.files.gallery import sheet_of
from viewer.window.files.listed import Files
from viewer.window.hands.controls import Action
from viewer.window.saving.form_panel import form_panel
from viewer.window.session import Session
from viewer.window.text.hud import panels
from viewer.window.text.overlay import Hit, Room, Typesetter, em_of, leading_of
from viewer.window.text.panels import Place

SIZE = (800, 600)
FILES = Files.of(tuple(Path(f"{n}.vm") for n in range(40)))
SESSION = Session(size=SIZE, files=FILES)
FORM = SESSION.act(Action.SAVE_AS)
OVERVIEW = SESSION.act(Action.OVERVIEW)

triggers = st.builds(
    lambda modifiers, name: "".join(f"{word}+" for word in modifiers) + name,
    st.lists(st.sampled_from(("Ctrl", "Alt", "Shift")), unique=True, max_size=2),
    st.sampled_from(sorted(KEYS.values())),
)


@given(triggers, st.characters(codec="utf-8"))
def test_without_a_dialog_all_is_for_the_picture(trigger: str, character: str) -> None:
    assert keyed(SESSION, trigger) is None
    assert typed(SESSION, character) is None
    assert clicked(SESSION, (400, 300), None) is wheeled(SESSION, 1) is None


@given(triggers)
def test_in_the_form_no_letter_is_a_control(trigger: str) -> None:
    """Only function keys, and those with Ctrl or Alt, stay what they are."""
    after = keyed(FORM, trigger)
    if after is None:
        *modifiers, name = trigger.split("+")
        assert {"Ctrl", "Alt"} & {*modifiers} or name[0] == "F"
    else:
        assert after.view == FORM.view
        assert after.form.asked == (trigger == "Enter")
        assert after.form.open == (trigger != "Esc")
    asked = keyed(FORM, "Enter")
    assert asked is not None
    assert typed(asked, "\r") == asked  # which comes with the key


@given(st.lists(triggers))
@example(["Enter"])
def test_esc_closes_and_asks_for_nothing(hands: list[str]) -> None:
    for start in (FORM, OVERVIEW):
        session = start
        for trigger in hands:
            session = keyed(session, trigger) or session
        after = keyed(session, "Esc") or session
        assert not (after.form.open or after.gallery.open)
        assert not (after.form.asked or after.gallery.asked)
        assert session.act(Action.CLOSE) == after


@given(triggers, st.characters(codec="utf-8"))
def test_what_the_help_hides_takes_nothing(trigger: str, character: str) -> None:
    for hidden in (FORM.act(Action.HELP), OVERVIEW.act(Action.HELP)):
        assert keyed(hidden, trigger) is typed(hidden, character) is None
        assert clicked(hidden, (400, 300), None) is wheeled(hidden, 1) is None
    assert FORM.act(Action.HELP).act(Action.CLOSE) == FORM
    assert OVERVIEW.act(Action.HELP).act(Action.CLOSE) == OVERVIEW


def test_one_lies_over_the_picture_at_a_time() -> None:
    assert not OVERVIEW.act(Action.SAVE_AS).gallery.open
    assert not SESSION.act(Action.HELP).act(Action.SAVE_AS).help
    assert not SESSION.act(Action.HELP).act(Action.OVERVIEW).help
    assert not OVERVIEW.act(Action.OVERVIEW).gallery.open
    assert not Session().act(Action.OVERVIEW).gallery.open
    assert FORM.act(Action.CLOSE) == SESSION
    other = replace(SESSION, files=FILES.at(30)).act(Action.OVERVIEW)
    assert other.gallery.at == 30


def test_nothing_lies_over_the_overview_but_its_own_line() -> None:
    broken = OVERVIEW.failed(ParseError("0.vm", 2, 3, "unknown opcode 'frob'", "y frob x"))
    (panel,) = panels(broken, FACTS, 80)
    assert panel.text().endswith("40 files: arrows and Enter, or a click, Esc closes")
    assert len(panels(OVERVIEW.failed(FileError("x.vm: no such file")), FACTS, 80)) == 2


@pytest.mark.parametrize(("size", "scale"), [(SIZE, 1.0), ((1920, 1080), 1.0), ((1600, 1200), 2.0)])
def test_clicks_find_what_is_written_where_it_is_written(
    size: tuple[int, int], scale: float
) -> None:
    typesetter = Typesetter()
    panel = form_panel(FORM.form, size, typesetter.columns(Room.of(size, scale)))
    (placed,) = typesetter.place((panel,), Room.of(size, scale))
    height, width = placed.image.shape[:2]
    assert typesetter.text_at((placed.at[0] - 1, placed.at[1])) is None
    assert typesetter.text_at((placed.at[0] + width, placed.at[1])) is None
    lines = panel.text().splitlines()
    em = em_of(size, scale)
    leading, font = leading_of(em), typesetter.font(em)
    padding = (height - len(lines) * leading) / 2
    for line, text in enumerate(lines):
        for column in range(len(text)):
            x = placed.at[0] + padding + (column + 0.5) * font.getlength("0")
            y = placed.at[1] + padding + (line + 0.5) * leading
            assert typesetter.text_at((x, y)) == Hit(panel, line, column)


def test_a_click_beside_the_form_is_for_the_picture() -> None:
    assert clicked(FORM, (5, 5), None) is None
    message = Hit(panels(replace(FORM, message="saved"), FACTS, 80)[-1], 0, 0)
    assert message.panel.place is Place.BOTTOM
    assert clicked(FORM, (5, 590), message) is None
    panel = form_panel(FORM.form, SIZE, 80)
    assert clicked(FORM, (400, 300), Hit(panel, 0, 0)) == FORM
    after = clicked(FORM, (400, 300), Hit(panel, len(panel.lines) - 1, 0))
    assert after is not None
    assert after.form.asked
    assert wheeled(FORM, 1) is None


def test_a_click_on_a_file_chooses_it() -> None:
    sheet = sheet_of(40, SIZE, 1.0)
    left, top = sheet.middle(SIZE)
    x, y = sheet.corner(4)
    after = clicked(OVERVIEW, (left + x + 3, top + y + 3), None)
    assert after is not None
    assert (after.gallery.at, after.gallery.asked) == (4, True)
    assert clicked(OVERVIEW, (left + 1, top + 1), None) == OVERVIEW  # between two
    assert clicked(OVERVIEW, (left - 1, top), None) is None
    scrolled = wheeled(OVERVIEW, -2)
    assert scrolled is not None
    assert scrolled.gallery.top == 2
    assert keyed(OVERVIEW, "]") is None  # stepping goes on
