"""Spans of a whole program: what its field can be over many boxes, or at many points, at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite

import numpy as np

from viewer.program import OPS, Op, Program, spans
from viewer.program.number import nearest
from viewer.program.spans import Span, either
from viewer.sign.tiles import Anchor
from viewer.zoom.local import Local

_MUL, _SQUARE = OPS["mul"], OPS["square"]

Watch = Callable[[int, Op, list[Span]], None]


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
        with np.errstate(all="ignore"):
            if self.unit is not None:
                for name in "xy":
                    there = spans.mul(self.unit, point[name])
                    point[name] = spans.add(self.origin[name], there)
            return self._run(point, watch)

    def _run(self, point: Mapping[str, Span], watch: Watch | None) -> Span:
        last = self.program.last_uses()
        live: dict[int, Span] = {}
        result = around(Fraction(0))
        for index, (op, args, value, _) in enumerate(self.program.instrs):
            if op.variable is not None:
                result = point[op.variable]
            elif value is not None:
                result = around(value)
            else:
                if watch is not None:
                    watch(index, op, [live[arg] for arg in args])
                result = _applied(op, args, live)
            if self.slack is not None and self.slack[index]:
                result = result.widened(self.slack[index])
            live[index] = result
            for arg in {*args, index}:
                if last[arg] == index:
                    del live[arg]
        return result


def _applied(op: Op, args: tuple[int, ...], live: Mapping[int, Span]) -> Span:
    """What does not exist in an operand does not in the result."""
    if op is _MUL and args[0] == args[1]:
        op, args = _SQUARE, args[:1]
    assert op.span is not None
    operands = [live[arg] for arg in args]
    found = op.span(*operands)
    maybe, never = found.maybe, found.never
    for operand in operands:
        maybe, never = either(maybe, operand.maybe), either(never, operand.never)
    return Span(found.lower, found.upper, maybe, never)


def around(value: Decimal | Fraction) -> Span:
    """A number; of one that is a float64 both bounds are the same object."""
    found = nearest(value, np.float64)
    kind = type(value)
    if isfinite(found) and kind(float(found)) == value:
        return Span(found, found)
    return Span(np.nextafter(found, -np.inf), np.nextafter(found, np.inf))
