"""A GLFW window, on X11, native Wayland, Windows and macOS.

Straight on the library: moderngl-window's own asks for positions that Wayland does not tell, and
makes of GLFW's reasons a warning. The wheel of PyPI holds a library for X11 and one for Wayland,
and which one is used is settled when it is imported.
"""

from __future__ import annotations

import ctypes
import math
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from viewer.errors import NoDeviceError
from viewer.gpu.context import attached
from viewer.view import Size
from viewer.window.backends.protocols import KEYS, Changes, Inputs, held, largest, turned

if TYPE_CHECKING:
    import moderngl

THEIRS = {
    **{name: name for name in KEYS},
    **{f"NUMPAD_{n}": f"KP_{n}" for n in range(10)},
}
"""The names of keys, and GLFW's."""
LATIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Glfw:
    """See `protocols.Backend`."""

    def __init__(self, title: str, size: Size, inputs: Inputs, changes: Changes) -> None:
        self._glfw = library()
        self._inputs, self._changes = inputs, changes
        self._window = _opened(title, size)
        self._ctx = attached()
        self._names = {_key(theirs): KEYS[name] for name, theirs in THEIRS.items()}
        self._at = (0.0, 0.0)
        self._windowed: tuple[int, int, int, int] | None = None  # while it is full screen
        _fit(self._window)
        _forgive_x11()
        self._glfw.show_window(self._window)
        self._connect()  # last, since nobody is ready to be told before this is done

    @property
    def ctx(self) -> moderngl.Context:
        return self._ctx

    @property
    def sizes(self) -> tuple[Size, Size]:
        glfw = self._glfw
        return glfw.get_window_size(self._window), glfw.get_framebuffer_size(self._window)

    @property
    def scale(self) -> float:
        return max(1.0, *map(float, self._glfw.get_window_content_scale(self._window)))

    @property
    def is_closing(self) -> bool:
        return bool(self._glfw.window_should_close(self._window))

    def rename(self, title: str) -> None:
        self._glfw.set_window_title(self._window, title)

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self._glfw.wait_events_timeout(seconds)
        else:
            self._glfw.poll_events()

    def swap(self) -> None:
        self._glfw.swap_buffers(self._window)

    def toggle_full_screen(self) -> None:
        glfw, window = self._glfw, self._window
        if self._windowed:
            glfw.set_window_monitor(window, None, *self._windowed, glfw.DONT_CARE)
            self._windowed = None
            return
        at = (0, 0) if _on_wayland() else glfw.get_window_pos(window)
        self._windowed = (*at, *glfw.get_window_size(window))
        monitor = _monitor_of(*self._windowed)
        mode = glfw.get_video_mode(monitor)
        glfw.set_window_monitor(window, monitor, 0, 0, *mode.size, mode.refresh_rate)

    def copy(self, text: str) -> None:
        self._glfw.set_clipboard_string(None, text)

    def paste(self) -> str:
        if self._glfw.get_platform() == self._glfw.PLATFORM_X11:
            from viewer.window.backends.selection import clipboard_text

            text = clipboard_text(self._glfw.get_x11_window(self._window))
            if text is not None:
                return text
        return (self._glfw.get_clipboard_string(None) or b"").decode("utf-8", "replace")

    def close(self) -> None:
        self._glfw.terminate()

    def _connect(self) -> None:
        glfw, window, inputs, changes = self._glfw, self._window, self._inputs, self._changes
        glfw.set_key_callback(window, self._keyed)
        glfw.set_char_callback(window, lambda _, code: inputs.character(chr(code)))
        glfw.set_cursor_pos_callback(window, self._moved)
        glfw.set_cursor_enter_callback(window, self._entered)
        glfw.set_mouse_button_callback(window, self._pressed)
        glfw.set_scroll_callback(window, self._scrolled)
        glfw.set_drop_callback(window, lambda _, paths: changes.dropped(list(paths)))
        glfw.set_framebuffer_size_callback(window, lambda *_: changes.resized())
        glfw.set_window_content_scale_callback(window, lambda *_: changes.resized())
        glfw.set_window_refresh_callback(window, lambda _: changes.exposed())
        glfw.set_window_iconify_callback(window, lambda _, hidden: changes.hidden(bool(hidden)))
        glfw.set_window_focus_callback(window, self._focused)

    def _keyed(self, _: Any, key: int, scancode: int, action: int, modifiers: int) -> None:
        name = self._named(key, scancode)
        if name is not None and action != self._glfw.REPEAT:
            self._inputs.key(self._held(modifiers) + name, action == self._glfw.PRESS)

    def _named(self, key: int, scancode: int) -> str | None:
        """Keys that write a letter are called after what the layout makes of them; where that is
        no Latin one, after what stands there on an English keyboard."""
        written = (self._glfw.get_key_name(self._glfw.KEY_UNKNOWN, scancode) or "").upper()
        known = self._names.get(key)
        if written in LATIN:
            return written
        return None if known in LATIN and written.isascii() else known

    def _moved(self, _: Any, x: float, y: float) -> None:
        self._at = _whole(x, y)
        self._inputs.pointer(self._at)

    def _pressed(self, _: Any, button: int, action: int, modifiers: int) -> None:
        glfw = self._glfw
        buttons = (glfw.MOUSE_BUTTON_LEFT, glfw.MOUSE_BUTTON_RIGHT, glfw.MOUSE_BUTTON_MIDDLE)
        if button in buttons:
            name = ("Left", "Right", "Middle")[buttons.index(button)]
            # GLFW would say where the cursor is by now, which may be far away.
            self._inputs.button(self._at, action == glfw.PRESS, name, self._held(modifiers))

    def _scrolled(self, window: Any, x: float, y: float) -> None:
        glfw = self._glfw

        def down(*keys: int) -> bool:
            return any(glfw.get_key(window, key) == glfw.PRESS for key in keys)

        modifiers = held(
            down(glfw.KEY_LEFT_CONTROL, glfw.KEY_RIGHT_CONTROL),
            down(glfw.KEY_LEFT_ALT, glfw.KEY_RIGHT_ALT),
            down(glfw.KEY_LEFT_SHIFT, glfw.KEY_RIGHT_SHIFT),
        )
        self._inputs.wheel(turned(x, y, modifiers), modifiers)

    def _held(self, modifiers: int) -> str:
        glfw = self._glfw
        kinds = (glfw.MOD_CONTROL, glfw.MOD_ALT, glfw.MOD_SHIFT)
        return held(*(bool(modifiers & kind) for kind in kinds))

    def _entered(self, _: Any, inside: int) -> None:
        if not inside:
            self._inputs.pointer(None)

    def _focused(self, _: Any, focused: int) -> None:
        if not focused:
            self._inputs.focus_lost()


def open_window(title: str, size: Size, inputs: Inputs, changes: Changes) -> Glfw:
    """See `protocols.Library`."""
    try:
        return Glfw(title, size, inputs, changes)
    except BaseException:
        library().terminate()
        raise


def hidden_context() -> moderngl.Context:
    """See `protocols.Library`."""
    _opened("", (64, 64))
    return attached()


@cache
def library() -> Any:
    """GLFW, that for Wayland where there is such a display. `ImportError` where there is none."""
    if os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("PYGLFW_LIBRARY_VARIANT", "wayland")
    import glfw

    if getattr(glfw, "_glfw", None) is None:
        raise ImportError("GLFW's library is missing")
    return glfw


def _opened(title: str, size: Size) -> Any:
    """A hidden window whose context is the current one. `NoDeviceError` where GLFW refuses."""
    glfw = library()
    glfw.ERROR_REPORTING = "ignore"  # of an open window it is none: a clipboard without text
    _granted(glfw.init())
    hints = {
        glfw.CONTEXT_VERSION_MAJOR: 3,
        glfw.CONTEXT_VERSION_MINOR: 3,
        glfw.OPENGL_PROFILE: glfw.OPENGL_CORE_PROFILE,
        glfw.OPENGL_FORWARD_COMPAT: True,
        glfw.SCALE_TO_MONITOR: True,
        glfw.AUTO_ICONIFY: False,  # a full screen stays when another one gets the keys
        glfw.VISIBLE: False,
    }
    for hint, value in hints.items():
        glfw.window_hint(hint, value)
    window = _granted(glfw.create_window(*size, title, None, None))
    glfw.make_context_current(window)
    # A Wayland compositor shows whole frames only, and is never done with one of a window that
    # lies under others: to wait for that would stop everything.
    glfw.swap_interval(0 if _on_wayland() else 1)
    return window


def _granted(answer: Any) -> Any:
    """What GLFW gave; raises `NoDeviceError` with its reason where that is nothing."""
    if not answer:
        raise NoDeviceError((library().get_error()[1] or b"GLFW says no more").decode())
    return answer


def _on_wayland() -> bool:
    glfw = library()
    return bool(glfw.get_platform() == glfw.PLATFORM_WAYLAND)


@cache
def _forgive_x11() -> object:
    """An error that nobody handles would end the program: such as that the window which a file was
    dragged from is gone before it is thanked."""
    glfw = library()
    if glfw.get_platform() != glfw.PLATFORM_X11:
        return None
    forgive = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
    ctypes.CDLL("libX11.so.6").XSetErrorHandler(forgive)
    return forgive  # kept, for as long as X may call it


def _fit(window: Any) -> None:
    """Makes it not larger than the screen: `SCALE_TO_MONITOR` looks at the density alone."""
    glfw = library()
    size = glfw.get_window_size(window)
    screen = glfw.get_video_mode(glfw.get_primary_monitor()).size
    fitting = largest(size, screen)
    if fitting != size:
        glfw.set_window_size(window, *fitting)


def _monitor_of(x: int, y: int, width: int, height: int) -> Any:
    """The monitor that shows most of a window."""
    glfw = library()

    def shown(monitor: Any) -> int:
        left, top = glfw.get_monitor_pos(monitor)
        across, down = glfw.get_video_mode(monitor).size
        common = min(x + width, left + across) - max(x, left)
        return int(max(0, common) * max(0, min(y + height, top + down) - max(y, top)))

    monitors: list[Any] = glfw.get_monitors()
    return max(monitors, key=shown)


def _key(name: str) -> int:
    code: int = getattr(library(), f"KEY_{name}")
    return code


def _whole(x: float, y: float) -> tuple[float, float]:
    """The window unit that a place is in; Wayland tells parts of it."""
    return float(math.floor(x)), float(math.floor(y))
