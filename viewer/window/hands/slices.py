"""Changes of the slice's height, for programs that have one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from viewer.window.hands.controls import Action
from viewer.window.hands.heights import Ends, Sweep, stepped
from viewer.window.session import Session

MISSING = "this program has no var-z: there is nothing to slice"


def turned(session: Session, steps: float, now: float) -> Session:
    """So many steps higher, by a key or the wheel; a step is finer where the zoom is larger."""
    return _checked(session, now, lambda s: s.at_height(stepped(s.z, steps, s.goal.zoom)))


def slid(session: Session, z: Fraction) -> Session:
    """To where the slider's handle was moved."""
    return session if session.z == z and not session.sweep else session.at_height(z)


def _with_slider(session: Session) -> Session:
    """The slider, or what moves without it stops."""
    if session.slider:
        return replace(session.at_height(session.z), slider=None)
    return replace(session, slider=Ends()).measured()


def _sweeping(session: Session) -> Session:
    """Up and down between the slider's ends, from where it is; or it rests there."""
    if session.sweep:
        return session.at_height(session.z)
    ends = session.slider or Ends().holding(session.z, session.goal.zoom)
    return replace(session, slider=ends, sweep=Sweep(ends))


def _checked(session: Session, now: float, change: Callable[[Session], Session]) -> Session:
    if session.shape is None:
        return session
    return change(session) if session.shape.uses_z else session.told(MISSING, now)


CHANGES: Mapping[Action, Callable[[Session, float], Session]] = MappingProxyType(
    {
        Action.Z_DOWN: lambda session, now: turned(session, -1, now),
        Action.Z_UP: lambda session, now: turned(session, 1, now),
        Action.SLIDER: lambda session, now: _checked(session, now, _with_slider),
        Action.SWEEP: lambda session, now: _checked(session, now, _sweeping),
    }
)
"""What actions change, at a time of the session's clock."""
