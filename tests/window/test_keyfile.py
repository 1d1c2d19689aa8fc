"""Laws of a person's own keys: what the text says holds, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import ParseError
from viewer.window.backends.protocols import KEYS
from viewer.window.hands.controls import CONTROLS, Action, Binding, Control
from viewer.window.hands.keyfile import MODIFIERS, name_of, remapped, trigger_of

MOUSE = {
    binding.action
    for control in CONTROLS
    for binding in control.bindings
    if trigger_of(binding.trigger) is None
}
names = st.sampled_from(sorted(KEYS.values()))
triggers = st.builds(
    lambda modifiers, name: "+".join([*(m for m in MODIFIERS if m in modifiers), name]),
    st.sets(st.sampled_from(MODIFIERS)),
    names,
) | st.sampled_from("+-=?,.0!ü")
actions = st.sampled_from(sorted(set(Action) - MOUSE, key=lambda action: action.name))


def bound(table: tuple[Control, ...]) -> dict[str, Binding]:
    found = [binding for control in table for binding in control.bindings]
    assert len({binding.trigger for binding in found}) == len(found)
    return {binding.trigger: binding for binding in found}


def keys_of(table: tuple[Control, ...], action: Action) -> list[str]:
    return [trigger for trigger, binding in bound(table).items() if binding.action is action]


@given(st.dictionaries(actions, st.lists(triggers, max_size=3, unique=True), max_size=5))
def test_what_the_text_says_holds_and_nothing_else_changes(
    wanted: dict[Action, list[str]],
) -> None:
    given_keys = [key for keys in wanted.values() for key in keys]
    text = "\n".join(f"{name_of(action)} = {keys!r}" for action, keys in wanted.items())
    if len(set(given_keys)) < len(given_keys):
        with pytest.raises(ParseError, match="already, expected another"):
            remapped(CONTROLS, text, "keys.toml")
        return
    table = remapped(CONTROLS, text, "keys.toml")
    for action in Action:
        default = keys_of(CONTROLS, action)
        expected = wanted.get(action, [key for key in default if key not in given_keys])
        assert keys_of(table, action) == expected
    repeats = {binding.action: binding.repeats for binding in bound(CONTROLS).values()}
    assert all(binding.repeats == repeats[binding.action] for binding in bound(table).values())


@given(st.dictionaries(actions, st.lists(triggers, max_size=3, unique=True), max_size=3))
def test_the_help_shows_what_is_bound(wanted: dict[Action, list[str]]) -> None:
    text = "\n".join(f"{name_of(action)} = {keys!r}" for action, keys in wanted.items())
    try:
        table = remapped(CONTROLS, text, "keys.toml")
    except ParseError:
        return
    for control in table:
        assert control in CONTROLS or control.shown.split() == [b.trigger for b in control.bindings]
        assert control.bindings


def test_an_empty_text_changes_nothing() -> None:
    assert remapped(CONTROLS, "# none\n", "keys.toml") == CONTROLS


@given(st.permutations(MODIFIERS), names, st.sampled_from((str.lower, str.upper, str.title)))
def test_order_and_case_of_a_key_are_free(modifiers: list[str], name: str, case: object) -> None:
    assert callable(case)
    assert trigger_of(case("+".join([*modifiers, name]))) == "+".join([*MODIFIERS, name])


@pytest.mark.parametrize(
    "text", ["", "Ctrl+", "Ctrl++", "Hyper+A", "Ctrl+Ctrl+A", "Nokey", " ", "Ctrl+?"]
)
def test_what_is_no_key(text: str) -> None:
    assert trigger_of(text) is None


@pytest.mark.parametrize(
    ("text", "message", "column_text"),
    [
        ('quit = "Hyper+Q"', "1:9: unknown key 'Hyper+Q', expected one such as", "Hyper+Q"),
        ("\nquit = 3", "2:1: found 3, expected keys in quotes", "quit"),
        ('qiut = "Q"', "1:1: unknown action 'qiut', expected 'quit'", "qiut"),
        ("[keys]\nquit = 'Q'", "1:1: unknown action 'keys', expected one of", "[keys]"),
        ("drag = 'Q'", "1:1: 'drag' is done with the mouse, expected an action of a key", "drag"),
        (
            'save = "F5"\nquit = ["Q", "f5"]',
            "2:1: 'F5' is the key of 'save' already, expected another",
            "quit",
        ),
        ("help = 'H'\nquit = ", "2:8: not TOML: invalid value", ""),
        ("quit = 'Q", '1:10: not TOML: expected "\'"', ""),
    ],
)
def test_an_error_says_where_and_what_is_expected(
    text: str, message: str, column_text: str
) -> None:
    with pytest.raises(ParseError, match=re.escape(message)) as caught:
        remapped(CONTROLS, text, "keys.toml")
    error = caught.value
    assert str(error).startswith("keys.toml:")
    assert error.text == text.splitlines()[error.line - 1]
    assert error.text[error.column - 1 :].startswith(column_text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        remapped(CONTROLS, text, "keys.toml")
    except ParseError as error:
        assert len(str(error).splitlines()) == 1
