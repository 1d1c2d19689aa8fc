"""A person's own keys: a TOML text that changes the table of controls.

    # ~/.config/prospero-viewer/keys.toml
    zoom-in = ["+", "=", "I"]       an action and all its keys; those of the table no longer do it
    quit = "Ctrl+Q"
    tiles = []                      no key at all
    wasd = true                     W A S D move, as the arrows do: see `presets`

A key that another action has is taken from it, unless the text gives it to both. What the mouse
does stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from viewer.errors import FileError, ParseError
from viewer.window.backends.protocols import KEYS
from viewer.window.hands.controls import CONTROLS, Action, Binding, Control
from viewer.window.hands.presets import wasd

MODIFIERS = ("Ctrl", "Alt", "Shift")
_AT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")


def remapped(table: tuple[Control, ...], text: str, path: str) -> tuple[Control, ...]:
    """The table with the text's changes. Raises `ParseError`, which calls the text `path`."""
    reader = _Reader(table, text, path)
    wanted = reader.read()
    table = wasd(table) if reader.wasd else table
    taken = {trigger for triggers in wanted.values() for trigger in triggers}
    changed = []
    for control in table:
        bindings = tuple(_changed(control.bindings, wanted, taken))
        shown = control.shown
        if bindings != control.bindings:
            shown = " ".join(binding.trigger for binding in bindings)
        if bindings:
            changed.append(control._replace(shown=shown, bindings=bindings))
    return tuple(changed)


def own_controls(folder: Path, table: tuple[Control, ...] = CONTROLS) -> tuple[Control, ...]:
    """The table with the changes of `keys.toml` in a folder, where there is one. Raises
    `ViewerError`."""
    path = folder / "keys.toml"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return table
    except OSError as error:
        raise FileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    return remapped(table, data.decode("utf-8", "replace"), str(path))


def name_of(action: Action) -> str:
    """An action as the text calls it: `zoom-in`."""
    return action.name.lower().replace("_", "-")


def trigger_of(text: str) -> str | None:
    """A key as the table writes it, from any order and case: `shift+ctrl+s` is `Ctrl+Shift+S`.
    None where there is no such key."""
    *modifiers, name = [text] if text == "+" else text.split("+")
    held = {word.strip().capitalize() for word in modifiers}
    known = {key.lower(): key for key in KEYS.values()}
    key = known.get(name.strip().lower())
    if key is None:
        # A character comes as text, with whatever modifiers the layout needs for it.
        alone = len(name) == 1 and name.isprintable() and not name.isspace() and not held
        return name if alone else None
    if not held <= set(MODIFIERS) or len(held) != len(modifiers):
        return None
    return "+".join([*(word for word in MODIFIERS if word in held), key])


def _changed(
    bindings: Iterable[Binding], wanted: dict[Action, list[str]], taken: set[str]
) -> Iterable[Binding]:
    """One control's bindings: those of a changed action where its first one was."""
    done = set()
    for binding in bindings:
        if binding.action not in wanted:
            if binding.trigger not in taken:
                yield binding
        elif binding.action not in done:
            done.add(binding.action)
            for trigger in wanted[binding.action]:
                yield binding._replace(trigger=trigger)


class _Reader:
    """Reads the text against a table."""

    def __init__(self, table: tuple[Control, ...], text: str, path: str) -> None:
        self._text, self._path = text, path
        self.wasd = False
        """Whether the text asks for that preset."""
        mouse = {
            binding.action
            for control in table
            for binding in control.bindings
            if trigger_of(binding.trigger) != binding.trigger
        }
        bound = {binding.action for control in table for binding in control.bindings}
        self._actions = {name_of(action): action for action in Action if action in bound - mouse}
        self._mouse = {name_of(action) for action in mouse}

    def read(self) -> dict[Action, list[str]]:
        """The keys of each action that the text names."""
        try:
            document: dict[str, Any] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            found = _AT.fullmatch(str(error).replace("\n", " "))
            what, line, column = found.groups() if found else (str(error), None, None)
            lines = self._text.split("\n")
            where = int(line or len(lines)), int(column or len(lines[-1]) + 1)
            self._fail(*where, f"not TOML: {str(what).lower()}")
        wanted: dict[Action, list[str]] = {}
        owner: dict[str, str] = {}
        for name, value in document.items():
            if name == "wasd":
                if not isinstance(value, bool):
                    self._fail_at(name, "", f"found {value!r:.40}, expected true or false")
                self.wasd = value
                continue
            if name not in self._actions:
                self._refuse(name)
            triggers = self._triggers(name, value)
            for trigger in triggers:
                other = owner.setdefault(trigger, name)
                if other != name:
                    self._fail_at(
                        name,
                        trigger,
                        f"{trigger!r} is the key of {other!r} already, expected another",
                    )
            wanted[self._actions[name]] = triggers
        return wanted

    def _triggers(self, name: str, value: Any) -> list[str]:
        values = value if isinstance(value, list) else [value]
        triggers = []
        for text in values:
            if not isinstance(text, str):
                self._fail_at(name, "", f"found {text!r:.40}, expected keys in quotes")
            trigger = trigger_of(text)
            if trigger is None:
                self._fail_at(
                    name,
                    text,
                    f"unknown key {text!r:.40}, expected one such as 'Ctrl+Shift+S' or '+'",
                )
            triggers.append(trigger)
        return list(dict.fromkeys(triggers))

    def _refuse(self, name: str) -> NoReturn:
        if name in self._mouse:
            self._fail_at(name, "", f"{name!r} is done with the mouse, expected an action of a key")
        near = get_close_matches(name, self._actions, n=1)
        expected = repr(near[0]) if near else "one of " + " ".join(self._actions)
        self._fail_at(name, "", f"unknown action {name!r:.40}, expected {expected}")

    def _fail_at(self, name: str, word: str, message: str) -> NoReturn:
        """At the line that sets `name`, and there at a word, where they can be found."""
        place = re.compile(
            rf"\s*(?P<quote>[\"']?){re.escape(name)}(?P=quote)\s*[=.\]]|\s*\[+\s*{re.escape(name)}\b"
        )
        for number, line in enumerate(self._text.splitlines(), 1):
            if place.match(line):
                start = len(line) - len(line.lstrip())
                at = line.find(word, line.find("=") + 1) if word else start
                self._fail(number, max(at, start) + 1, message)
        self._fail(1, 1, message)

    def _fail(self, line: int, column: int, message: str) -> NoReturn:
        lines = self._text.splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        raise ParseError(self._path, line, column, message, text)
