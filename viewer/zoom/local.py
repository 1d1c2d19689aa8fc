"""Local programs: a program in the coordinates of a small square, for any engine.

There a float has digits for what the original's values differ by, however deep the square is. It
is worked out with references of as many digits as it takes.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.passes.cells import reachable
from viewer.passes.spans import field_span
from viewer.program import Op, Program
from viewer.program.deltas import Nowhere
from viewer.program.number import doubled, plus
from viewer.program.spans import Span
from viewer.sign.tiles import Anchor
from viewer.view import Grid, log2
from viewer.zoom.balls import ONE, ZERO, ball, size_of, upward
from viewer.zoom.models import Size
from viewer.zoom.precision import working
from viewer.zoom.rules import Near
from viewer.zoom.values import TINY, Value

GUARD = 128
"""Bits of a reference past those that the square needs, at first."""
POINTS = 256
"""Points of a square at which the local program is checked."""
_STEPS = 0.7548776662466927, 0.5698402909980532
"""They are spread evenly: M. Roberts, "The unreasonable effectiveness of quasirandom sequences",
2018."""
OPEN = 0.01
"""More than this part of them may not be left open."""
DOUBLINGS = 3
"""So often these are doubled where they do not do; what is still unknown then is a doubt."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where a picture is only approximate: the line of the source, and why.

    held: whether the local program's slack accounts for it.
    """

    line: int
    why: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """What a program is on the square of an anchor, in u and v from -1 to 1 (var-x and var-y).

    program: negative just where the original is; small, its numbers of about unit size, its
        constants float64. It does not read z.
    slack: (len(program),): how far each value, worked out over the reals of its operands as they
        are, may be from what is meant. So bounds that are widened by it hold for the original.
    unit, base: the original's field is `base + unit * value`. The base is 0 unless it is the field
        that was asked for.
    undefined: whether the original has no value anywhere in the square.
    doubts: where that is only approximate.
    """

    anchor: Anchor
    program: Program
    slack: NDArray[np.float64]
    unit: Decimal
    doubts: tuple[Doubt, ...] = ()
    base: Decimal = Decimal(0)
    undefined: bool = False

    def grid(self, grid: Grid) -> Grid:
        """The same samples in u and v."""
        return _in_square(self.anchor, grid)

    def covers(self, grid: Grid) -> bool:
        """Whether a whole picture lies in the square."""
        x, y, half = self.anchor
        return (
            abs(grid.view.x - x) + grid.width * grid.half <= half
            and abs(grid.view.y - y) + grid.height * grid.half <= half
        )


@lru_cache(maxsize=32)
def _in_square(square: Anchor, grid: Grid) -> Grid:
    """Kept for a while: a picture has many strips, and deep down this takes milliseconds."""
    x, y, half = square
    view = grid.view
    across, along = _part(view.x, x, half), _part(view.y, y, half)
    return replace(grid, view=replace(view, x=across, y=along, base=view.base * half))


def _part(at: Fraction, centre: Fraction, half: Fraction) -> Fraction:
    """How far a coordinate is from a square's centre, in halves of its side."""
    bits, times = (number.denominator.bit_length() - 1 for number in (centre, half))
    if half.numerator > 1 or (centre.denominator, half.denominator) != (1 << bits, 1 << times):
        return (at - centre) / half
    return doubled(plus(at, -centre.numerator, bits), times)


def localise(
    program: Program, anchor: Anchor, z: Fraction = Fraction(0), *, field: bool = False
) -> Local:
    """The local program of a square, at a height of the slice. With `field` it tells how the value
    changes wherever the square is, else its sign is enough.

    Linear in the program, but for the length of its numbers. `optimise` it first: what is equal
    should be so by its name.
    """
    far = max(Fraction(1), abs(anchor.x), abs(anchor.y))
    bits = GUARD + max(0, round(log2(far / anchor.half)))
    for doubling in range(DOUBLINGS + 1):
        with working(bits << doubling):
            near, root = _worked(program, anchor, z)
            base = _rebased(near, root) if field and root else None
            last = doubling == DOUBLINGS
            if not near.draft.coarse or last:
                for line in near.draft.coarse:
                    near.doubts.setdefault(line, f"{bits << doubling} bits do not tell its value")
                return _finished(near, root, anchor, program.name, base)
    raise AssertionError


def _worked(program: Program, anchor: Anchor, z: Fraction) -> tuple[Near, Value | None]:
    """Every value of the program; None where there is none in the whole square."""
    half = ball(anchor.half)
    near = Near(Size(half, half * half))
    given = {
        "x": near.coordinate(ball(anchor.x), 1, 0),
        "y": near.coordinate(ball(anchor.y), 0, 1),
        "z": near.constant(ball(z)),
    }
    values: list[Value] = []
    try:
        for op, args, value, line in program.instrs:
            near.draft.line = line
            if op.variable is not None:
                found = given[op.variable]
            elif value is not None:
                found = near.decimal(value)
            else:
                assert op.delta is not None
                operands = [values[arg] for arg in args]
                found = _folded(near, op, operands) or op.delta(near, *operands)
                if op.nonnegative([operand.nonnegative for operand in operands]):
                    near.never_below_zero(found)
            values.append(found)
    except Nowhere:
        return near, None
    return near, values[-1]


def _folded(near: Near, op: Op, operands: list[Value]) -> Value | None:
    """The value of decimals, where that is one: here c / c is 1, and 1 - 1 nothing."""
    known = [operand.exact for operand in operands if operand.exact is not None]
    if op.exact is None or len(known) < len(operands):
        return None
    try:
        return near.decimal(op.exact(*known))
    except DecimalException:
        return None


def _finished(
    near: Near, root: Value | None, anchor: Anchor, name: str, told: tuple[Decimal, Value] | None
) -> Local:
    doubts = tuple(Doubt(line, near.doubts[line]) for line in sorted(near.doubts))
    draft, unit, base = near.draft, ONE, Decimal(0)
    if root is None:
        place = draft.number(ONE)
    elif told is not None:
        base, changes = told
        unit = near.whole_unit(changes)
        place = near.whole(changes)
    elif (sign := near.order(root, near.constant(ZERO))) and not root.partial:
        unit = abs(root.span).mid()
        place = draft.number(ball(Fraction(sign)), upward(root.span / unit - sign))
    else:
        unit = near.whole_unit(root)
        place = near.whole(root)
    kept = reachable(Program(tuple(draft.instrs)), [place])
    names = {old: new for new, old in enumerate(kept)}
    instrs = [draft.instrs[old] for old in kept]
    renamed = [instr._replace(args=tuple([names[arg] for arg in instr.args])) for instr in instrs]
    slack, program = np.array(draft.slack)[kept], Program(tuple(renamed), name)
    if _share_open(program, slack) > OPEN:
        why = "what is left out beside far larger changes may decide"
        doubts = (*doubts, Doubt(draft.line, why, held=True))
    undefined = root is None
    return Local(anchor, program, slack, size_of(unit), doubts, base, undefined)


def _rebased(near: Near, value: Value) -> tuple[Decimal, Value] | None:
    """A number near to a value, and what there is beside it: a multiple of the power of ten below
    the value's changes, or 0 where that is near. None for what does not change."""
    if value.fixed:
        return None
    if near.near_zero(value) or not (value.size > 0 and value.ref.is_finite()):
        return Decimal(0), value
    power = size_of(value.size).adjusted()
    count = near.nearest(value.ref / ball(Decimal(1).scaleb(power))).unique_fmpz()
    assert count is not None, "the middle of a ball is one number"
    digits = tuple(map(int, f"{Decimal(abs(int(count))):f}"))
    base = Decimal((int(count < 0), digits, power))
    changes = near.shifted(value, -ball(base))
    near.sure(changes.ref.rad() <= changes.size * TINY)  # next to an extremum it changes little
    return base, changes


def _share_open(program: Program, slack: NDArray[np.float64]) -> float:
    """At which part of some points the slack leaves it open which sign a value has. It does so on
    an edge, which has no area, and where a large change stands still beside small ones."""
    numbers = np.arange(POINTS, dtype=np.float64)
    u, v = (np.remainder(numbers * step, 1.0) * 2.0 - 1.0 for step in _STEPS)
    field = field_span(program, {"x": Span(u, u), "y": Span(v, v)}, slack.tolist())
    found = (field.lower < 0) & (field.upper >= 0)
    for unknown in (field.maybe, field.never):
        found = found & (True if unknown is None else ~unknown)
    return float(np.broadcast_to(found, u.shape).mean())
