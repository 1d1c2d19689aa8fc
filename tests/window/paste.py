"""What another program does to paste: it asks the owner of an X display's clipboard."""

from __future__ import annotations

from typing import Self

from Xlib import X
from Xlib.display import Display
from Xlib.protocol.rq import Event

from tests.window.x11 import awaited


class Paster:
    """A client of a display, by its name."""

    def __init__(self, name: str) -> None:
        self._display = Display(name)
        screen = self._display.screen()
        self._window = screen.root.create_window(0, 0, 1, 1, 0, screen.root_depth)
        self._window.change_attributes(event_mask=X.PropertyChangeMask)
        self._place = self._atom("PASTED")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._display.close()

    def targets(self) -> set[str]:
        """The kinds of data that the clipboard says it has."""
        self._ask("TARGETS")
        found = self._window.get_full_property(self._place, X.AnyPropertyType)
        assert found is not None
        self._window.delete_property(self._place)
        return {self._display.get_atom_name(atom) for atom in found.value}

    def paste(self, kind: str) -> bytes | None:
        """The data of a kind, in whatever pieces it comes; None where it is refused."""
        if not self._ask(kind):
            return None
        found = self._taken()
        if found is None or found[0] != "INCR":
            return found[1] if found else None
        whole = b""
        while True:
            self._await(X.PropertyNotify)
            piece = self._taken()
            if piece is None:
                continue  # our own taking away
            if not piece[1]:
                return whole
            whole += piece[1]

    def own(self) -> None:
        """Copies something itself."""
        self._window.set_selection_owner(self._atom("CLIPBOARD"), X.CurrentTime)
        self._display.sync()

    def _taken(self) -> tuple[str, bytes] | None:
        found = self._window.get_full_property(self._place, X.AnyPropertyType)
        if found is None:
            return None
        self._window.delete_property(self._place)
        self._display.flush()
        return self._display.get_atom_name(found.property_type), bytes(found.value)

    def _ask(self, kind: str) -> bool:
        clipboard, target = self._atom("CLIPBOARD"), self._atom(kind)
        self._window.convert_selection(clipboard, target, self._place, X.CurrentTime)
        return bool(self._await(X.SelectionNotify).property)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def _await(self, kind: int) -> Event:
        return awaited(self._display, kind, "the clipboard's owner does not answer")
