"""Delta rules of choices and steps: see `deltas`. Those that are open compare differences of
references, which are taken at full precision."""

from viewer.program.deltas import Near, Nowhere, Value, div, neg

MANY = 2**12
"""A value so many times larger than its change leaves few digits of that in float32."""


def absolute(at: Near, a: Value) -> Value:
    if a.span >= 0 or a.nonnegative:
        return a
    if a.span <= 0:
        return at.scaled(a, at.ball(-1))
    place = at.draft.emit("abs", at.whole(a))
    return at.made(at.ball(0), at.positive(a.span.abs_upper()), place, at.whole_unit(a), a)


def minimum(at: Near, a: Value, b: Value) -> Value:
    return at.choice("min", a, b)


def maximum(at: Near, a: Value, b: Value) -> Value:
    return at.choice("max", a, b)


def floor(at: Near, a: Value) -> Value:
    """Of a / unit, with the nearest whole number taken off; the unit is 1 where it changes by more
    than that."""
    number = a.span.floor().unique_fmpz()
    if number is not None:
        return at.guarded(at.constant(at.ball(number)), a)
    if a.fixed:
        at.sure(False)
        return at.constant(at.nearest(a.ref - at.ball(0.5)))
    whole = at.nearest(a.ref)
    one = at.ball(1)
    unit = a.reach * 3 if a.reach * 4 < one else one
    place = at.draft.emit("floor", at.read(a, whole, unit))
    return at.made(whole, a.span.floor(), place, one, a)


def ceil(at: Near, a: Value) -> Value:
    return neg(at, floor(at, neg(at, a)))


def nearest(at: Near, a: Value) -> Value:
    """Halves away from zero."""
    half = at.ball(0.5)
    if a.span >= 0 or a.nonnegative:
        return floor(at, at.shifted(a, half))
    if a.span <= 0:
        return ceil(at, at.shifted(a, -half))
    if abs(a.span) < half and not a.partial:
        return at.constant(at.ball(0))
    place = at.draft.emit("round", at.read(a, at.ball(0), at.ball(1)))
    return at.made(at.ball(0), (a.span + half).floor(), place, at.ball(1), a)


def mod(at: Near, a: Value, b: Value) -> Value:
    """a - |b| floor(a / |b|)."""
    size = absolute(at, b)
    if size.fixed and not at.sure(size.ref != 0):
        raise Nowhere
    if size.span > 0:
        times = floor(at, div(at, a, size))
        return at.difference(a, at.product(size, times))
    unit = at.whole_unit(b)
    places = at.read(a, at.ball(0), unit), at.read(b, at.ball(0), unit)
    place = at.draft.emit("mod", *places)
    return at.made(at.ball(0), size.span, place, unit, a, b, partial=True)


def compare(at: Near, a: Value, b: Value) -> Value:
    order = at.order(a, b)
    if order is not None:
        return at.guarded(at.guarded(at.constant(at.ball(order)), a), b)
    if a.fixed and b.fixed:
        at.sure(False)
        return at.constant(at.ball(0))
    unit, ref = at.common(a, b)
    places = at.read(a, ref, unit), at.read(b, ref, unit)
    place = at.draft.emit("compare", *places)
    return at.made(at.ball(0), at.positive(at.ball(2)) - 1, place, at.ball(1), a, b)


def logical_not(at: Near, a: Value) -> Value:
    zero = at.zero(a)
    if zero is not None:
        return at.guarded(at.constant(at.ball(int(zero))), a)
    place = at.draft.emit("not", at.whole(a))
    return at.made(at.ball(0), at.positive(at.ball(1)), place, at.ball(1), a)


def logical_and(at: Near, a: Value, b: Value) -> Value:
    zero = at.zero(a)
    if zero is not None:
        return at.guarded(at.constant(at.ball(0)), b) if zero else at.guarded(b, a)
    if b.reach * MANY < abs(b.ref) and not b.fixed:
        at.doubt("its changes are lost where it jumps")
    place = at.draft.emit("and", at.whole(a), at.whole(b))
    return at.made(at.ball(0), at.ball(0).union(b.span), place, at.whole_unit(b), a, b)


def logical_or(at: Near, a: Value, b: Value) -> Value:
    """a, and where that is zero b as well."""
    zero = at.zero(a)
    if zero is not None:
        return at.guarded(b, a) if zero else at.guarded(a, b)
    return at.sum(a, logical_and(at, logical_not(at, a), b))
