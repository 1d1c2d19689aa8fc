"""What a window library is asked for, and whom it tells what.

Library   opens windows: a module here
Backend   the window, and how to wait for what happens to it
Inputs    is told what hands do
Changes   is told what happens to the window
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import moderngl

    from viewer.view import Size

Point = tuple[float, float]

KEYS = {
    "ESCAPE": "Esc",
    "TAB": "Tab",
    "HOME": "Home",
    "END": "End",
    "BACKSPACE": "Backspace",
    "LEFT": "Left",
    "RIGHT": "Right",
    "UP": "Up",
    "DOWN": "Down",
    "PAGE_UP": "PageUp",
    "PAGE_DOWN": "PageDown",
    "ENTER": "Enter",
    "DELETE": "Delete",
    "SPACE": "Space",
    **{f"NUMPAD_{n}": f"Num{n}" for n in range(10)},
    **{f"F{n}": f"F{n}" for n in range(1, 13)},
    **{letter: letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
}
"""The libraries' names of keys, and ours. Other characters come as text (see `controls`)."""


class Inputs(Protocol):
    """Who is told what hands do. Positions are whole window units, y down from the top left;
    modifiers are written as before a trigger's name, such as `Ctrl+Shift+`."""

    def key(self, trigger: str, pressed: bool) -> None:
        """A key with its modifiers, as the table of controls writes it; repeats are not told."""

    def character(self, character: str) -> None:
        """What was typed, repeats included."""

    def pointer(self, at: Point | None) -> None:
        """The cursor moved, or left the window."""

    def button(self, at: Point, pressed: bool, name: str, modifiers: str) -> None:
        """A button: `Left`, `Right` or `Middle`."""

    def wheel(self, clicks: float, modifiers: str) -> None:
        """The wheel, upwards positive; trackpads send fractions."""

    def focus_lost(self) -> None:
        """Keys that are down will not be told to come up."""


class Changes(Protocol):
    """Who is told what happens to the window."""

    def dropped(self, paths: list[str]) -> None:
        """Files were dropped on the window."""

    def resized(self) -> None:
        """The size or the scale changed."""

    def exposed(self) -> None:
        """The contents may be lost."""

    def hidden(self, hidden: bool) -> None:
        """The window was minimised or is shown again."""


class Backend(Protocol):
    """An open window. What happens to it is told in `wait` and `swap`, in the thread that calls
    them."""

    @property
    def ctx(self) -> moderngl.Context:
        """The window's GL context; its `screen` is the window's framebuffer."""

    @property
    def sizes(self) -> tuple[Size, Size]:
        """The window's size in its own units, and in pixels: they differ on HiDPI displays."""

    @property
    def scale(self) -> float:
        """Pixels of this display for one of an ordinary one, to draw text at."""

    @property
    def is_closing(self) -> bool:
        """Whether somebody asked for its end."""

    def rename(self, title: str) -> None:
        """Sets the title."""

    def wait(self, seconds: float) -> None:
        """Handles the events that are there; where there are none, waits for them that long."""

    def swap(self) -> None:
        """Shows what was drawn."""

    def toggle_full_screen(self) -> None:
        """To full screen or back; the sizes follow as an event."""

    def copy(self, text: str) -> None:
        """Puts text on the clipboard."""

    def paste(self) -> str:
        """The clipboard's text; empty where it has none."""

    def close(self) -> None:
        """Closes the window."""


class Library(Protocol):
    """A module beside this one. What is missing is raised as whatever the library has for it."""

    def open_window(self, title: str, size: Size, inputs: Inputs, changes: Changes) -> Backend:
        """Opens a window with a GL 3.3 context."""

    def hidden_context(self) -> moderngl.Context:
        """The context of a window that nobody sees."""


def largest(size: Size, screen: Size) -> Size:
    """A window's size as far as it leaves a tenth of the screen."""
    width, height = (min(n, most * 9 // 10) for n, most in zip(size, screen, strict=True))
    return width, height


def turned(x: float, y: float, modifiers: str) -> float:
    """The clicks of a wheel; macOS makes it a sideways one while Shift is down."""
    return x if not y and "Shift+" in modifiers else y


def held(ctrl: bool, alt: bool, shift: bool) -> str:
    """Modifiers that are down, as the table of controls writes them before a name."""
    words = (("Ctrl+", ctrl), ("Alt+", alt), ("Shift+", shift))
    return "".join(word for word, down in words if down)
