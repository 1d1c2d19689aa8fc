"""A pyglet window by moderngl-window, on X11, Windows and macOS.

moderngl-window hands on keys, text, the mouse, drops and sizes. What it leaves out is here: to
wait for events without using the processor, exposures, the cursor that leaves, the focus that is
lost, the clipboard, the display's scale. Full screen is set on the open window: asking for it at
creation crashes with pyglet 2.1.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from viewer.view import Size
from viewer.window.backends import x11
from viewer.window.backends.protocols import KEYS, Changes, Inputs, held, largest, turned

if TYPE_CHECKING:
    import moderngl
    from moderngl_window.context.base import BaseWindow


UNLOCKED = ("INSERT", "END", "DOWN", "NEXT", "LEFT", "BEGIN", "RIGHT", "HOME", "UP", "PRIOR")
"""What X11 calls the keypad's keys 0 to 9 without NumLock."""


class Pyglet:
    """See `protocols.Backend`."""

    def __init__(self, title: str, size: Size, inputs: Inputs, changes: Changes) -> None:
        import pyglet
        from moderngl_window.context.pyglet.window import Window

        self._loop = pyglet.app.platform_event_loop
        self._inputs, self._changes = inputs, changes
        self._window: BaseWindow = Window(
            title=title, size=size, gl_version=(3, 3), vsync=True, visible=True
        )
        self._window.exit_key = None  # Esc would close the window
        self._window.fullscreen_key = None  # F11 is in the table of controls
        self._native: Any = self._window._window
        self._names = {
            getattr(self._window.keys, theirs): ours
            for theirs, ours in KEYS.items()
            if hasattr(self._window.keys, theirs)
        }
        key = pyglet.window.key
        unlocked = {getattr(key, f"NUM_{word}"): f"Num{n}" for n, word in enumerate(UNLOCKED)}
        self._names.update(unlocked)
        self._down = key.KeyStateHandler()  # the wheel comes without modifiers
        self._pairs = (key.LCTRL, key.RCTRL), (key.LALT, key.RALT), (key.LSHIFT, key.RSHIFT)
        mouse = self._window.mouse
        self._buttons = {mouse.left: "Left", mouse.right: "Right", mouse.middle: "Middle"}
        # pyglet counts y from the bottom; on X11 a row has the same number from both ends less
        # one, elsewhere not, and moderngl-window turns both with `height - y`.
        self._row = 1 if sys.platform.startswith("linux") else 0
        self._fit(size)
        self._connect()
        if x11.is_x11(self._native):
            x11.mend_copies(self._native)
            x11.mend_drops(self._native)
        self._loop.start()

    @property
    def ctx(self) -> moderngl.Context:
        return self._window.ctx

    @property
    def sizes(self) -> tuple[Size, Size]:
        return self._window.size, self._window.buffer_size

    @property
    def scale(self) -> float:
        return max(1.0, float(self._native.scale))

    @property
    def is_closing(self) -> bool:
        return self._window.is_closing

    def rename(self, title: str) -> None:
        self._window.title = title

    def wait(self, seconds: float) -> None:
        self._loop.step(seconds)
        self._native.dispatch_events()
        if x11.is_x11(self._native):
            x11.forget_keys(self._native)

    def swap(self) -> None:
        self._window.swap_buffers()

    def toggle_full_screen(self) -> None:
        self._window.fullscreen = not self._window.fullscreen
        self._native.activate()  # the window is a new one, and nobody else may give it the keys
        if x11.is_x11(self._native):
            x11.settle(self._native)
            if not x11.any_key_down(self._native):
                self._focus_lost()  # what was let go meanwhile was told to the old window

    def copy(self, text: str) -> None:
        self._native.set_clipboard_text(text)

    def paste(self) -> str:
        if x11.is_x11(self._native):
            return x11.paste(self._native)
        return str(self._native.get_clipboard_text())

    def close(self) -> None:
        self._window.close()
        self._loop.stop()

    def _fit(self, size: Size) -> None:
        """Makes the window as large as it would look on an ordinary display, and not larger than
        the screen (on Windows and X11 window units are pixels, however small)."""
        units = self.scale * self._native.get_size()[0] / self._native.get_framebuffer_size()[0]
        screen = self._native.screen
        wanted = round(size[0] * units), round(size[1] * units)
        fitting = largest(wanted, (screen.width, screen.height))
        if fitting != size:
            self._window.size = fitting

    def _connect(self) -> None:
        window, inputs, changes = self._window, self._inputs, self._changes
        window.key_event_func = self._key
        window.unicode_char_entered_func = inputs.character
        window.mouse_position_event_func = self._moved
        window.mouse_drag_event_func = self._moved
        window.mouse_press_event_func = lambda x, y, button: self._button(x, y, button, True)
        window.mouse_release_event_func = lambda x, y, button: self._button(x, y, button, False)
        window.mouse_scroll_event_func = self._scrolled
        window.files_dropped_event_func = lambda x, y, paths: changes.dropped([*map(str, paths)])
        window.resize_func = lambda width, height: changes.resized()
        window.iconify_func = changes.hidden
        self._native.push_handlers(self._down)
        self._native.push_handlers(
            on_expose=changes.exposed,
            on_mouse_leave=lambda x, y: inputs.pointer(None),
            on_deactivate=self._focus_lost,
        )

    def _modifiers(self) -> str:
        """Those of the keys that are down."""
        down = (self._down[left] or self._down[right] for left, right in self._pairs)
        return held(*down)

    def _key(self, key: Any, action: Any, modifiers: Any) -> None:
        name = self._names.get(key)
        if name is None:
            return
        self._inputs.key(_held(modifiers) + name, action == self._window.keys.ACTION_PRESS)

    def _moved(self, x: float, y: float, dx: float, dy: float) -> None:
        self._inputs.pointer((x, y - self._row))

    def _button(self, x: float, y: float, button: int, pressed: bool) -> None:
        if name := self._buttons.get(button):
            modifiers = _held(self._window.modifiers)
            self._inputs.button((x, y - self._row), pressed, name, modifiers)

    def _scrolled(self, x: float, y: float) -> None:
        modifiers = self._modifiers()
        self._inputs.wheel(turned(x, y, modifiers), modifiers)

    def _focus_lost(self) -> None:
        # pyglet on X11 takes a key whose release it has not seen for a repeat, for ever.
        getattr(self._native, "pressed_keys", set()).clear()
        self._down.data.clear()
        self._inputs.focus_lost()


open_window = Pyglet


def hidden_context() -> moderngl.Context:
    """See `protocols.Library`."""
    from moderngl_window.context.pyglet.window import Window

    return Window(size=(64, 64), gl_version=(3, 3), visible=False, vsync=False).ctx


def _held(modifiers: Any) -> str:
    return held(modifiers.ctrl, modifiers.alt, modifiers.shift)
