"""What is said of keys that change how the picture looks: each takes the session and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from viewer.window.hands.controls import Action
from viewer.window.session import Session
from viewer.window.show.looks import palette_name

BRIEF = 2.5
"""Seconds for which it is said that something is on or off."""


def _palette(step: int, session: Session, now: float) -> Session:
    looks = session.looks.next_palette(step)
    words = f"colours: {palette_name(looks.look.palette)}"
    return replace(session, looks=looks).told(words, now)


def _highlight(session: Session, now: float) -> Session:
    highlight = not session.looks.highlight
    words = "changes are marked" if highlight else "changes are not marked"
    return replace(session, looks=replace(session.looks, highlight=highlight)).told(words, now)


def _smooth(session: Session, now: float) -> Session:
    words = "smooth edges: 16 samples a pixel" if session.smooth else "edges are not smooth"
    return _switched(words, session.smooth, session, now)


def _exact(session: Session, now: float) -> Session:
    words = "exact: what is in doubt is decided" if session.exact else "not exact"
    return _switched(words, session.exact, session, now)


def _switched(words: str, on: bool, session: Session, now: float) -> Session:
    """The session has it already; it is seen only when and where that is said."""
    mode = session.look.mode
    when = ", once the view rests" if mode == "fill" else f", but not in mode {mode}"
    return session.told(words + (when if on else ""), now, BRIEF)


CHANGES: Mapping[Action, Callable[[Session, float], Session]] = MappingProxyType(
    {
        Action.PALETTE_NEXT: partial(_palette, 1),
        Action.PALETTE_BEFORE: partial(_palette, -1),
        Action.HIGHLIGHT: _highlight,
        Action.SMOOTH: _smooth,
        Action.EXACT: _exact,
    }
)
"""Of the switches that only the picture tells of."""
