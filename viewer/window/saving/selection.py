"""The clipboard of an X display, owned by this program: it hands out a picture to who asks for it.

As long as nothing else is copied and the program runs, other programs ask it what it has (TARGETS)
and for that (image/png). What is too long for one message is handed out in pieces, each of which
the other one takes away before the next is put there (INCR). See the X Consortium's Inter-Client
Communication Conventions Manual, 2.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import ConnectionClosedError
from Xlib.protocol.event import SelectionNotify

if TYPE_CHECKING:
    from Xlib.protocol.rq import Event

PIECE = 200_000
"""Bytes handed out at once: servers take at least 262,140."""
PNG = "image/png"


class Owner:
    """Owns the clipboard of the display that the environment names, until somebody else does.
    Raises Xlib's errors where there is none."""

    def __init__(self, png: bytes) -> None:
        self._png = png
        self._display = Display()
        self._display.set_error_handler(_ignored)
        screen = self._display.screen()
        self._window = screen.root.create_window(0, 0, 1, 1, 0, screen.root_depth)
        names = ("CLIPBOARD", "TARGETS", "INCR", PNG)
        self._clipboard, *self._names = map(self._display.intern_atom, names)
        self._left: dict[tuple[int, int], int] = {}
        """Where the next piece begins, for each asker's window and property."""
        self._window.set_selection_owner(self._clipboard, X.CurrentTime)
        self.owned = bool(self._display.get_selection_owner(self._clipboard) == self._window)
        """Whether it was given to us."""
        if self.owned:
            threading.Thread(target=self._serve, name="clipboard", daemon=True).start()

    def _serve(self) -> None:
        """Answers until the clipboard is another's, and who was being answered has all."""
        owned = True
        try:
            while owned or self._left:
                event = self._display.next_event()
                if event.type == X.SelectionClear:
                    owned = False
                elif event.type == X.SelectionRequest:
                    self._answer(event)
                elif event.type == X.PropertyNotify and event.state == X.PropertyDelete:
                    self._go_on(event)
            self._display.close()
        except ConnectionClosedError:
            pass  # the display is gone, and the clipboard with it

    def _answer(self, request: Event) -> None:
        targets, pieces, png = self._names
        asker, place = request.requestor, request.property or request.target
        if request.target == targets:
            asker.change_property(place, Xatom.ATOM, 32, [targets, png])
        elif request.target != png:
            place = X.NONE
        elif len(self._png) <= PIECE:
            asker.change_property(place, png, 8, self._png)
        else:
            asker.change_attributes(event_mask=X.PropertyChangeMask)
            asker.change_property(place, pieces, 32, [len(self._png)])
            self._left[asker.id, place] = 0
        told = SelectionNotify(
            time=request.time,
            requestor=asker,
            selection=request.selection,
            target=request.target,
            property=place,
        )
        asker.send_event(told)
        self._display.flush()

    def _go_on(self, event: Event) -> None:
        """The next piece; the last one is empty."""
        key = event.window.id, event.atom
        if key in self._left:
            start = self._left[key]
            piece = self._png[start : start + PIECE]
            event.window.change_property(event.atom, self._names[-1], 8, piece)
            self._display.flush()
            self._left[key] = start + len(piece)
            if not piece:
                del self._left[key]


def _ignored(*_: object) -> None:
    """An asker's window may be gone before it is answered."""
