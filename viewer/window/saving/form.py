"""What is asked before a picture is saved by choice: a form as a value, pure in keys and clicks.

    save the view as a picture
    size     ◂ 2048x1536 (x2)   ▸     Up, Down: another field; Left, Right: another choice
    format   ◂ png              ▸     digits and letters: a size, or a name, of one's own
    ...
    /home/ann/gears-2048x1536.png     where it will be, or why it cannot be: the desk knows
    Enter save   Esc close

What it says is what `prospero render` is told (`options`); what makes no sense there is refused
by the same code (`picture.command.check`), so that the form knows no rules of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from viewer.picture.formats.table import FORMATS, OUTLINES
from viewer.picture.look import Look
from viewer.picture.modes import MODES
from viewer.picture.palettes import PALETTES
from viewer.view import Size

SMOOTH = "4"
"""Samples a side of a pixel where edges are smooth."""
WINDOW = "window"
"""The size of the window itself; `x4` is four times that."""


class Field(NamedTuple):
    """A line of the form. Text that is `typed` matches that pattern at every moment."""

    name: str
    choices: tuple[str, ...]
    typed: str = ""


FIELDS = (
    Field(
        "size",
        (WINDOW, "x2", "x4", "3840x2160", "16384"),
        r"[1-9][0-9]{0,6}(x([1-9][0-9]{0,6})?)?",
    ),
    Field("samples", ("1", "2", "4", "8")),
    Field("mode", ("fill", *MODES)),
    Field("palette", ("", *PALETTES)),
    Field(
        "format",
        (*(row.endings[0][1:] for row in FORMATS), *(ending[1:] for ending in OUTLINES)),
    ),
    Field("exact", ("no", "yes")),
    Field("name", ("",), r"[^/\\:*?\"<>|\x00-\x1f\x7f]{1,80}"),
)
"""From top to bottom. The first choice of each is what it starts with."""

NAMES = tuple(field.name for field in FIELDS)


@dataclass(frozen=True, slots=True)
class Form:
    """Whether it is `open`, a value for each field, which of them has the keys, whether text that
    is typed there takes the place of what is there (`fresh`), and whether saving was asked for.

    `target` is where the picture will be, and `refusal` why there can be none, "" where there can:
    both are the desk's to say.
    """

    open: bool = False
    values: tuple[str, ...] = tuple(field.choices[0] for field in FIELDS)
    at: int = 0
    fresh: bool = True
    asked: bool = False
    target: str = ""
    refusal: str = ""

    def __getitem__(self, name: str) -> str:
        return self.values[NAMES.index(name)]

    def with_value(self, name: str, value: str) -> Form:
        """The same with another value in a field."""
        index = NAMES.index(name)
        values = (*self.values[:index], value, *self.values[index + 1 :])
        return replace(self, values=values, fresh=True, asked=False)

    def judged(self, target: str, refusal: str) -> Form:
        """The same with what the desk says of it."""
        return replace(self, target=target, refusal=refusal, asked=False)

    def closed(self) -> Form:
        """Out of sight, with what was chosen."""
        return replace(self, open=False, asked=False)

    @property
    def field(self) -> Field:
        """The one that has the keys."""
        return FIELDS[self.at]

    def keyed(self, trigger: str) -> Form | None:
        """After a key; None where it means nothing here."""
        change = KEYS.get(trigger)
        return change(replace(self, asked=False)) if change else None

    def typed(self, character: str) -> Form:
        """After a character. In a field of choices it goes to the next that begins with it."""
        field, value = self.field, self.values[self.at]
        if not field.typed:
            found = _from(field.choices, field.choices.index(value) + 1)
            begun = (choice for choice in found if choice.startswith(character.lower()))
            return self.with_value(field.name, next(begun, value))
        text = character if self.fresh or value in field.choices else value + character
        if not re.fullmatch(field.typed, text):
            return replace(self, asked=False)
        return replace(self.with_value(field.name, text), fresh=False)

    def stepped(self, step: int) -> Form:
        """The field so many choices on, around the ends; from text of one's own to the first or
        the last, and where there is nothing to choose it stays."""
        choices, value = self.field.choices, self.values[self.at]
        if len(choices) == 1:
            return self
        there = choices.index(value) + step if value in choices else min(0, step)
        return self.with_value(self.field.name, choices[there % len(choices)])

    def moved(self, step: int) -> Form:
        """The keys go to another field, around the ends."""
        return replace(self, at=(self.at + step) % len(FIELDS), fresh=True, asked=False)

    def erased(self) -> Form:
        """The last character of text of one's own; from the last one, the first choice."""
        field, value = self.field, self.values[self.at]
        if not field.typed or value in field.choices:
            return self
        return replace(self.with_value(field.name, value[:-1] or field.choices[0]), fresh=False)

    def cleared(self) -> Form:
        """All of the text of one's own."""
        return self.with_value(self.field.name, self.field.choices[0]) if self.field.typed else self

    def opened(self, look: Look, *, smooth: bool = False, exact: bool = False) -> Form:
        """Shown anew, as good as the window shows it, and in its look; what was chosen before is
        kept but for the name."""
        names = (name for name, palette in PALETTES.items() if palette == look.palette)
        seen = {"mode": look.mode, "palette": next(names, "")}
        if smooth and self["samples"] == "1":
            seen["samples"] = SMOOTH
        if exact:
            seen["exact"] = "yes"
        form = replace(self, open=True, at=0, target="", refusal="").with_value("name", "")
        for name, value in seen.items():
            known = value in FIELDS[NAMES.index(name)].choices
            form = form.with_value(name, value) if known else form
        return form


BLANK = Form()

KEYS: Mapping[str, Callable[[Form], Form]] = MappingProxyType(
    {
        "Up": lambda form: form.moved(-1),
        "Down": lambda form: form.moved(1),
        "Shift+Tab": lambda form: form.moved(-1),
        "Tab": lambda form: form.moved(1),
        "Left": lambda form: form.stepped(-1),
        "Right": lambda form: form.stepped(1),
        "Backspace": Form.erased,
        "Delete": Form.cleared,
        "Enter": lambda form: replace(form, asked=True),
    }
)


def size_text(form: Form, window: Size) -> str:
    """The size as `--size` takes it, in a window of that many pixels."""
    size = form["size"]
    if size != WINDOW and not size.startswith("x"):
        return size
    times = 1 if size == WINDOW else int(size[1:])
    return f"{window[0] * times}x{window[1] * times}"


def file_name(form: Form, source: Path, window: Size) -> str:
    """What the file will be called, where that is free: after the program and a size of one's
    own."""
    size = "" if form["size"] == WINDOW else f"-{size_text(form, window)}"
    return f"{form['name'] or source.stem + size}.{form['format']}"


def options(form: Form, window: Size) -> list[str]:
    """What `prospero render` is told for it, beside the view. What would be so anyway is left
    out."""
    found = [f"--size={size_text(form, window)}"]
    if form["samples"] != "1":
        found.append(f"--aa={form['samples']}")
    if form["mode"] != "fill":
        found.append(f"--mode={form['mode']}")
    if form["palette"]:
        found.append(f"--palette={form['palette']}")
    return [*found, "--exact"] if form["exact"] == "yes" else found


def _from(choices: tuple[str, ...], start: int) -> tuple[str, ...]:
    """The choices from one of them on, around the end."""
    return (*choices[start:], *choices[:start])
