"""Tables of controls for other habits."""

from __future__ import annotations

from viewer.window.hands.controls import Action, Control, bindings, moving

WAYS = "A D W S"
"""The keys to the left, right, up and down."""
LETTERS = Control(
    "W A S D",
    "move, as arrows; what they did: with Alt",
    (
        *moving("", "PAN", WAYS),
        *moving("Shift+", "NUDGE", WAYS),
        *moving("Ctrl+", "PAGE", WAYS),
    ),
    "moving",
)


def wasd(table: tuple[Control, ...]) -> tuple[Control, ...]:
    """W A S D move, as the arrows do, also with Shift and Ctrl. What they did in `table` they do
    with Alt: what was `Shift+S` is `Alt+Shift+S`."""
    taken = bindings((LETTERS,))
    if LETTERS in table:
        return table

    def moved(trigger: str) -> str:
        return _with_alt(trigger) if trigger in taken else trigger

    changed: list[Control] = []
    for control in table:
        shown = " ".join(moved(word) for word in control.shown.split())
        after = (binding._replace(trigger=moved(binding.trigger)) for binding in control.bindings)
        changed.append(control._replace(shown=shown, bindings=tuple(after)))
        if control.bindings[-1].action is Action.PAGE_DOWN:
            changed.append(LETTERS)
    return tuple(changed)


def _with_alt(trigger: str) -> str:
    """With the modifiers in their order: Ctrl, Alt, Shift."""
    ctrl, plus, rest = trigger.rpartition("Ctrl+")
    return f"{ctrl}{plus}Alt+{rest}"
