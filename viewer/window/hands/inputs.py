"""What hands do in the window, turned into actions and changes of the session.

keys, characters -> the table of controls -> an action, again while the key is held
the pointer      -> what it holds: the picture, a corner of a box, the slider's handle
the wheel        -> the table of controls, by the modifiers -> zoom or slice

Motions, and turns of the wheel, are told more often than frames are drawn. They are put off until
the next frame or the next of anything else, and then done as one: a move at zoom 1e9000 takes as
long as a frame.
"""

from __future__ import annotations

import time
from collections import defaultdict
from enum import Enum, auto
from typing import Protocol

from viewer.view import Size
from viewer.window import dialogs
from viewer.window.hands import slices
from viewer.window.hands.clicks import Clicks, Held, Swing, Turns
from viewer.window.hands.controls import Action, bindings
from viewer.window.hands.slider import Track
from viewer.window.session import Session, to_pixels
from viewer.window.text.overlay import Hit

Point = tuple[float, float]

FINE = 1 / 8
"""What a fine click of the wheel is of an ordinary one."""
DRAGS = {"Left": "Drag", "Right": "Right-drag"}
"""What the table of controls calls a drag with a button."""


class Seen(Protocol):
    """What is where on the screen. Places are in pixels."""

    @property
    def track(self) -> Track | None:
        """Where the slider is."""

    def mark_at(self, at: Point) -> int | None:
        """The number of the marked place whose picture is there."""

    def text_at(self, at: Point) -> Hit | None:
        """The text there."""


class Stage(Protocol):
    """What is acted on."""

    session: Session

    def act(self, action: Action) -> None:
        """Does what an action asks for."""

    def sizes(self) -> tuple[Size, Size]:
        """The window's size in its own units, and in pixels."""

    @property
    def screen(self) -> Seen:
        """What is seen of it."""


class Hold(Enum):
    """What the pointer has hold of."""

    PICTURE = auto()
    BOX = auto()
    SLIDER = auto()


class Inputs:
    """Everything that hands have begun and not ended."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._bindings = bindings(stage.session.controls)
        self._held, self._clicks, self._swing = Held(), Clicks(), Swing()
        self._turns: defaultdict[Action, Turns] = defaultdict(Turns)
        self._pad: set[str] = set()
        self._hold: Hold | None = None
        self._button = ""
        self._begun: Point = (0.0, 0.0)
        self._here: Point = (0.0, 0.0)
        self._track: Track | None = None
        self._newest: Point | None = None
        self._zoom = 0.0

    def settle(self) -> None:
        """Does what was put off."""
        newest, self._newest = self._newest, None
        if newest is not None:
            self._move(newest)
        zoom, self._zoom = self._zoom, 0.0
        if zoom:
            self._stage.session = self._stage.session.stopped().wheeled(zoom)

    # Keys

    def repeat(self, now: float) -> None:
        """Does what was put off, and what keys that are held ask for again."""
        self.settle()
        for trigger in self._held.due(now):
            self._press(trigger)

    def key(self, trigger: str, pressed: bool) -> None:
        """A key: its action now, and again while it is held where the table says so."""
        self.settle()
        digit = trigger.rpartition("+")[2].removeprefix("Num")
        if not pressed:
            self._held.release(trigger)
            self._pad.discard(digit)
            return
        binding = self._bindings.get(trigger)
        if binding and digit.isdigit():
            self._pad.add(digit)
        if self._press(trigger):
            self._held.press(trigger, time.monotonic())

    def _press(self, trigger: str) -> bool:
        """Does what a key asks for, of what lies over the picture or of the table; returns whether
        it does so again while it is held."""
        stage, binding = self._stage, self._bindings.get(trigger)
        session = dialogs.keyed(stage.session, trigger)
        if session is not None:
            stage.session = session
            return trigger in dialogs.REPEATED
        if binding is None:
            return False
        stage.act(binding.action)
        return binding.repeats

    def character(self, character: str) -> None:
        """A character of the form, or of the table. Letters are keys there, with their modifiers,
        and so is what the keypad types."""
        self.settle()
        session = dialogs.typed(self._stage.session, character)
        if session is not None:
            self._stage.session = session
        elif character in self._bindings and not (character.isalpha() or character in self._pad):
            self._stage.act(self._bindings[character].action)

    # The pointer. Positions are kept in pixels: that is what the session's are.

    def pointer(self, at: Point | None) -> None:
        """The cursor: it takes with it what it holds."""
        stage = self._stage
        if at is None or self._zoom:
            self.settle()
        if at is None:
            stage.session = stage.session.pointed(None)
            return
        self._newest = to_pixels(at, *stage.sizes())
        if self._hold is Hold.PICTURE:
            self._swing.move(self._newest, time.monotonic())

    def _move(self, here: Point) -> None:
        stage, before = self._stage, self._here
        self._here = here
        if self._hold is Hold.PICTURE:
            stage.session = stage.session.dragged(here[0] - before[0], here[1] - before[1])
        elif self._hold is Hold.BOX and stage.session.tools.box:  # it may have been given up
            stage.session = stage.session.boxing(self._begun, here)
        elif self._hold is Hold.SLIDER and self._track:
            stage.session = slices.slid(stage.session, self._track.height_at(here[0]))
        stage.session = stage.session.pointed(here)

    def button(self, at: Point, pressed: bool, name: str, modifiers: str) -> None:
        """A button takes hold of something, and lets it go; pressed twice it zooms."""
        self.pointer(at)
        self.settle()
        if not pressed:
            if name == self._button:
                self._let_go()
        elif self._hold is None and not (name == "Left" and self._clicked()):
            self._stage.session = self._stage.session.stopped()
            self._button, self._begun = name, self._here
            track = self._stage.screen.track
            if track and name == "Left" and track.holds(self._here):
                self._hold, self._track = Hold.SLIDER, track
                self._move(self._here)
            elif not (name == "Left" and self._paired(at, modifiers)):
                self._take(name, modifiers)

    def _clicked(self) -> bool:
        """Whether a click is on what lies over the picture, and not for that."""
        stage, here = self._stage, self._here
        if number := stage.screen.mark_at(here):
            stage.act(Action[f"PLACE_{number}"])
            return True
        session = dialogs.clicked(stage.session, here, stage.screen.text_at(here))
        stage.session = session or stage.session
        return session is not None

    def _paired(self, at: Point, modifiers: str) -> bool:
        """Whether a click is the second of a double one that does something. Nothing is held then:
        a hand may tremble."""
        pair = self._bindings.get(f"{modifiers}Double-click")
        if not self._clicks.second(at, time.monotonic()) or pair is None:
            return False
        self._stage.act(pair.action)
        return True

    def _take(self, name: str, modifiers: str) -> None:
        stage, here = self._stage, self._here
        word = DRAGS.get(name, name)
        binding = self._bindings.get(modifiers + word) or self._bindings.get(word)
        if binding and binding.action is Action.BOX:
            self._hold = Hold.BOX
            stage.session = stage.session.boxing(here, here)
        elif binding and binding.action is Action.DRAG:
            self._hold = Hold.PICTURE
            self._swing.begin(here, time.monotonic())

    def _let_go(self) -> None:
        hold, self._hold, self._track = self._hold, None, None
        if hold is Hold.PICTURE:
            speed = self._swing.speed(time.monotonic())
            self._stage.session = self._stage.session.thrown(*speed)
        elif hold is Hold.BOX:
            self._stage.session = self._stage.session.boxed()

    def wheel(self, clicks: float, modifiers: str) -> None:
        """The wheel zooms about the cursor, or moves the slice: also where the slider is."""
        if self._newest is not None:
            self.settle()
        hit = self._stage.screen.text_at(self._here)
        if scrolled := dialogs.wheeled(self._stage.session, clicks, hit):
            self._stage.session = scrolled
            return
        binding = self._bindings.get(f"{modifiers}Wheel") or self._bindings.get("Wheel")
        if binding is None:
            return
        action, track = binding.action, self._stage.screen.track
        if track and track.holds(self._here):
            action = Action.Z_WHEEL
        due = self._turns[action].add(clicks * FINE if action is Action.WHEEL_FINE else clicks)
        if action is Action.Z_WHEEL:
            session = self._stage.session.stopped()
            self._stage.session = slices.turned(session, due, time.monotonic())
        else:
            self._zoom += due

    def focus_lost(self) -> None:
        """No key is held any more, as far as will be known, and nothing else."""
        self.settle()
        self._held.clear()
        self._pad.clear()
        if self._hold is Hold.BOX:
            self._stage.session = self._stage.session.unboxed()
        self._hold = self._track = None
