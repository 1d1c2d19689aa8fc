"""The window library behind one small face, so that a second one needs no change elsewhere.

moderngl-window hands on keys, text, the mouse, drops and sizes. What it leaves out is here: to
wait for events without using the processor, exposures, the cursor that leaves, the focus that is
lost, the clipboard, the display's scale. Full screen is set on the open window: asking for it at
creation crashes with pyglet 2.1.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from viewer.errors import NoDeviceError
from viewer.view import Size

if TYPE_CHECKING:
    import moderngl
    from moderngl_window.context.base import BaseWindow

Point = tuple[float, float]

KEYS = {
    "ESCAPE": "Esc",
    "TAB": "Tab",
    "HOME": "Home",
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
"""moderngl-window's names of keys, and ours. Other characters come as text (see `controls`)."""


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


class Pyglet:
    """A pyglet window by moderngl-window, on X11, Windows and macOS."""

    def __init__(self, title: str, size: Size, inputs: Inputs, changes: Changes) -> None:
        import pyglet
        from moderngl_window.context.pyglet.window import Window

        self._loop = pyglet.app.platform_event_loop
        self._inputs, self._changes = inputs, changes
        self.window: BaseWindow = Window(
            title=title, size=size, gl_version=(3, 3), vsync=True, visible=True
        )
        self.window.exit_key = None  # Esc would close the window
        self.window.fullscreen_key = None  # F11 is in the table of controls
        self._native: Any = self.window._window
        self._names = {
            getattr(self.window.keys, theirs): ours
            for theirs, ours in KEYS.items()
            if hasattr(self.window.keys, theirs)
        }
        mouse = self.window.mouse
        self._buttons = {mouse.left: "Left", mouse.right: "Right", mouse.middle: "Middle"}
        # pyglet counts y from the bottom; on X11 a row has the same number from both ends less
        # one, elsewhere not, and moderngl-window turns both with `height - y`.
        self._row = 1 if sys.platform.startswith("linux") else 0
        self._fit(size)
        self._connect()
        _mend_drops(self._native)
        self._loop.start()

    @property
    def ctx(self) -> moderngl.Context:
        """The window's GL context."""
        return self.window.ctx

    @property
    def scale(self) -> float:
        """Pixels of this display for one of an ordinary one, to draw text at."""
        return max(1.0, float(self._native.scale))

    def wait(self, seconds: float) -> None:
        """Handles the events that are there; where there are none, waits for them that long."""
        self._loop.step(seconds)
        self._native.dispatch_events()

    def swap(self) -> None:
        """Shows what was drawn."""
        self.window.swap_buffers()

    def toggle_full_screen(self) -> None:
        """To full screen or back; the sizes follow as an event."""
        self.window.fullscreen = not self.window.fullscreen
        self._native.activate()  # the window is a new one, and nobody else may give it the keys
        if not _any_key_down(self._native):
            self._focus_lost()  # what was let go meanwhile was told to the old window

    def copy(self, text: str) -> None:
        """Puts text on the clipboard."""
        self._native.set_clipboard_text(text)

    def paste(self) -> str:
        """The clipboard's text."""
        return str(self._native.get_clipboard_text())

    def close(self) -> None:
        """Closes the window."""
        self.window.close()
        self._loop.stop()

    def _fit(self, size: Size) -> None:
        """Makes the window as large as it would look on an ordinary display, and not larger than
        the screen (on Windows and X11 window units are pixels, however small)."""
        units = self.scale * self._native.get_size()[0] / self._native.get_framebuffer_size()[0]
        screen = self._native.screen
        largest = (screen.width * 9 // 10, screen.height * 9 // 10)
        fitting = tuple(min(round(n * units), most) for n, most in zip(size, largest, strict=True))
        if fitting != size:
            self.window.size = fitting[0], fitting[1]
            # Mesa asks for a window's size when buffers are swapped: without this, the first frame
            # would have the old height and be shown that much too high.
            self.swap()

    def _connect(self) -> None:
        window, inputs, changes = self.window, self._inputs, self._changes
        window.key_event_func = self._key
        window.unicode_char_entered_func = inputs.character
        window.mouse_position_event_func = self._moved
        window.mouse_drag_event_func = self._moved
        window.mouse_press_event_func = lambda x, y, button: self._button(x, y, button, True)
        window.mouse_release_event_func = lambda x, y, button: self._button(x, y, button, False)
        window.mouse_scroll_event_func = lambda x, y: inputs.wheel(y, _held(window.modifiers))
        window.files_dropped_event_func = lambda x, y, paths: changes.dropped([*map(str, paths)])
        window.resize_func = lambda width, height: changes.resized()
        window.iconify_func = changes.hidden
        self._native.push_handlers(
            on_expose=changes.exposed,
            on_mouse_leave=lambda x, y: inputs.pointer(None),
            on_deactivate=self._focus_lost,
        )

    def _key(self, key: Any, action: Any, modifiers: Any) -> None:
        name = self._names.get(key)
        if name is None:
            return
        self._inputs.key(_held(modifiers) + name, action == self.window.keys.ACTION_PRESS)

    def _moved(self, x: float, y: float, dx: float, dy: float) -> None:
        self._inputs.pointer((x, y - self._row))

    def _button(self, x: float, y: float, button: int, pressed: bool) -> None:
        if name := self._buttons.get(button):
            held = _held(self.window.modifiers)
            self._inputs.button((x, y - self._row), pressed, name, held)

    def _focus_lost(self) -> None:
        # pyglet on X11 takes a key whose release it has not seen for a repeat, for ever.
        getattr(self._native, "pressed_keys", set()).clear()
        self._inputs.focus_lost()


def open_window(title: str, size: Size, inputs: Inputs, changes: Changes) -> Pyglet:
    """Opens a window with a GL 3.3 context. `NoDeviceError` where there is no display or no GL."""
    try:
        return Pyglet(title, size, inputs, changes)
    except Exception as error:
        # The libraries raise ImportError, their own classes and ValueError for the same thing.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NoDeviceError(
            f"cannot open a window: {reason[0]} (`prospero doctor` says what is missing)"
        ) from error


def _held(modifiers: Any) -> str:
    """The modifiers that are down, as the table of controls writes them before a name."""
    words = (("Ctrl+", modifiers.ctrl), ("Alt+", modifiers.alt), ("Shift+", modifiers.shift))
    return "".join(word for word, down in words if down)


def _any_key_down(native: Any) -> bool:
    """Whether the keyboard has a key down, as the X server knows it; elsewhere True."""
    if not hasattr(native, "_x_display"):
        return True
    from pyglet.libs.x11 import xlib

    keys = ctypes.create_string_buffer(32)
    xlib.XQueryKeymap(native._x_display, keys)
    return any(keys.raw)


def _mend_drops(native: Any) -> None:
    """pyglet 2.1 on X11 adds an int to an array where a drag offers up to three kinds of data,
    and the TypeError would end the program; such a drag is read here instead."""
    if not hasattr(native, "_event_drag_enter"):
        return
    enter: Callable[[Any], None] = native._event_drag_enter

    def mended(event: Any) -> None:
        data = event.xclient.data.l
        if data[1] & 1:
            enter(event)
            return
        uris = native._xdnd_atoms["text/uri-list"]
        native._xdnd_source, native._xdnd_version = data[0], data[1] >> 24
        native._xdnd_format = uris if uris in data[2:5] else None

    native._event_drag_enter = mended
