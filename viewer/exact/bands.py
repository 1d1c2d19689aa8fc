"""Spans of a whole program: what its field can be over many boxes, or at many points, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from viewer.passes.spans import Watch, around, field_span
from viewer.program import Program, spans
from viewer.program.spans import Span
from viewer.sign.tiles import Anchor
from viewer.zoom.local import Local


@dataclass(frozen=True)
class Frame:
    """A program to be looked at in the coordinates of a square, which spans [-1, 1].

    origin, unit: by the names of the coordinates, so that x = origin + unit * u. None where the
        program's coordinates are the square's.
    slack: how far each value may be from what it would be of its own operands; None: not at all.
    """

    program: Program
    origin: Mapping[str, Span]
    unit: Span | None
    slack: Sequence[float] | None = None

    @staticmethod
    def of(program: Program, anchor: Anchor, z: Fraction) -> "Frame":
        """A program in a square, as it is."""
        origin = {"x": around(anchor.x), "y": around(anchor.y), "z": around(z)}
        return Frame(program, origin, around(anchor.half))

    @staticmethod
    def local(local: Local) -> "Frame":
        """A program that is in the square's own coordinates already."""
        return Frame(local.program, {}, None, local.slack.tolist())

    def field(self, u: Span, v: Span, watch: Watch | None = None) -> Span:
        """The field over boxes, or at points. `watch` is told what each operation is given."""
        point = {**self.origin, "x": u, "y": v}
        if self.unit is not None:
            with np.errstate(all="ignore"):
                for name in "xy":
                    there = spans.mul(self.unit, point[name])
                    point[name] = spans.add(self.origin[name], there)
        return field_span(self.program, point, self.slack, watch)
