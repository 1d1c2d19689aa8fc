"""The table of controls as people are told it: in groups, as plain text, and as README's table."""

from __future__ import annotations

from itertools import groupby

from viewer.window.hands.controls import CONTROLS, Action, Control, key_of


def grouped(table: tuple[Control, ...]) -> list[tuple[str, list[Control]]]:
    """The groups of a table with their controls, in their order."""
    parts = groupby(table, lambda control: control.group)
    return [(group, list(controls)) for group, controls in parts]


def greeting(table: tuple[Control, ...]) -> str:
    """What who has never been here needs to know."""
    return f"drag to move, turn the wheel to zoom, press {key_of(table, Action.HELP)} for all keys"


def columns() -> str:
    """The controls as two aligned columns of plain text, a line each, below their groups."""
    width = max(len(control.shown) for control in CONTROLS)
    parts = [
        "\n".join([group, *(f"  {found.shown:<{width}}   {found.help}" for found in controls)])
        for group, controls in grouped(CONTROLS)
    ]
    return "\n\n".join(parts)


def markdown() -> str:
    """The controls as README's table."""
    rows = ["| control | what it does |", "|---|---|"]
    for group, controls in grouped(CONTROLS):
        rows.append(f"| **{group}** | |")
        rows += [f"| {_keys(control.shown)} | {control.help} |" for control in controls]
    return "\n".join(rows)


def _keys(shown: str) -> str:
    return " ".join(f"`{key}`" for key in shown.split(" "))
