"""The local program while it is written: instructions, equal ones once, and how far off each is."""

from decimal import Decimal
from math import inf, nextafter

from flint import arb

from viewer.program import OPS, Instr
from viewer.zoom.balls import ONE, ZERO, upward

Term = tuple[arb, int, arb]
"""A factor, an instruction, and a bound on its value."""

NOTHING = 2.0**-42
"""Of numbers of about unit size, what is left out."""
COARSE = 2.0**-40
"""A reference that is off by more, in the units of what it is compared with, is too coarse."""
LARGEST = 2.0**120
"""Numbers from here on are too large for float32, or for what is made of them."""
_CONST = OPS["const"]


class Draft:
    """Instructions over u and v, which are the first two.

    coarse: lines of the source whose numbers need more digits than the balls have.
    partial: instructions that may give NaN, which must not be left out.
    """

    def __init__(self) -> None:
        self.instrs: list[Instr] = []
        self.line = 0
        self.coarse: set[int] = set()
        self.partial: set[int] = set()
        self._places: dict[object, int] = {}
        self._own: list[float] = []
        self._shared: list[float] = []
        self.u, self.v = self.emit("var-x"), self.emit("var-y")

    @property
    def slack(self) -> list[float]:
        """How far each value may be from what it is meant to be, of its operands as they are."""
        return [
            nextafter(own + shared, inf)
            for own, shared in zip(self._own, self._shared, strict=True)
        ]

    def emit(self, name: str, *args: int) -> int:
        """The index of an instruction."""
        op = OPS[name]
        key = (name, tuple(sorted(args)) if op.commutative else args)
        return self._placed(key, Instr(op, args, None, self.line))

    def number(self, value: arb, error: float = 0.0) -> int:
        """The index of a constant, which may be that far off what is meant, and rounded."""
        found = float(value)
        off = upward(value - found) if abs(found) < inf else inf
        if off > COARSE * max(1.0, abs(found)) or not abs(found) < LARGEST:
            self.coarse.add(self.line)
            found = found if abs(found) < LARGEST else 0.0
        key = ("const", found)
        place = self._placed(key, Instr(_CONST, (), Decimal(found + 0.0), self.line))
        self._own[place] = max(self._own[place], off + error)
        return place

    def off(self, place: int, error: float) -> int:
        """The same instruction, of which a reader means a value that far from it."""
        self._shared[place] = max(self._shared[place], error)
        return place

    def combined(self, terms: list[Term], constant: arb, nothing: float = NOTHING) -> int:
        """The sum of the products and a constant: no products with 1, no sums with nothing."""
        result, error = -1, 0.0
        for factor, place, bound in terms:
            weight = abs(factor) * bound
            if weight <= nothing:
                error += upward(weight)
                if place not in self.partial:
                    continue
            # Of what is nothing or NaN the factor does not matter.
            nearest = float(factor) if bound > NOTHING else 1.0
            off = ZERO if factor == nearest else (factor - nearest) * bound
            if abs(nearest) == 1.0 and off.is_finite():
                error += upward(off)
                name = "add" if nearest > 0 else "sub"
                if result < 0:
                    result = place if nearest > 0 else self.emit("neg", place)
                else:
                    result = self.emit(name, result, place)
                continue
            product = self.emit("mul", place, self.number(factor))
            result = product if result < 0 else self.emit("add", result, product)
        if result < 0:
            return self.number(constant, error)
        if abs(constant) <= NOTHING:
            error += upward(constant)
        else:
            result = self.emit("add", result, self.number(constant))
        # What it already is off by, as some reader means it, may be for this reader too.
        self._shared[result] += error
        return result

    def multiple(self, place: int, bound: arb, slope: list[Term], constant: arb) -> Term:
        """The product of an instruction's value with a sum, which may be hardly more than its
        constant: then that is the factor."""
        if all(upward(abs(factor) * size) <= NOTHING for factor, _, size in slope):
            rest = sum([abs(factor) * size for factor, _, size in slope], ZERO)
            return constant + arb(0, rest.abs_upper()), place, bound
        return ONE, self.emit("mul", self.combined(slope, constant), place), bound

    def horner(self, place: int, coefficients: list[arb], bound: arb) -> int:
        """c[0] * w + c[1] * w^2 + ... of an instruction's value w."""
        *lower, top = coefficients
        if not lower:
            return self.combined([(top, place, bound)], ZERO)
        result = self.combined([(top, place, bound)], lower[-1])
        for coefficient in lower[-2::-1]:
            result = self.combined([(ONE, self.emit("mul", result, place), ONE)], coefficient)
        return self.emit("mul", result, place)

    def _placed(self, key: object, instr: Instr) -> int:
        place = self._places.setdefault(key, len(self.instrs))
        if place == len(self.instrs):
            self.instrs.append(instr)
            self._own.append(0.0)
            self._shared.append(0.0)
        return place
