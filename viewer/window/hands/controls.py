"""The one table of controls: what the window's keys and mouse do, and what people are told.

    CONTROLS --+-- BINDINGS    the window: which Action a trigger asks for
               +-- told        `--help` and README; the help overlay is `panels.help_panel`

A trigger is text. A key is written with its modifiers in the order Ctrl, Alt, Shift and its name
(`Ctrl+C`, `Left`, `F11`); a character, found by what the keyboard's layout makes of the keys
pressed, is written as itself (`+`, `?`), so that it works on every layout; the mouse's triggers
are words (`Wheel`, `Drag`, `Drop`).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Action(Enum):
    """What a control does. Changes of the session are in `session.act`, the rest in `app`."""

    DRAG = auto()
    BOX = auto()
    WHEEL = auto()
    WHEEL_FINE = auto()
    PAN_LEFT = auto()
    PAN_RIGHT = auto()
    PAN_UP = auto()
    PAN_DOWN = auto()
    NUDGE_LEFT = auto()
    NUDGE_RIGHT = auto()
    NUDGE_UP = auto()
    NUDGE_DOWN = auto()
    PAGE_LEFT = auto()
    PAGE_RIGHT = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    CLICK_IN = auto()
    CLICK_OUT = auto()
    PART_OUT = auto()
    PART_1 = auto()
    PART_2 = auto()
    PART_3 = auto()
    PART_4 = auto()
    PART_5 = auto()
    PART_6 = auto()
    PART_7 = auto()
    PART_8 = auto()
    PART_9 = auto()
    HOME = auto()
    Z_DOWN = auto()
    Z_UP = auto()
    Z_WHEEL = auto()
    SLIDER = auto()
    SWEEP = auto()
    HUD = auto()
    SMOOTH = auto()
    EXACT = auto()
    TILES = auto()
    MODE_NEXT = auto()
    MODE_BEFORE = auto()
    PALETTE_NEXT = auto()
    PALETTE_BEFORE = auto()
    WIPE = auto()
    HIGHLIGHT = auto()
    HELP = auto()
    CLOSE = auto()
    FULL_SCREEN = auto()
    OPEN = auto()
    SAVE = auto()
    SAVE_AS = auto()
    SHOW_SAVED = auto()
    GIVE_UP = auto()
    NEXT_FILE = auto()
    PREVIOUS_FILE = auto()
    OVERVIEW = auto()
    COPY = auto()
    COPY_PICTURE = auto()
    PASTE = auto()
    BACK = auto()
    FORWARD = auto()
    FIT = auto()
    MARK = auto()
    SHELF = auto()
    PLACE_1 = auto()
    PLACE_2 = auto()
    PLACE_3 = auto()
    PLACE_4 = auto()
    PLACE_5 = auto()
    PLACE_6 = auto()
    PLACE_7 = auto()
    PLACE_8 = auto()
    PLACE_9 = auto()
    MAP = auto()
    AXES = auto()
    PROBE = auto()
    EXTRACT = auto()
    LIST = auto()
    EDIT = auto()
    QUIT = auto()


class Binding(NamedTuple):
    """One trigger of one action; `repeats` while the key is held down."""

    trigger: str
    action: Action
    repeats: bool = False


class Control(NamedTuple):
    """One line of the help: its triggers as they are shown, what they do, what is bound, and the
    group that it is one of."""

    shown: str
    help: str
    bindings: tuple[Binding, ...]
    group: str = ""


def _control(shown: str, help_: str, action: Action, *triggers: str) -> Control:
    return Control(shown, help_, tuple(Binding(trigger, action) for trigger in triggers))


def _places() -> tuple[Binding, ...]:
    return tuple(Binding(str(n), Action[f"PLACE_{n}"]) for n in range(1, 10))


def _parts() -> tuple[Binding, ...]:
    parts = (Binding(f"Num{n}", Action[f"PART_{n}"]) for n in range(1, 10))
    return (*parts, Binding("Num0", Action.PART_OUT))


def moving(modifiers: str, verb: str, keys: str = "Left Right Up Down") -> tuple[Binding, ...]:
    """Four keys, with modifiers, for the actions of a verb to the left, right, up and down."""
    ways = ("LEFT", "RIGHT", "UP", "DOWN")
    return tuple(
        Binding(modifiers + key, Action[f"{verb}_{way}"], repeats=True)
        for key, way in zip(keys.split(), ways, strict=True)
    )


_MOVING: tuple[Control, ...] = (
    _control("Drag", "move the picture", Action.DRAG, "Drag"),
    _control(
        "Right-drag", "zoom into a box; also Shift+Drag", Action.BOX, "Right-drag", "Shift+Drag"
    ),
    Control("Arrows", "move the view", moving("", "PAN")),
    Control("Shift+Arrows", "move it by a pixel", moving("Shift+", "NUDGE")),
    Control("Ctrl+Arrows", "move it by a page", moving("Ctrl+", "PAGE")),
    _control("Wheel", "zoom about the cursor", Action.WHEEL, "Wheel"),
    _control("Ctrl+Wheel", "zoom finely", Action.WHEEL_FINE, "Ctrl+Wheel"),
    _control("Double-click", "zoom in about the cursor", Action.CLICK_IN, "Double-click"),
    _control("Shift+Double-click", "zoom out", Action.CLICK_OUT, "Shift+Double-click"),
    Control(
        "+ = -",
        "zoom about the centre; also PgUp PgDn",
        (
            Binding("+", Action.ZOOM_IN, repeats=True),
            Binding("=", Action.ZOOM_IN, repeats=True),
            Binding("-", Action.ZOOM_OUT, repeats=True),
            Binding("PageUp", Action.ZOOM_IN, repeats=True),
            Binding("PageDown", Action.ZOOM_OUT, repeats=True),
        ),
    ),
    Control("Num1-Num9 Num0", "into that part of the picture; out", _parts()),
    _control("Home 0", "back to the start", Action.HOME, "Home", "0"),
    _control("F", "show all of the shape", Action.FIT, "F"),
)
_PLACES: tuple[Control, ...] = (
    Control(
        "Alt+Left Alt+Right",
        "back, forward; also Ctrl+Z",
        (
            Binding("Alt+Left", Action.BACK),
            Binding("Alt+Right", Action.FORWARD),
            Binding("Ctrl+Z", Action.BACK),
            Binding("Ctrl+Shift+Z", Action.FORWARD),
            Binding("Backspace", Action.BACK),
        ),
    ),
    Control(
        "B Shift+B",
        "mark this place; see the marked",
        (Binding("B", Action.MARK), Binding("Shift+B", Action.SHELF)),
    ),
    Control("1-9", "go to a marked place", _places()),
    _control("N", "map: where this is", Action.MAP, "N"),
    _control("Ctrl+C", "copy the view as text", Action.COPY, "Ctrl+C"),
    _control("Ctrl+V", "go to the copied view", Action.PASTE, "Ctrl+V"),
)
_LOOKING: tuple[Control, ...] = (
    Control(
        "M Shift+M",
        "mode: filled, bands, lines, gradient, difference",
        (Binding("M", Action.MODE_NEXT), Binding("Shift+M", Action.MODE_BEFORE)),
    ),
    Control(
        "C Shift+C",
        "colours",
        (Binding("C", Action.PALETTE_NEXT), Binding("Shift+C", Action.PALETTE_BEFORE)),
    ),
    _control("A", "smooth edges: 16 samples a pixel", Action.SMOOTH, "A"),
    _control("X", "exact: what is in doubt is decided at rest", Action.EXACT, "X"),
    _control("Tab", "numbers: file, view, value, speed", Action.HUD, "Tab"),
    _control("G", "coordinate grid", Action.AXES, "G"),
    _control("T", "tiles: how much work is where", Action.TILES, "T"),
    Control(
        ", . Shift+Wheel",
        "lower, raise the slice (var-z)",
        (
            Binding(",", Action.Z_DOWN, repeats=True),
            Binding(".", Action.Z_UP, repeats=True),
            Binding("Shift+Wheel", Action.Z_WHEEL),
        ),
    ),
    Control(
        "Z Shift+Z",
        "slider of the slice; up and down by itself",
        (Binding("Z", Action.SLIDER), Binding("Shift+Z", Action.SWEEP)),
    ),
)
_PROGRAM: tuple[Control, ...] = (
    _control("I", "probe what decides; again to pin it", Action.PROBE, "I"),
    _control("E", "edit the line that the probe found", Action.EDIT, "E"),
    _control("L", "list what matters here; PgUp PgDn scroll it", Action.LIST, "L"),
    _control("P", "save what matters here as a program", Action.EXTRACT, "P"),
    _control("W", "wipe: before the change and since", Action.WIPE, "W"),
    _control("Shift+W", "mark what a change has changed, or not", Action.HIGHLIGHT, "Shift+W"),
)
_SAVING: tuple[Control, ...] = (
    _control("S F2", "save what is shown, as PNG", Action.SAVE, "S", "F2", "Ctrl+S"),
    _control("Shift+S", "save in another size or format", Action.SAVE_AS, "Shift+S"),
    Control(
        "V Delete",
        "open what was saved; give up saving",
        (Binding("V", Action.SHOW_SAVED), Binding("Delete", Action.GIVE_UP)),
    ),
    _control("Ctrl+Shift+C", "copy the picture", Action.COPY_PICTURE, "Ctrl+Shift+C"),
)
_FILES: tuple[Control, ...] = (
    Control(
        "] [",
        "the next file, the one before",
        (
            Binding("]", Action.NEXT_FILE, repeats=True),
            Binding("[", Action.PREVIOUS_FILE, repeats=True),
            Binding("Ctrl+PageDown", Action.NEXT_FILE, repeats=True),
            Binding("Ctrl+PageUp", Action.PREVIOUS_FILE, repeats=True),
        ),
    ),
    _control("O", "overview of the files", Action.OVERVIEW, "O"),
    _control("Drop", "open dropped files or folders", Action.OPEN, "Drop"),
)
_WINDOW: tuple[Control, ...] = (
    _control("H ? F1", "this help", Action.HELP, "H", "?", "F1"),
    _control("F11", "full screen", Action.FULL_SCREEN, "F11"),
    _control("Esc", "close what lies over the picture", Action.CLOSE, "Esc", "Shift+Esc"),
    _control("Q Ctrl+Q", "quit", Action.QUIT, "Q", "Ctrl+Q"),
)
CONTROLS = tuple(
    control._replace(group=group)
    for group, table in (
        ("moving", _MOVING),
        ("places", _PLACES),
        ("looking", _LOOKING),
        ("the program", _PROGRAM),
        ("saving", _SAVING),
        ("files", _FILES),
        ("the window", _WINDOW),
    )
    for control in table
)


def bindings(table: tuple[Control, ...]) -> dict[str, Binding]:
    """What each trigger of a table asks for."""
    return {binding.trigger: binding for control in table for binding in control.bindings}


BINDINGS = bindings(CONTROLS)


def key_of(table: tuple[Control, ...], action: Action) -> str:
    """The first key for an action, to be told to people; empty where it has none."""
    found = (binding for control in table for binding in control.bindings)
    return next((binding.trigger for binding in found if binding.action is action), "")
