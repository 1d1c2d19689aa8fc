"""What other programs of a desktop do to a window: a file manager's drop, a window manager's
close, a desktop's settings, a program that has copied something.

Drops are by the XDND protocol, version 5 (https://www.freedesktop.org/wiki/Specifications/XDND/).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Closing
from threading import Thread
from typing import Self
from urllib.parse import quote

from Xlib import X, Xatom, display
from Xlib.protocol import event
from Xlib.protocol.rq import Event

VERSION = 5
PATIENCE = 10.0


def drop(name: str, window: str, paths: list[Path], types: int) -> None:
    """Drops files on a window and waits until it has asked for their names.

    `types`: how many kinds of data the drag offers; more than three come as a list.
    """
    connection = display.Display(name)
    try:
        _Source(connection, int(window), paths, types).run()
    finally:
        connection.close()


def close(name: str, window: str) -> None:
    """Asks a window to close, as its title bar's button does."""
    say(name, window, "WM_PROTOCOLS", "WM_DELETE_WINDOW")


def say(name: str, window: str, kind: str, what: str = "") -> None:
    """Sends a window a message of that kind: an atom, where it has a name, and zeros."""
    connection = display.Display(name)
    try:
        target = connection.create_resource_object("window", int(window))
        data = (32, [connection.intern_atom(what) if what else 0, 0, 0, 0, 0])
        message = event.ClientMessage(
            window=target, client_type=connection.intern_atom(kind), data=data
        )
        target.send_event(message)
        connection.sync()
    finally:
        connection.close()


def lose(name: str, window: str) -> None:
    """Tells a window that another program has copied something; it comes late where the window
    has the clipboard again."""
    connection = display.Display(name)
    try:
        target = connection.create_resource_object("window", int(window))
        clipboard = connection.intern_atom("CLIPBOARD")
        target.send_event(event.SelectionClear(window=target, atom=clipboard, time=X.CurrentTime))
        connection.sync()
    finally:
        connection.close()


@contextmanager
def resources(name: str, text: str) -> Iterator[None]:
    """Sets the display's resources, as the settings of a desktop do, for a while."""
    connection = display.Display(name)
    root = connection.screen().root
    try:
        root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, text.encode())
        connection.sync()
        yield
    finally:
        root.delete_property(Xatom.RESOURCE_MANAGER)
        connection.sync()
        connection.close()


class Clipboard(Thread):
    """A program that owns the clipboard for a while, and answers who asks for what is on it."""

    def __init__(self, name: str, content: bytes | None) -> None:
        """`content` is called UTF-8, whatever it is; None: the program is busy, and never says."""
        super().__init__(daemon=True)
        self._display = display.Display(name)
        self._content = content
        self._closing = Closing()

    def __enter__(self) -> Self:
        self._window = self._display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self._window.set_selection_owner(self._display.intern_atom("CLIPBOARD"), X.CurrentTime)
        self._display.sync()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.join()
        self._display.close()

    def run(self) -> None:
        """Answers until it is closed."""
        while not self._closing.wait(0.001):
            while self._display.pending_events():
                request = self._display.next_event()
                if request.type == X.SelectionRequest and self._content is not None:
                    kind = self._display.intern_atom("UTF8_STRING")
                    _answer(self._display, request, kind, self._content)


def awaited(connection: display.Display, kind: int, vain: str) -> Event:
    """The next event of a kind; `vain` is what a test says where none comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if connection.pending_events():
            found = connection.next_event()
            if found.type == kind:
                return found
        else:
            time.sleep(0.005)
    raise AssertionError(vain)


class _Source:
    def __init__(
        self, connection: display.Display, target: int, paths: list[Path], types: int
    ) -> None:
        self._display = connection
        self._target = connection.create_resource_object("window", target)
        root = connection.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, connection.screen().root_depth)
        self._uris = "".join(f"file://{quote(str(path))}\r\n" for path in paths).encode()
        kinds = ["text/uri-list", "text/plain", "UTF8_STRING", "STRING", "TEXT"]
        self._types = [self._atom(kind) for kind in kinds[:types]]

    def run(self) -> None:
        selection = self._atom("XdndSelection")
        self._window.set_selection_owner(selection, X.CurrentTime)
        listed = len(self._types) > 3
        self._window.change_property(self._atom("XdndTypeList"), Xatom.ATOM, 32, self._types)
        first = [*self._types, 0, 0, 0][:3]
        self._send("XdndEnter", VERSION << 24 | listed, *first)
        self._send("XdndPosition", 0, 100 << 16 | 100, X.CurrentTime, self._atom("XdndActionCopy"))
        status = self._await(X.ClientMessage)
        if status.client_type == self._atom("XdndFinished"):
            # The thanks for an earlier drop, whose window had the number of this one.
            status = self._await(X.ClientMessage)
        assert status.client_type == self._atom("XdndStatus")
        assert status.data[1][1] & 1, "the window does not take the drop"
        self._send("XdndDrop", 0, X.CurrentTime, 0, 0)
        request = self._await(X.SelectionRequest)
        _answer(self._display, request, request.target, self._uris)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def _send(self, message: str, *data: int) -> None:
        self._target.send_event(
            event.ClientMessage(
                window=self._target,
                client_type=self._atom(message),
                data=(32, [self._window.id, *data]),
            )
        )
        self._display.flush()

    def _await(self, kind: int) -> Event:
        return awaited(self._display, kind, "the window does not answer the drag")


def _answer(connection: display.Display, request: Event, kind: int, data: bytes) -> None:
    request.requestor.change_property(request.property, kind, 8, data)
    request.requestor.send_event(
        event.SelectionNotify(
            time=request.time,
            requestor=request.requestor,
            selection=request.selection,
            target=request.target,
            property=request.property,
        )
    )
    connection.sync()
