"""The clipboard's text on X11, by a connection of its own. GLFW waits for ever for a program that
has it and does not answer."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import DisplayError

PATIENCE = 0.5
"""Seconds that the other program has for an answer."""
IDS = 21
"""Bits of a window's number in which those of one program differ."""


def clipboard_text(window: int) -> str | None:
    """What is on the clipboard, empty where that is no text or nobody answers; None where it
    belongs to the program of this window."""
    try:
        display = Display()
    except (DisplayError, OSError):
        return ""
    with closing(display):
        display.set_error_handler(lambda *_: None)
        clipboard, utf8 = map(display.intern_atom, ("CLIPBOARD", "UTF8_STRING"))
        owner: Any = display.get_selection_owner(clipboard)  # a window, or 0
        if not owner:
            return ""
        if owner.id >> IDS == window >> IDS:
            return None
        asker = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        asker.convert_selection(clipboard, utf8, clipboard, X.CurrentTime)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not display.pending_events():
                time.sleep(0.001)
            elif (event := display.next_event()).type == X.SelectionNotify:
                found = event.property and asker.get_full_property(clipboard, utf8)
                return bytes(found.value).decode("utf-8", "replace") if found else ""
        return ""
