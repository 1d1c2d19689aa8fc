"""What may lie over the picture besides panels of text, as a value: which of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from viewer.window.hands.controls import Action

Place = tuple[Fraction, Fraction]
"""A point in model units."""
Box = tuple[tuple[float, float], tuple[float, float]]
"""Two opposite corners, in pixels of the screen."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The coordinate grid, the map, the shelf of marked places, the probe (under the cursor, or
    at its `pin`), and the box that is being drawn to zoom into."""

    axes: bool = False
    map: bool = False
    shelf: bool = False
    probe: bool = False
    pin: Place | None = None
    box: Box | None = None

    def probed(self, place: Place | None) -> Tools:
        """The probe on; then pinned to the place under the cursor, where there is one; then off."""
        if not self.probe:
            return replace(self, probe=True, pin=None)
        pin = place if self.pin is None else None
        return replace(self, probe=pin is not None, pin=pin)

    def closed(self) -> Tools:
        """The uppermost of them goes."""
        if self.box:
            return replace(self, box=None)
        if self.shelf:
            return replace(self, shelf=False)
        if self.probe:
            return replace(self, probe=False, pin=None)
        if self.map:
            return replace(self, map=False)
        return replace(self, axes=False) if self.axes else self


NONE = Tools()

CHANGES: Mapping[Action, Callable[[Tools, Place | None], Tools]] = MappingProxyType(
    {
        Action.AXES: lambda tools, place: replace(tools, axes=not tools.axes),
        Action.MAP: lambda tools, place: replace(tools, map=not tools.map),
        Action.SHELF: lambda tools, place: replace(tools, shelf=not tools.shelf),
        Action.PROBE: Tools.probed,
    }
)
"""What actions change of them; `place` is that under the cursor, if it is over the picture."""
