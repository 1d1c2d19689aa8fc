"""The form as text, and what a click on that text means."""

from __future__ import annotations

from dataclasses import replace

from viewer.view import Size
from viewer.window.saving.form import FIELDS, WINDOW, Form, size_text
from viewer.window.text.panels import Line, Panel, Place, Span, Tone, wrapped

NAME = max(len(field.name) for field in FIELDS) + 2
"""Columns of a field's name, and of what of its value is shown."""
VALUE = 30
LEFT, RIGHT = "◂ ", " ▸"
FIRST = 2
"""The line of the first field."""
BUTTONS = (("Enter", "save"), ("Esc", "close"))

Pressed = tuple[str, Form]
"""What a click comes to: a key that it stands for, or else "", and the form."""


def form_panel(form: Form, window: Size, columns: int) -> Panel:
    """The form over a window of that many pixels, where so many columns have room."""
    lines: list[Line] = [(Span("save the view as a picture"),), ()]
    for index, field in enumerate(FIELDS):
        chosen = index == form.at
        writing = chosen and field.typed
        value = _shown(form, field.name, window) + ("▏" if writing and not form.fresh else "")
        ends = (LEFT, RIGHT) if len(field.choices) > 1 else (" " * len(LEFT), "")
        lines.append(
            (
                Span(f"{field.name:<{NAME}}", Tone.KEY if chosen else Tone.QUIET),
                Span(ends[0], Tone.KEY if chosen else Tone.QUIET),
                Span(
                    f"{_elided(value):<{VALUE}}", Tone.KEY if writing and form.fresh else Tone.PLAIN
                ),
                Span(ends[1], Tone.KEY if chosen else Tone.QUIET),
            )
        )
    room = max(NAME + len(LEFT) + VALUE + len(RIGHT), columns * 2 // 3)
    said, tone = (form.refusal, Tone.BAD) if form.refusal else (form.target, Tone.QUIET)
    lines += [(), *((Span(part, tone),) for part in wrapped(said, room)), ()]
    lines.append(tuple(span for button in BUTTONS for span in _button(*button)))
    return Panel(Place.CENTRE, tuple(lines))


def pressed(form: Form, panel: Panel, line: int, column: int) -> Pressed:
    """After a click on a character of its panel: an arrow or a button does what its key does,
    another place of a field's line gives the keys to the field."""
    form, index = replace(form, asked=False), line - FIRST
    if 0 <= index < len(FIELDS):
        form = form.moved(index - form.at)
        start = column - NAME
        if len(FIELDS[index].choices) == 1:
            return "", form
        if 0 <= start < len(LEFT):
            return "Left", form
        return ("Right" if start >= len(LEFT) + VALUE else ""), form
    if line == len(panel.lines) - 1:
        end = 0
        for key, word in BUTTONS:
            end += sum(len(span.text) for span in _button(key, word))
            if column < end:
                return key, form
    return "", form


def _button(key: str, word: str) -> Line:
    return Span(key, Tone.KEY), Span(f" {word}    ")


def _shown(form: Form, name: str, window: Size) -> str:
    """A value as people read it."""
    value = form[name]
    if name == "size":
        pixels = size_text(form, window)
        wide = pixels if "x" in pixels else f"{pixels}x{pixels}"
        return f"{wide} ({value})" if value == WINDOW or value.startswith("x") else value
    if name == "samples":
        return "1 a pixel" if value == "1" else f"{value}x{value} a pixel"
    if name == "palette":
        return value or ("black and white" if form["mode"] == "fill" else "the mode's own")
    if name == "name" and form.field.name != name:
        return value or "after the program"
    return value


def _elided(text: str) -> str:
    return text if len(text) <= VALUE else "…" + text[1 - VALUE :]
