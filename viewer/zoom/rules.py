"""What the delta rules of all ops share: sums, products, Taylor polynomials and choices."""

from collections.abc import Callable

from flint import arb, arb_series

from viewer.program.deltas import Nowhere
from viewer.zoom.balls import ONE, ZERO
from viewer.zoom.draft import NOTHING
from viewer.zoom.values import TINY, Sheet, Value

LONG = 9
"""Coefficients of the longest Taylor polynomial, and of the one that is tried first: FLINT makes
one more at most, which bounds what is left out."""
SHORT = 3
CLOSE = 8
"""Units that differ by less do not change places, so that programs of near squares look alike."""
_FUNCTIONS: dict[str, tuple[Callable[[arb], arb], Callable[[arb_series], arb_series]]] = {
    "recip": (lambda a: ONE / a, arb_series.inv),
    "sqrt": (arb.sqrt, arb_series.sqrt),
    "exp": (arb.exp, arb_series.exp),
    "ln": (arb.log, arb_series.log),
    "sin": (arb.sin, arb_series.sin),
    "cos": (arb.cos, arb_series.cos),
    "tan": (arb.tan, arb_series.tan),
    "asin": (arb.asin, arb_series.asin),
    "acos": (arb.acos, arb_series.acos),
    "atan": (arb.atan, arb_series.atan),
}
"""Of numbers, and of power series."""


class Near(Sheet):
    """Works on values near a square."""

    def ball(self, number: float) -> arb:
        """A number as a ball."""
        return arb(number)

    def pi(self) -> arb:
        """The number."""
        return arb.pi()

    def positive(self, upper: arb) -> arb:
        """From 0 to a number."""
        return arb(0.5, 0.5) * upper

    def angle(self, y: arb, x: arb) -> arb:
        """That of a point."""
        return arb.atan2(y, x)

    def nearest(self, a: arb) -> arb:
        """The whole number nearest to a ball's middle."""
        return (a.mid() + arb(0.5)).mid().floor().mid()

    # --- linear ----------------------------------------------------------------------------

    def scaled(self, a: Value, factor: arb) -> Value:
        """A multiple of a value."""
        if factor.is_zero():
            return self.guarded(self.constant(ZERO), a)
        size = abs(factor)
        model = None if a.model is None else a.model.times(factor)
        reach = (a.reach * size).abs_upper()
        value = Value(a.ref * factor, a.span * factor, reach, model, partial=a.partial)
        if a.place >= 0:
            self.written(value, a.place, a.unit * factor, a.error * size)
        return value

    def shifted(self, a: Value, by: arb) -> Value:
        """A value and a number."""
        value = Value(a.ref + by, a.span + by, a.reach, a.model, partial=a.partial)
        return self.written(value, a.place, a.unit, a.error)

    def sum(self, a: Value, b: Value) -> Value:
        """Two values."""
        if b.fixed or a.fixed:
            return self.shifted(a, b.ref) if b.fixed else self.shifted(b, a.ref)
        model = a.model.plus(b.model) if a.model and b.model else None
        partial = a.partial or b.partial
        value = self.shaped(a.ref + b.ref, a.span + b.span, model, partial=partial)
        if value.fixed or value.quadratic:
            return value
        if a.scale * CLOSE < b.scale:
            a, b = b, a
        place = self.term(a)
        # Of sizes, bounds may be far above what there is, and a logarithm asks for all digits.
        sizes = a.nonnegative and b.nonnegative and a.ref.is_zero() and b.ref.is_zero()
        if b.reach <= TINY * a.scale and not b.partial and not sizes:
            return self.written(value, place, a.unit, a.error + b.reach)
        other = self.term(b)
        terms = [(ONE, place, a.bound), (b.units(a.unit), other, b.bound)]
        nothing = 0.0 if sizes else NOTHING
        return self.written(value, self.draft.combined(terms, ZERO, nothing), a.unit)

    def difference(self, a: Value, b: Value) -> Value:
        """One value less another."""
        if a is b:
            return self.guarded(self.constant(ZERO), a)
        return self.sum(a, self.scaled(b, -ONE))

    # --- products and functions ------------------------------------------------------------

    def product(self, a: Value, b: Value) -> Value:
        """ra*rb + (rb + db)*da + ra*db; of what is near zero the product itself."""
        if b.fixed or a.fixed:
            return self.scaled(a, b.ref) if b.fixed else self.scaled(b, a.ref)
        model = a.model.product(a.ref, b.model, b.ref) if a.model and b.model else None
        partial = a.partial or b.partial
        value = self.shaped(a.ref * b.ref, a.span * b.span, model, partial=partial)
        if value.fixed or value.quadratic:
            return value
        p, q = self.term(a), self.term(b)
        if self.near_zero(a) and self.near_zero(b):
            s, t = self.read(a, ZERO, a.unit), self.read(b, ZERO, b.unit)
            place = self.draft.emit("square", s) if s == t else self.draft.emit("mul", s, t)
            return self.made(ZERO, value.span, place, a.unit * b.unit, a, b)
        first, second, both = a.unit * b.ref, b.unit * a.ref, a.unit * b.unit
        if a is b:
            unit = first * 2
            place = self.draft.horner(p, [ONE, both / unit], a.bound)
            return self.written(value, place, unit)
        if abs(first) * a.bound * CLOSE < abs(second) * b.bound:
            p, q, a, b, first, second = q, p, b, a, second, first
        terms = [
            self.draft.multiple(p, a.bound, [(both / first, q, b.bound)], ONE),
            (second / first, q, b.bound),
        ]
        return self.written(value, self.draft.combined(terms, ZERO), first)

    def smooth(self, name: str, a: Value, otherwise: Callable[[], Value]) -> Value:
        """A function's value: a quadratic, or a Taylor polynomial of the operand's change where one
        is close enough, or otherwise what it takes."""
        number, function = _FUNCTIONS[name]
        if a.fixed:
            found = number(a.ref)
            if not self.sure(found.is_finite()):
                raise Nowhere
            return self.constant(found)
        near = function(arb_series([a.ref, ONE], SHORT))
        span = a.span if a.span.contains(a.ref) else a.span.union(a.ref)
        far = function(arb_series([span, ONE], SHORT + 1))
        if not (near[0].is_finite() and far[0].is_finite() and far[SHORT].is_finite()):
            return otherwise()
        model = None
        if a.model:
            beyond = abs(far[SHORT]) * a.reach * a.reach * a.reach
            model = a.model.through(near[1], near[2], beyond)
        value = self.shaped(near[0], far[0], model, partial=a.partial)
        if value.fixed or value.quadratic:
            return value
        for length in (SHORT, LONG):
            if length == LONG:
                near = function(arb_series([a.ref, ONE], LONG))
                far = function(arb_series([span, ONE], LONG + 1))
            if self._taylor(value, a, [near[k] for k in range(length)], far):
                return value
        return otherwise()

    def _taylor(self, value: Value, a: Value, near: list[arb], far: arb_series) -> bool:
        """Writes the value as a polynomial of the operand's change, if one will do."""
        scale = a.scale
        power, beyond, sizes = scale, a.reach, [ZERO]
        for degree in range(1, len(near)):
            sizes.append((abs(near[degree]) * power).abs_upper())
            power, beyond = power * scale, beyond * a.reach
            rest = (abs(far[degree + 1]) * beyond).abs_upper()
            if rest <= TINY * max(sizes):
                break
        else:
            return False
        place = self.term(a)
        factors, power = [], ONE
        for coefficient in near[1 : degree + 1]:
            power = power * a.unit
            factors.append(coefficient * power)
        large = max(sizes)
        unit = next(f for f, size in zip(factors, sizes[1:], strict=True) if size * CLOSE >= large)
        place = self.draft.horner(place, [factor / unit for factor in factors], a.bound)
        self.written(value, place, unit, rest)
        return True

    def never_below_zero(self, a: Value) -> None:
        """What is known of some ops' values."""
        a.nonnegative = True
        if a.span.is_finite() and not a.span >= 0:
            a.span = self.positive(a.span.abs_upper())

    # --- choices ---------------------------------------------------------------------------

    def order(self, a: Value, b: Value) -> int | None:
        """-1, 0 or 1 as one value is below, the same as or above the other all over the square."""
        if a is b or (a.fixed and b.fixed and a.ref == b.ref):
            return 0
        if a.span < b.span:
            return -1
        if a.span > b.span:
            return 1
        if a.model and b.model:
            reach = a.model.plus(b.model.times(-ONE)).reach
            apart = a.ref - b.ref
            if abs(apart) > reach:
                return -1 if apart < 0 else 1
        return None

    def common(self, a: Value, b: Value) -> tuple[arb, arb]:
        """A unit and a reference, for both of two values that are not both fixed."""
        large, other = (b, a) if a.fixed or a.scale * CLOSE < b.scale else (a, b)
        self.term(large)
        return large.size, (other if other.fixed else large).ref

    def choice(self, name: str, a: Value, b: Value) -> Value:
        """The lesser or the larger of two values."""
        order = self.order(a, b)
        if order is not None:
            first = (order <= 0) == (name == "min")
            return self.guarded(a, b) if first else self.guarded(b, a)
        span = a.span.min(b.span) if name == "min" else a.span.max(b.span)
        if a.fixed and b.fixed:
            return self.constant(span)
        unit, ref = self.common(a, b)
        place = self.draft.emit(name, self.read(a, ref, unit), self.read(b, ref, unit))
        return self.made(ref, span, place, unit, a, b)

    def zero(self, a: Value) -> bool | None:
        """Whether a value is zero all over the square, or nowhere."""
        if a.span != 0:
            return False
        if a.fixed:
            return self.sure(a.ref.is_zero())
        return None

    def guarded(self, a: Value, other: Value) -> Value:
        """The value, where the other one exists."""
        if not other.partial:
            return a
        w = self.draft.number(ZERO) if a.fixed else self.term(a)
        unit = ONE if a.fixed else a.unit
        top = self.draft.number(ONE if a.fixed else a.bound + ONE)
        top = self.draft.emit("max", self.term(other), top)
        return self.made(a.ref, a.span, self.draft.emit("min", w, top), unit, a, other)
