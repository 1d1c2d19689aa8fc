"""Laws of warnings in the window: told once for what is new, and hidden by time or by Esc."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import ParseError
from viewer.window.hands.controls import Action
from viewer.window.insight.warned import (
    NONE,
    SECONDS,
    Warned,
    warnings_in,
    warnings_panel,
    warnings_row,
)
from viewer.window.session import Session, Shape
from viewer.window.text.hud import Facts, panels
from viewer.window.text.panels import Place, Tone

FACTS = Facts(1.0, "tiles", "llvmpipe", None, None)
SHAPE = Shape(Path("folder/disc.vm"), 7, 7, uses_z=False)
TEXT = b"x var-x\n\ta   neg  x # left over\nb const 1e39\nc const 0.5\nr add x c\n"
UNREAD = Warned(2, "nothing reads this value", "a neg x # left over")
SECOND = Warned(3, "nothing reads this value", "b const 1e39")
LARGE = Warned(3, "too large for float32: infinite there", "b const 1e39")

some = st.lists(
    st.builds(Warned, st.integers(1, 9), st.sampled_from("ab"), st.sampled_from("xy")), max_size=4
).map(lambda found: tuple(sorted(found)))


def test_they_are_those_of_the_text() -> None:
    assert warnings_in(TEXT, "disc.vm") == (UNREAD, SECOND, LARGE)
    assert warnings_in(b"x var-w", "disc.vm") == ()
    assert warnings_in(b"\xef\xbb\xbfx var-x\r\nu neg x\r\nv neg x\r\n", "d")[0].text == "u neg x"


def test_the_panel_and_the_row_as_pages() -> None:
    warnings = NONE.known((UNREAD, SECOND, LARGE), 0.0)
    panel = warnings_panel(warnings, SHAPE.path, 80)
    assert panel.text().splitlines() == [
        "disc.vm:2: nothing reads this value",
        "a neg x # left over",
        "disc.vm:3: nothing reads this value",
        "b const 1e39",
        "disc.vm:3: too large for float32: infinite there",
        "b const 1e39",
    ]
    many = warnings_panel(NONE.known((UNREAD,) * 1236, 0.0), SHAPE.path, 80)
    assert many.text().splitlines()[6:] == ["and 1,233 more"]
    assert Tone.BAD not in {span.tone for line in panel.lines for span in line}
    row = warnings_row(warnings)
    assert row is not None
    assert row.value == "line 2: nothing reads this value, and 2 more"
    assert warnings_row(NONE) is None
    narrow = warnings_panel(NONE.known((UNREAD,), 0.0), SHAPE.path, 12)
    assert all(len(line) <= 12 for line in narrow.text().splitlines())


@given(some, some)
def test_they_are_shown_where_one_is_new_wherever_it_is(
    before: tuple[Warned, ...], after: tuple[Warned, ...]
) -> None:
    hidden = NONE.known(before, 1.0).hidden()
    assert not hidden.shown and hidden.found == before
    known = hidden.known(after, 2.0)
    assert known.found == after
    assert known.shown == bool({w[1:] for w in after} - {w[1:] for w in before})
    moved = tuple(warned._replace(line=warned.line + 3) for warned in before)
    assert not hidden.known(moved, 2.0).shown


@given(some.filter(bool), st.floats(0.1, 100))
def test_they_go_by_themselves(found: tuple[Warned, ...], now: float) -> None:
    shown = NONE.known(found, now)
    assert shown.ticked(now + SECONDS * 0.99) is shown
    over = shown.ticked(now + SECONDS)
    assert not over.shown and over.found == found
    assert over.ticked(now + 99) is over


def test_esc_hides_them_and_errors_go_before_them() -> None:
    session = Session(size=(800, 600), shape=SHAPE).warned(NONE.known((UNREAD,), 0.0))

    def below(session: Session) -> list[str]:
        found = panels(session, FACTS, 80)
        return [panel.text() for panel in found if panel.place is Place.BOTTOM]

    assert len(below(session)) == 1 and "nothing reads" in below(session)[0]
    assert below(session.act(Action.CLOSE)) == []
    problem = ParseError("disc.vm", 1, 1, "unknown opcode")
    assert below(session.failed(problem)) == ["disc.vm:1:1: unknown opcode"]
    rows = panels(session.act(Action.CLOSE).act(Action.HUD), FACTS, 80)[0].text()
    assert "warnings  line 2: nothing reads this value" in rows
    other = session.loaded(SHAPE._replace(path=Path("other.vm")))
    assert other.warnings == NONE
    assert session.loaded(SHAPE).warnings.found == (UNREAD,)
    assert replace(session, warnings=NONE).warned(NONE).warnings is NONE
