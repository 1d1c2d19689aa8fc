"""pyglet 2.1 on X11, where other programs could end the viewer or hold it up for ever.

What they offer to drop, and what they have copied, is theirs to say, and may be nonsense, or
nothing at all.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 0.5
"""Seconds that a program has to say what it copied."""


def is_x11(native: Any) -> bool:
    """Whether pyglet's window is one of X11."""
    return hasattr(native, "_x_display")


def any_key_down(native: Any) -> bool:
    """Whether the keyboard has a key down, as the X server knows it."""
    from pyglet.libs.x11 import xlib

    keys = ctypes.create_string_buffer(32)
    xlib.XQueryKeymap(native._x_display, keys)
    return any(keys.raw)


def forget_keys(native: Any) -> None:
    """pyglet takes a key whose release it has not seen for a repeat, for ever: a release that was
    told to a window that is gone by now, or to nobody."""
    if native.pressed_keys and not any_key_down(native):
        native.pressed_keys.clear()


def settle(native: Any) -> None:
    """Full screen makes a new window, and pyglet takes the last size of the old one, told too
    late, for its own; one that is full hears of no other."""
    from pyglet.libs.x11 import xlib

    found = xlib.XWindowAttributes()
    xlib.XGetWindowAttributes(native._x_display, native._window, ctypes.byref(found))
    if (found.width, found.height) != (native._width, native._height):
        native._width, native._height = found.width, found.height
        native._update_view_size()
        native.dispatch_event("_on_internal_resize", found.width, found.height)


def paste(native: Any) -> str:
    """The clipboard's text; empty where it has none. pyglet waits for ever for a program that
    does not answer, and raises where the answer is not UTF-8."""
    from pyglet.libs.x11 import xlib

    clipboard, utf8 = native._clipboard_atom, native._utf8_atom
    if native._clipboard_str is not None:  # its own
        return str(native._clipboard_str)
    if not xlib.XGetSelectionOwner(native._x_display, clipboard):
        return ""
    xlib.XConvertSelection(
        native._x_display, clipboard, utf8, clipboard, native._window, xlib.CurrentTime
    )
    answer, end = xlib.XEvent(), time.monotonic() + PATIENCE
    while not xlib.XCheckTypedWindowEvent(
        native._x_display, native._window, xlib.SelectionNotify, ctypes.byref(answer)
    ):
        if time.monotonic() > end:
            return ""
        time.sleep(0.001)
    return _property(native, answer.xselection, utf8).decode("utf-8", "replace")


def mend_copies(native: Any) -> None:
    """pyglet forgets what it has copied when it hears that another program had the clipboard for
    a while before, and ends the program when it is then asked for that."""
    from pyglet.libs.x11 import xlib

    clear: Callable[[Any], None] = native._event_handlers[xlib.SelectionClear]

    def cleared(event: Any) -> None:
        owner = xlib.XGetSelectionOwner(native._x_display, native._clipboard_atom)
        if owner != native._window:
            clear(event)

    native._event_handlers[xlib.SelectionClear] = cleared


def mend_drops(native: Any) -> None:
    """pyglet adds an int to an array where a drag offers up to three kinds of data; such a drag is
    read here. A drop that offers no files, or of which nothing was said before, is left alone, as
    are names that are none: each would end the program."""
    from pyglet.libs.x11 import xlib

    enter: Callable[[Any], None] = native._event_drag_enter
    fall: Callable[[Any], None] = native._event_drag_drop
    position: Callable[[Any], None] = native._event_drag_position
    answer: Callable[[Any], None] = native._event_handlers[xlib.SelectionNotify]
    uris = native._xdnd_atoms["text/uri-list"]

    def entered(event: Any) -> None:
        data = event.xclient.data.l
        if data[1] & 1:
            enter(event)
            return
        native._xdnd_source, native._xdnd_version = data[0], data[1] >> 24
        native._xdnd_format = uris if uris in data[2:5] else None

    def placed(event: Any) -> None:
        if native._xdnd_version is not None:
            position(event)

    def fallen(event: Any) -> None:
        if native._xdnd_version is not None and native._xdnd_format:
            fall(event)

    def answered(event: Any) -> None:
        try:
            text = _property(native, event.xselection, event.xselection.target).decode()
            native.parse_filenames(text)
        except ValueError:
            return
        answer(event)

    native._event_handlers[xlib.SelectionNotify] = answered
    native._event_drag_enter = entered
    native._event_drag_position = placed
    native._event_drag_drop = fallen


def _property(native: Any, notice: Any, kind: int) -> bytes:
    """What a program has answered; empty where it refuses, or answers in another kind."""
    from pyglet.libs.x11 import xlib

    if not notice.property:
        return b""
    data, size, found = native.get_single_property(notice.requestor, notice.property, kind)
    text = ctypes.string_at(data, size) if data and found == kind else b""
    if data:
        xlib.XFree(data)
    return text
