"""Back and forward through the places that were looked at, as a value.

    back: a b c   here: d   forward: e f        a place is one where the view rested

A drag, a turn of the wheel or a held key is many views, but one place: the one where it ended. So
the history is told the view at every frame, and takes it once it has stood still for a while. What
is done at once (home, a bookmark, a pasted view) is told with `to`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from viewer.view import View

REST = 0.6
"""Seconds that a view stands still before it is a place of its own."""
MOST = 500
"""Places that are kept."""


class Spot(NamedTuple):
    """What is looked at: the view, and the height of the slice."""

    view: View = View()
    z: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class History:
    """The places before and after the one that is looked at, nearest last. `latest` is where the
    view was last seen, since `since` seconds of the caller's clock; it may be on its way."""

    here: Spot
    latest: Spot
    since: float = 0.0
    back: tuple[Spot, ...] = ()
    forward: tuple[Spot, ...] = ()

    @staticmethod
    def starting(spot: Spot) -> History:
        """Nothing was looked at before."""
        return History(spot, spot)

    def seen(self, spot: Spot, now: float) -> History:
        """The view is there at that time. Where nothing changes, the very same history."""
        if spot != self.latest:
            return replace(self, latest=spot, since=now)
        if spot != self.here and now >= self.since + REST:
            return self._entered(spot)
        return self

    @property
    def due(self) -> float | None:
        """When `seen` has to be called again for a view that no longer moves; None for never."""
        return None if self.latest == self.here else self.since + REST

    def to(self, spot: Spot, now: float) -> History:
        """A jump: where the view was is a place, however short it stood there."""
        left = self._entered(self.latest)
        return replace(left._entered(spot), latest=spot, since=now)

    def previous(self, now: float) -> History | None:
        """One place back, to be shown: `here`. From a view on its way, back to where it came from.
        None where there is nothing before."""
        left = self._entered(self.latest)
        if not left.back:
            return None
        here = left.back[-1]
        forward = (*left.forward, left.here)
        return History(here, here, now, left.back[:-1], forward)

    def next(self, now: float) -> History | None:
        """One place forward; None where nothing was gone back from, or the view has moved since."""
        left = self._entered(self.latest)
        if not left.forward:
            return None
        here = left.forward[-1]
        return History(here, here, now, (*left.back, left.here), left.forward[:-1])

    def _entered(self, spot: Spot) -> History:
        """`spot` is a place; from there, there is no way forward."""
        if spot == self.here:
            return self
        back = (*self.back, self.here)[-MOST:]
        return replace(self, here=spot, back=back, forward=())
