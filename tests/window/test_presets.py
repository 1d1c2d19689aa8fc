"""Tables of controls for other habits: nothing is lost, and nothing is bound twice."""

from __future__ import annotations

import pytest

from viewer.errors import ParseError
from viewer.window.hands.controls import CONTROLS, Action, Binding, Control, bindings
from viewer.window.hands.keyfile import own_controls, remapped
from viewer.window.hands.presets import LETTERS, wasd

WASD = wasd(CONTROLS)


def keys_of(table: tuple[Control, ...], action: Action) -> list[str]:
    return [b.trigger for b in bindings(table).values() if b.action is action]


def test_letters_move_as_arrows_do() -> None:
    arrows, letters = bindings(CONTROLS), bindings(WASD)
    for letter, arrow in zip("WASD", ("Up", "Left", "Down", "Right"), strict=True):
        for held in ("", "Shift+", "Ctrl+"):
            assert letters[held + letter] == arrows[held + arrow]._replace(trigger=held + letter)
            assert letters[held + arrow] == arrows[held + arrow]


def test_nothing_is_lost_and_nothing_bound_twice() -> None:
    triggers = [binding.trigger for control in WASD for binding in control.bindings]
    assert len(triggers) == len(set(triggers))
    for action in Action:
        before, after = keys_of(CONTROLS, action), keys_of(WASD, action)
        assert len(after) >= len(before)
        for key in before:
            plain = key.replace("Ctrl+", "").replace("Shift+", "")
            if plain in tuple("WASD"):
                ctrl = "Ctrl+" if "Ctrl+" in key else ""
                shift = "Shift+" if "Shift+" in key else ""
                assert f"{ctrl}Alt+{shift}{plain}" in after
            else:
                assert key in after
    assert keys_of(WASD, Action.SAVE) == ["Alt+S", "F2", "Ctrl+Alt+S"]


def test_the_help_says_so() -> None:
    assert LETTERS in WASD
    for control in WASD:
        triggers = [binding.trigger for binding in control.bindings]
        known = control in CONTROLS or control is LETTERS
        assert known or triggers[: len(control.shown.split())] == control.shown.split()


def test_it_is_the_same_twice() -> None:
    assert wasd(WASD) == WASD


def test_a_line_of_the_key_file_asks_for_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert remapped(CONTROLS, "wasd = true", "keys.toml") == WASD
    assert remapped(CONTROLS, "wasd = false", "keys.toml") == CONTROLS
    (tmp_path / "keys.toml").write_text("wasd = true\nsmooth = 'F5'\n")
    found = own_controls(tmp_path)
    assert keys_of(found, Action.SMOOTH) == ["F5"]
    assert "A" in keys_of(found, Action.PAN_LEFT)
    assert own_controls(tmp_path / "none", WASD) == WASD


def test_own_keys_come_before_it() -> None:
    found = bindings(remapped(CONTROLS, "wasd = true\nquit = 'W'", "keys.toml"))
    assert found["W"] == Binding("W", Action.QUIT)
    assert found["A"].action is Action.PAN_LEFT


@pytest.mark.parametrize("value", ["3", "'yes'", "[]"])
def test_it_is_true_or_false(value: str) -> None:
    with pytest.raises(ParseError, match=r"keys.toml:2:1: found .*, expected true or false"):
        remapped(CONTROLS, f"\nwasd = {value}", "keys.toml")
