"""The table of controls: one table, read by everyone, true for all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from viewer.window import tools
from viewer.window.desk import PLACES
from viewer.window.hands import slices, told
from viewer.window.hands.controls import BINDINGS, CONTROLS, Action
from viewer.window.session import CHANGES
from viewer.window.show import switches

ROOT = Path(__file__).resolve().parents[2]
POINTER = {Action.DRAG, Action.BOX, Action.WHEEL, Action.WHEEL_FINE, Action.Z_WHEEL, Action.OPEN}
SHORT = ("Arrows", "Shift+Arrows", "Ctrl+Arrows", "1-9", "Num1-Num9 Num0")
"""What is shown for more keys than are named."""


def test_no_trigger_is_bound_twice() -> None:
    triggers = [binding.trigger for control in CONTROLS for binding in control.bindings]
    assert len(triggers) == len(set(triggers)) == len(BINDINGS)


def test_every_action_can_be_asked_for() -> None:
    assert {binding.action for binding in BINDINGS.values()} == set(Action)


def test_every_action_is_done_in_one_place() -> None:
    """By the session, its tools, its slice and its switches, by the app, its desks or its browser
    (whose tables are checked by name), or by the pointer."""
    window = ROOT / "viewer" / "window"
    names = ("app.py", "desk.py", "matters.py", "save_desk.py", "browsing.py")
    files = [path for path in window.rglob("*.py") if path.name in names]
    assert len(files) == len(names)
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    for action in Action:
        by_app = f"Action.{action.name}:" in source or action in PLACES
        switched = {*CHANGES, *switches.CHANGES}  # of some the one only says what the other did
        tables = switched, tools.CHANGES, slices.CHANGES
        by_session = sum(action in table for table in tables)
        assert by_session + by_app + (action in POINTER) == 1, action


def test_what_is_shown_is_what_is_bound() -> None:
    for control in CONTROLS:
        if control.shown not in SHORT:
            shown = control.shown.split()
            triggers = [binding.trigger for binding in control.bindings]
            assert triggers[: len(shown)] == shown
            # What is not shown is another way to do what is.
            actions = [binding.action for binding in control.bindings]
            assert set(actions[len(shown) :]) <= set(actions[: len(shown)])


def test_the_table_as_text() -> None:
    first, *lines = told.columns().splitlines()
    assert first == "moving"
    assert lines[0].split(maxsplit=1) == ["Drag", "move the picture"]
    assert lines[-1].split() == ["Q", "Ctrl+Q", "quit"]
    assert lines[0].index("move") == lines[-1].index("quit")
    assert sum(line.startswith("  ") for line in lines) == len(CONTROLS)


def test_every_group_is_told_once() -> None:
    groups = [group for group, _ in told.grouped(CONTROLS)]
    assert len(groups) == len(set(groups)) < len(CONTROLS) / 4
    assert "" not in groups
    assert [control for _, found in told.grouped(CONTROLS) for control in found] == [*CONTROLS]


def test_the_table_as_markdown() -> None:
    lines = told.markdown().splitlines()
    assert lines[:4] == [
        "| control | what it does |",
        "|---|---|",
        "| **moving** | |",
        "| `Drag` | move the picture |",
    ]
    assert lines[-1] == "| `Q` `Ctrl+Q` | quit |"


def test_the_table_needs_no_window_and_no_numpy() -> None:
    check = (
        "import sys, viewer.window.hands.controls;"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'moderngl', 'pyglet', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
