"""Hands on a keyboard and a mouse, by the X server's own test extension: real events, quickly."""

from __future__ import annotations

from types import TracebackType
from typing import Self, cast

from Xlib import XK, X, display, error
from Xlib.ext import xtest
from Xlib.xobject.drawable import Window

BUTTONS = {"Left": 1, "Middle": 2, "Right": 3}
UP, DOWN = 4, 5
"""The buttons that a wheel is."""

MODIFIERS = {"Ctrl": "Control_L", "Alt": "Alt_L", "Shift": "Shift_L"}
NAMES = {
    "Esc": "Escape",
    "Backspace": "BackSpace",
    "PageUp": "Prior",
    "PageDown": "Next",
    "Enter": "Return",
    "Space": "space",
    **{f"Num{n}": f"KP_{n}" for n in range(10)},
}
"""X's names of keys where they are not those of the table of controls."""


class Hand:
    """What a person, and a window manager for them, does on a display."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)
        # A window may be gone by the time that something is done to it.
        self._display.set_error_handler(lambda *_: None)
        self._root = self._display.screen().root
        self.down: set[int] = set()
        """Keys and buttons that are held: keys by their code, buttons by their number less 256."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.let_go()
        self._display.close()

    # Keys and buttons

    def codes(self, trigger: str) -> list[int] | None:
        """The keys to press for a trigger, in their order; None where it is not of the keyboard."""
        *modifiers, name = [trigger] if trigger in ("+", "-") else trigger.split("+")
        lower = name.lower() if len(name) == 1 else name
        keysym = ord(lower) if len(lower) == 1 else XK.string_to_keysym(NAMES.get(name, name))
        found = sorted(self._display.keysym_to_keycodes(keysym), key=lambda code: code[1])
        if not keysym or not found:
            return None
        code, level = found[0]
        held = [*modifiers, *(["Shift"] if level == 1 and "Shift" not in modifiers else [])]
        return [*(self._code(MODIFIERS[modifier]) for modifier in held), code]

    def press(self, codes: list[int]) -> None:
        """Presses keys, and holds them."""
        for code in codes:
            self._fake(X.KeyPress, code)
            self.down.add(code)
        self._display.sync()

    def release(self, codes: list[int]) -> None:
        """Lets keys go, the last first."""
        for code in reversed(codes):
            self._fake(X.KeyRelease, code)
            self.down.discard(code)
        self._display.sync()

    def type(self, trigger: str) -> None:
        """Presses the keys of a trigger, and lets them go."""
        codes = self.codes(trigger)
        assert codes is not None, f"no keyboard has {trigger!r}"
        self.press(codes)
        self.release(codes)

    def hold(self, button: int) -> None:
        """Presses a button."""
        self._fake(X.ButtonPress, button)
        self.down.add(button - 256)
        self._display.sync()

    def lift(self, button: int) -> None:
        """Lets a button go."""
        self._fake(X.ButtonRelease, button)
        self.down.discard(button - 256)
        self._display.sync()

    def click(self, button: int, times: int = 1) -> None:
        """Presses a button and lets it go, at once."""
        for _ in range(times):
            self._fake(X.ButtonPress, button)
            self._fake(X.ButtonRelease, button)
        self._display.sync()

    def move(self, x: int, y: int) -> None:
        """Moves the cursor there on the display."""
        self._fake(X.MotionNotify, x=x, y=y)
        self._display.sync()

    def let_go(self) -> None:
        """Of all that is held."""
        for code in list(self.down):
            if code < 0:
                self.lift(code + 256)
            else:
                self.release([code])

    # What a window manager does

    def window(self, title: str = "Prospero") -> Window:
        """The window with that in its title, the newest."""
        for child in reversed(self._root.query_tree().children):
            try:
                if title in str(child.get_wm_name()):
                    return cast(Window, child)
            except error.XError:
                pass  # it is gone by now
        raise AssertionError(f"no window is called {title!r}")

    def place(self, window: Window, width: int, height: int) -> None:
        """Gives a window a size, at least 1x1: less X refuses."""
        window.configure(width=width, height=height)
        self._display.sync()

    def show(self, window: Window) -> None:
        """Maps a window, and gives it the keys."""
        window.map()
        self._display.sync()
        window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()

    def hide(self, window: Window) -> None:
        """Unmaps a window, as minimising does."""
        window.unmap()
        self._display.sync()

    def look_away(self) -> None:
        """The keys go to nobody."""
        self._display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        self._display.sync()

    def _code(self, name: str) -> int:
        return int(self._display.keysym_to_keycode(XK.string_to_keysym(name)))

    def _fake(self, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> None:
        xtest.fake_input(self._display, kind, detail, x=x, y=y)
