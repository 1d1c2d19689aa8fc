"""Values near a square: each a reference, and a change that an instruction gives."""

from dataclasses import dataclass, replace
from decimal import Decimal

from flint import arb

from viewer.zoom.balls import ANYTHING, ONE, ZERO, ball, upward
from viewer.zoom.draft import Draft
from viewer.zoom.models import Model, Size, flat

TINY = arb(2) ** -32
"""What is this part of a change, or less, is left out of it."""
UNBOUNDED, UNKNOWN = arb("inf"), arb("nan")


@dataclass(slots=True, eq=False)
class Value:
    """ref + unit * w + error over the square, w being the value of instruction `place`.

    ref: what it is at one point, or any number that it is near to; a ball, as narrow as can be.
    span: holds it all over the square.   reach: bounds its distance from `ref`.
    model: about `ref`; None where nothing bounds the reach, or the value may not exist.
    place: -1 until an instruction is needed of what is a quadratic. Then `unit` is not yet set.
    negative: -unit, the same ball each time.
    partial: whether it may not exist somewhere.   nonnegative: whether it is never below zero.
    exact: what it is all over the square, where that is known to be this decimal.
    """

    ref: arb
    span: arb
    reach: arb
    model: Model | None
    place: int = -1
    unit: arb = UNKNOWN
    negative: arb = UNKNOWN
    error: arb = ZERO
    partial: bool = False
    nonnegative: bool = False
    exact: Decimal | None = None

    @property
    def quadratic(self) -> bool:
        """Whether it is one, but for a negligible part of its change."""
        model = self.model
        return model is not None and model.rest <= TINY * (model.line + model.bend)

    @property
    def fixed(self) -> bool:
        """Whether it is the same all over the square."""
        return self.reach.is_zero() and not self.partial

    @property
    def size(self) -> arb:
        """The unit without its sign: the unit itself, where it has none."""
        return self.unit if self.unit > 0 else self.negative

    @property
    def bound(self) -> arb:
        """Of w: its reach in units."""
        return (self.reach / self.unit).abs_upper()

    def units(self, unit: arb) -> arb:
        """Its unit in terms of another. A ball divided by itself is a ball about 1, which will do
        but where nothing bounds the value."""
        return ONE if unit is self.unit else -ONE if unit is self.negative else self.unit / unit

    @property
    def scale(self) -> arb:
        """About how far it changes, or less: bounds may be far too wide."""
        return self.reach if self.place < 0 else self.reach.min(self.size)


class Sheet:
    """Values, and the program that their instructions are written to."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.draft = Draft()
        self.doubts: dict[int, str] = {}
        self._flat = flat(size, ZERO)

    def doubt(self, why: str) -> None:
        """The value in hand is only approximate."""
        self.doubts.setdefault(self.draft.line, why)

    def sure(self, known: bool) -> bool:
        """Whether something is known; if not, more digits may tell."""
        if not known:
            self.draft.coarse.add(self.draft.line)
        return known

    # --- making ----------------------------------------------------------------------------

    def constant(self, ref: arb) -> Value:
        """A number."""
        return Value(ref, ref, ZERO, self._flat, nonnegative=bool(ref >= 0))

    def decimal(self, exact: Decimal) -> Value:
        """A number that stays known exactly."""
        return replace(self.constant(ball(exact)), exact=exact)

    def coordinate(self, ref: arb, x: int, y: int) -> Value:
        """One of the coordinates."""
        model = Model(self.size, arb(x), arb(y), None, ZERO)
        return self.shaped(ref, ANYTHING, model)

    def shaped(self, ref: arb, span: arb, model: Model | None, *, partial: bool = False) -> Value:
        """A value without an instruction, its bounds as narrow as the two allow."""
        self.sure(ref.is_finite())
        reach = UNBOUNDED
        if span.is_finite():
            reach = (span - ref).abs_upper()
        else:
            span = ANYTHING
        if partial:
            return Value(ref, span, reach, None, partial=True)
        if model is not None:
            found = model.reach.abs_upper()
            if found < reach:
                reach, span = found, ref + arb(0, found)
        if not reach.is_finite():
            model = None
        elif model is None or model.rest * 2 > reach:
            model = flat(self.size, reach)
        return Value(ref, span, reach, model)

    def made(
        self,
        ref: arb,
        span: arb,
        place: int,
        unit: arb,
        *operands: Value,
        partial: bool = False,
        error: arb = ZERO,
    ) -> Value:
        """A value that is made of operands, with its instruction."""
        partial = partial or any(operand.partial for operand in operands)
        return self.written(self.shaped(ref, span, None, partial=partial), place, unit, error)

    def written(self, value: Value, place: int, unit: arb, error: arb = ZERO) -> Value:
        """A value with its instruction."""
        value.place, value.unit, value.negative, value.error = place, unit, -unit, error
        if value.partial:
            self.draft.partial.add(place)
        return value

    def about(self, a: Value) -> Value:
        """A value less its reference, whatever that is exactly."""
        return replace(a, ref=ZERO, span=a.span - a.ref, nonnegative=False, exact=None)

    # --- reading ---------------------------------------------------------------------------

    def term(self, a: Value) -> int:
        """The instruction of a value that is not fixed; those of a quadratic are written now."""
        if a.place < 0:
            assert a.model is not None
            self._write(a, a.model)
        if not a.error.is_zero():
            self.draft.off(a.place, upward(a.error / a.unit))
        return a.place

    def _write(self, a: Value, model: Model) -> None:
        half, square = self.size
        factors = [model.x * half, model.y * half]
        factors += [factor * square for factor in model.curve or ()]
        sizes = [float(abs(factor) / a.reach) for factor in factors]
        # The first of the large ones: which one is the largest would flip more often.
        unit = next(f for f, size in zip(factors, sizes, strict=True) if size * 8 >= max(sizes))
        x, y, xx, xy, yy = [f / unit for f in factors] + [ZERO] * (5 - len(factors))
        draft, u, v = self.draft, self.draft.u, self.draft.v
        terms = [
            draft.multiple(u, ONE, [(xx, u, ONE), (xy, v, ONE)], x),
            draft.multiple(v, ONE, [(yy, v, ONE)], y),
        ]
        self.written(a, draft.combined(terms, ZERO), unit, model.rest)

    def read(self, a: Value, ref: arb, unit: arb) -> int:
        """An instruction whose value is (a - ref) / unit."""
        constant = (a.ref - ref) / unit
        if not a.partial and a.reach <= abs(unit) * TINY:
            return self.draft.number(constant, upward(a.reach / unit))
        place = self.term(a)
        return self.draft.combined([(a.units(unit), place, a.bound)], constant)

    def whole_unit(self, a: Value) -> arb:
        """The unit in which a value itself is an ordinary number."""
        if a.fixed:
            if a.ref.is_zero() or not self.sure(a.ref != 0):
                return ONE
            return abs(a.ref)
        return a.size if self.near_zero(a) else abs(a.ref)

    def whole(self, a: Value) -> int:
        """An instruction that gives the value itself in that unit."""
        return self.read(a, ZERO, self.whole_unit(a))

    def counted(self, a: Value) -> int:
        """The same of a value that is not to be below zero: where it never is, neither by an
        engine's rounding."""
        place = self.whole(a)
        return self.draft.emit("max", place, self.draft.number(ZERO)) if a.nonnegative else place

    def near_zero(self, a: Value) -> bool:
        """Whether a value that is not fixed is itself an ordinary number in the unit of its
        changes."""
        self.term(a)
        return bool(abs(a.ref) <= a.size * 4)
