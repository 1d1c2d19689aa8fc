"""The moves that keys and clicks ask for: where the camera goes by each of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from viewer.window.hands.camera import Camera
from viewer.window.hands.controls import Action

PAN_STEP = 1 / 20
"""What an arrow key moves, as a part of the shorter side."""
PAGE = 0.9
"""What it moves by a page, as a part of the picture that way."""
ZOOM_STEP = 0.5
"""Octaves of a zoom key."""
CLICK_STEP = 1.0
"""Octaves of a double-click, and of a key of the keypad."""

C = TypeVar("C", bound=Camera)


class Move(Protocol):
    """What a move makes of any camera."""

    def __call__(self, camera: C, /) -> C:
        """The camera on its way."""


def _panned(dx: int, dy: int) -> Move:
    def move(camera: C, /) -> C:
        step = PAN_STEP * min(camera.size)
        return camera.panned(-dx * step, -dy * step)

    return move


def _nudged(dx: int, dy: int) -> Move:
    """By a pixel."""

    def move(camera: C, /) -> C:
        return camera.panned(-dx, -dy)

    return move


def _paged(dx: int, dy: int) -> Move:
    """By almost the whole picture."""

    def move(camera: C, /) -> C:
        width, height = camera.size
        return camera.panned(-dx * PAGE * width, -dy * PAGE * height)

    return move


def _zoomed(octaves: float, *, at_cursor: bool = False) -> Move:
    def move(camera: C, /) -> C:
        return camera.zoomed(octaves, camera.cursor if at_cursor else None)

    return move


def _into(part: int) -> Move:
    """Into the part of the picture that lies where the key does on the keypad: 7 is the upper left
    quarter."""
    across, down = (part - 1) % 3 / 2, 1 - (part - 1) // 3 / 2

    def move(camera: C, /) -> C:
        width, height = camera.size
        return camera.zoomed(CLICK_STEP, (across * width, down * height))

    return move


MOVES: Mapping[Action, Move] = MappingProxyType(
    {
        Action.PAN_LEFT: _panned(-1, 0),
        Action.PAN_RIGHT: _panned(1, 0),
        Action.PAN_UP: _panned(0, -1),
        Action.PAN_DOWN: _panned(0, 1),
        Action.NUDGE_LEFT: _nudged(-1, 0),
        Action.NUDGE_RIGHT: _nudged(1, 0),
        Action.NUDGE_UP: _nudged(0, -1),
        Action.NUDGE_DOWN: _nudged(0, 1),
        Action.PAGE_LEFT: _paged(-1, 0),
        Action.PAGE_RIGHT: _paged(1, 0),
        Action.PAGE_UP: _paged(0, -1),
        Action.PAGE_DOWN: _paged(0, 1),
        Action.ZOOM_IN: _zoomed(ZOOM_STEP),
        Action.ZOOM_OUT: _zoomed(-ZOOM_STEP),
        Action.CLICK_IN: _zoomed(CLICK_STEP, at_cursor=True),
        Action.CLICK_OUT: _zoomed(-CLICK_STEP, at_cursor=True),
        Action.PART_OUT: _zoomed(-CLICK_STEP),
        Action.PART_1: _into(1),
        Action.PART_2: _into(2),
        Action.PART_3: _into(3),
        Action.PART_4: _into(4),
        Action.PART_5: _into(5),
        Action.PART_6: _into(6),
        Action.PART_7: _into(7),
        Action.PART_8: _into(8),
        Action.PART_9: _into(9),
    }
)
