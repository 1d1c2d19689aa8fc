"""What hands do in the window, turned into actions and changes of the session.

keys, characters -> the table of controls -> an action, again while the key is held
the pointer      -> drags, pairs of clicks, the wheel
"""

from __future__ import annotations

import time
from typing import Protocol

from viewer.view import Size
from viewer.window.controls import Action, bindings
from viewer.window.hands import Clicks, Held
from viewer.window.session import Session, to_pixels

Point = tuple[float, float]


class Stage(Protocol):
    """What is acted on."""

    session: Session

    def act(self, action: Action) -> None:
        """Does what an action asks for."""

    def sizes(self) -> tuple[Size, Size]:
        """The window's size in its own units, and in pixels."""


class Inputs:
    """Everything that hands have begun and not ended."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._bindings = bindings(stage.session.controls)
        self._held, self._clicks = Held(), Clicks()
        self._at: Point = (0.0, 0.0)
        self._dragging = False

    def repeat(self, now: float) -> None:
        """Does what keys that are held ask for again."""
        for trigger in self._held.due(now):
            self._stage.session = self._stage.session.act(self._bindings[trigger].action)

    def key(self, trigger: str, pressed: bool) -> None:
        """A key: its action now, and again while it is held where the table says so."""
        if not pressed:
            self._held.release(trigger)
            return
        binding = self._bindings.get(trigger)
        if binding is None:
            return
        if binding.repeats:
            self._held.press(trigger, time.monotonic())
        self._stage.act(binding.action)

    def character(self, character: str) -> None:
        """A character of the table. Letters are keys there, with their modifiers."""
        if character in self._bindings and not character.isalpha():
            self._stage.act(self._bindings[character].action)

    def pointer(self, at: Point | None) -> None:
        """The cursor: it drags the picture while the button is down."""
        stage = self._stage
        if at is None:
            stage.session = stage.session.pointed(None)
            return
        here = to_pixels(at, *stage.sizes())
        if self._dragging:
            before = to_pixels(self._at, *stage.sizes())
            stage.session = stage.session.dragged(here[0] - before[0], here[1] - before[1])
        self._at = at
        stage.session = stage.session.pointed(here)

    def button(self, at: Point, pressed: bool, name: str, modifiers: str) -> None:
        """The left button takes hold of the picture, or zooms when it is pressed twice."""
        self.pointer(at)
        if name != "Left":
            return
        self._dragging = pressed
        if pressed:
            self._stage.session = self._stage.session.stopped()
            pair = self._bindings.get(f"{modifiers}Double-click")
            if self._clicks.second(at, time.monotonic()) and pair:
                self._dragging = False  # a hand that trembles does not stop the zoom
                self._stage.act(pair.action)

    def wheel(self, clicks: float, modifiers: str) -> None:
        """The wheel zooms about the cursor."""
        self._stage.session = self._stage.session.stopped().wheeled(clicks)

    def focus_lost(self) -> None:
        """No key is held any more, as far as will be known."""
        self._held.clear()
        self._dragging = False
