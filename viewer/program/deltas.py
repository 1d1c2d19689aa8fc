"""Delta rules: how an op's value changes near one place, from how its operands do.

A value is a reference and a change, `ref + unit * w`, where w is an instruction of another
program over coordinates of about unit size. So in a square so small that values differ only past a
float's digits, the changes still have all theirs. No rule subtracts numbers that are nearly equal,
but for references, which have as many digits as it takes.

A rule works on values (`viewer.zoom.values.Value`) by means of what all rules share (`at`, a
`viewer.zoom.rules.Near`). References are balls of python-flint, which is not imported here; their
comparisons hold only where they surely do.
"""

from collections.abc import Callable
from typing import Any

Value = Any
Near = Any
Rule = Callable[..., Value]

FEW = 2**-30
"""Of two numbers of which only the larger counts, what the smaller one is at least."""


class Nowhere(Exception):  # noqa: N818 - no error: such a program's picture is empty
    """An operation has no value anywhere in the square, and so neither has the program."""


def neg(at: Near, a: Value) -> Value:
    return at.scaled(a, at.ball(-1))


def add(at: Near, a: Value, b: Value) -> Value:
    return at.sum(a, b)


def sub(at: Near, a: Value, b: Value) -> Value:
    return at.difference(a, b)


def mul(at: Near, a: Value, b: Value) -> Value:
    return at.product(a, b)


def square(at: Near, a: Value) -> Value:
    return at.product(a, a)


def div(at: Near, a: Value, b: Value) -> Value:
    """(da - r db) / b, with r the quotient of the references; near a pole that of the values."""
    if b.fixed:
        if not at.sure(b.ref != 0):
            raise Nowhere
        return at.scaled(a, 1 / b.ref)
    if a is b and not a.partial and a.span != 0:
        return at.constant(at.ball(1))
    if b.span.contains(0):
        unit = at.whole_unit(a) / at.whole_unit(b)
        place = at.draft.emit("div", at.whole(a), at.whole(b))
        return at.made(at.ball(0), a.span / b.span, place, unit, a, b)
    if b.reach * 2 > abs(b.ref):
        return at.product(a, recip(at, b))
    ratio = a.ref / b.ref
    over = at.difference(at.about(a), at.scaled(at.about(b), ratio))
    if over.fixed:
        return at.constant(ratio)
    return at.shifted(at.product(over, recip(at, b)), ratio)


def recip(at: Near, a: Value) -> Value:
    """-d / (r (r + d)); near a pole that of the value."""

    def otherwise() -> Value:
        if a.span != 0 and not at.near_zero(a):
            w, part = at.term(a), a.unit / a.ref
            below = at.draft.combined([(part, w, a.bound)], at.ball(1))
            place = at.draft.emit("div", w, below)
            return at.made(1 / a.ref, 1 / a.span, place, -part / a.ref, a)
        place = at.draft.emit("recip", at.whole(a))
        return at.made(at.ball(0), 1 / a.span, place, 1 / at.whole_unit(a), a)

    return at.smooth("recip", a, otherwise)


def sqrt(at: Near, a: Value) -> Value:
    """d / (sqrt(r + d) + sqrt(r)); where the operand may be zero the root of the value."""
    if a.span < 0:
        raise Nowhere
    span = a.span.sqrt() if a.span > 0 else at.positive(a.span.upper().sqrt())

    def otherwise() -> Value:
        if a.span > 0 and not at.near_zero(a):
            w, root = at.term(a), a.ref.sqrt()
            inside = at.draft.combined([(a.unit / a.ref, w, a.bound)], at.ball(1))
            below = at.draft.emit("sqrt", inside)
            below = at.draft.combined([(at.ball(1), below, at.ball(2))], at.ball(1))
            return at.made(root, span, at.draft.emit("div", w, below), a.unit / root, a)
        place = at.draft.emit("sqrt", at.counted(a))
        unit = at.whole_unit(a).sqrt()
        return at.made(at.ball(0), span, place, unit, a, partial=not a.nonnegative)

    return at.smooth("sqrt", a, otherwise)


def exp(at: Near, a: Value) -> Value:
    """e^r exp(d)."""

    def otherwise() -> Value:
        ref, top = a.ref, a.span.upper()
        if top.is_finite() and not top - 16 <= ref <= top:
            ref = top  # no reference of the value is near it: exp would make it far off
        place = at.draft.emit("exp", at.read(a, ref, at.ball(1)))
        return at.made(at.ball(0), a.span.exp(), place, ref.exp(), a)

    return at.smooth("exp", a, otherwise)


def ln(at: Near, a: Value) -> Value:
    """ln(r) + ln(1 + d / r); where the operand may be zero that of the value."""
    if a.span <= 0:
        raise Nowhere

    def otherwise() -> Value:
        one = at.ball(1)
        if a.span > 0 and not at.near_zero(a):
            w = at.term(a)
            place = at.draft.combined([(a.unit / a.ref, w, a.bound)], one)
            return at.made(a.ref.log(), a.span.log(), at.draft.emit("ln", place), one, a)
        place = at.draft.emit("ln", at.counted(a))
        ref = at.whole_unit(a).log()
        return at.made(ref, a.span.log(), place, one, a, partial=not a.nonnegative)

    return at.smooth("ln", a, otherwise)


def sin(at: Near, a: Value) -> Value:
    return at.smooth("sin", a, lambda: _wave(at, "sin", a, a.span.sin()))


def cos(at: Near, a: Value) -> Value:
    return at.smooth("cos", a, lambda: _wave(at, "cos", a, a.span.cos()))


def tan(at: Near, a: Value) -> Value:
    return at.smooth("tan", a, lambda: _wave(at, "tan", a, a.span.tan()))


def _wave(at: Near, name: str, a: Value, span: Any) -> Value:
    """That of the value, less whole turns."""
    turn = at.pi() * 2
    rest = a.ref - turn * at.nearest(a.ref / turn)
    place = at.draft.emit(name, at.read(a, a.ref - rest, at.ball(1)))
    return at.made(at.ball(0), span, place, at.ball(1), a)


def asin(at: Near, a: Value) -> Value:
    """Near 1 and -1 pi/2 - acos."""
    if abs(a.span) > 1:
        raise Nowhere

    def otherwise() -> Value:
        if a.reach * 4 < 1 and abs(a.ref) * 2 > 1:
            return at.shifted(at.scaled(acos(at, a), at.ball(-1)), at.pi() / 2)
        place = at.draft.emit("asin", at.read(a, at.ball(0), at.ball(1)))
        return at.made(
            at.ball(0), at.positive(at.pi()) - at.pi() / 2, place, at.ball(1), a, partial=True
        )

    return at.smooth("asin", a, otherwise)


def acos(at: Near, a: Value) -> Value:
    """Near 1 twice the asin of sqrt((1 - a) / 2), near -1 pi less that of -a."""
    if abs(a.span) > 1:
        raise Nowhere

    def otherwise() -> Value:
        if a.reach * 4 < 1 and a.ref * 2 > 1:
            height = at.scaled(at.shifted(a, at.ball(-1)), at.ball(-0.5))
            return at.scaled(asin(at, sqrt(at, height)), at.ball(2))
        if a.reach * 4 < 1 and a.ref * 2 < -1:
            other = acos(at, at.scaled(a, at.ball(-1)))
            return at.shifted(at.scaled(other, at.ball(-1)), at.pi())
        place = at.draft.emit("acos", at.read(a, at.ball(0), at.ball(1)))
        return at.made(at.ball(0), at.positive(at.pi()), place, at.ball(1), a, partial=True)

    return at.smooth("acos", a, otherwise)


def atan(at: Near, a: Value) -> Value:
    """That of the value; of one above 1 pi/2 less that of its reciprocal."""

    def otherwise() -> Value:
        if abs(a.span) > 1:
            quarter = at.pi() / (2 if a.span > 0 else -2)
            return at.shifted(at.scaled(atan(at, recip(at, a)), at.ball(-1)), quarter)
        place = at.draft.emit("atan", at.read(a, at.ball(0), at.ball(1)))
        return at.made(at.ball(0), a.span.atan(), place, at.ball(1), a)

    return at.smooth("atan", a, otherwise)


def atan2(at: Near, y: Value, x: Value) -> Value:
    """The angle of the references and atan(cross / dot); near the origin and across the cut, where
    x is negative, that of the values."""
    angle = at.angle(y.ref, x.ref)
    if y.fixed and x.fixed:
        if not at.sure(angle.is_finite()):
            raise Nowhere
        return at.constant(angle)
    inside = y.span.contains(y.ref) and x.span.contains(x.ref)
    if inside and (x.span > 0 or y.span != 0):
        cross = at.difference(at.scaled(at.about(y), x.ref), at.scaled(at.about(x), y.ref))
        if cross.fixed:
            return at.constant(angle)
        dot = at.sum(at.scaled(y, y.ref), at.scaled(x, x.ref))
        if dot.span > 0:
            return at.shifted(atan(at, div(at, cross, dot)), angle)
    units = [at.whole_unit(y), at.whole_unit(x)]
    large, error = units[0].max(units[1]), at.ball(0)
    places = []
    for value, other, unit in ((y, x, units[0]), (x, y, units[1])):
        small = unit < large * FEW  # so that only its sign counts: it is taken for larger
        if small and other.span.contains(0):
            at.doubt("an operand is far smaller than the other, which may be zero")
        elif small:
            error = (value.span / other.span).abs_upper() * (large * FEW / unit)
        places.append(at.read(value, at.ball(0), unit / FEW if small else large))
    place = at.draft.emit("atan2", *places)
    span = at.positive(at.pi() * 2) - at.pi()
    return at.made(at.ball(0), span, place, at.ball(1), y, x, error=error)
