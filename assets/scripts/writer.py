"""Writes `.vm` programs: Python expressions in, numbered SSA lines out.

`a + b`, `a * 2`, `sqrt(a)` append lines to the program that `a` belongs to; an expression that was
written before is used again. On shapes (inside where negative) `a | b` is the union, `a & b` the
intersection and `-a` the outside.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from decimal import Decimal

Number = int | float | Decimal


class Writer:
    """A program being written: its lines so far and the name of each expression among them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[str, str] = {}

    def emit(self, text: str) -> Value:
        """The value of the line `text` (opcode and operands), which is added unless it is there."""
        if text not in self._names:
            self._names[text] = f"_{len(self._names):x}"
            self._lines.append(f"{self._names[text]} {text}")
        return Value(self, self._names[text])

    def comment(self, text: str) -> None:
        """Adds a comment line."""
        self._lines.append(f"# {text}")

    def finish(self, root: Value, header: str) -> str:
        """The file's text; `root` must be the value of its last line, as `.vm` asks."""
        if root.name != f"_{len(self._names) - 1:x}":
            raise ValueError(f"{root.name} is the result but not the last value")
        comments = [f"# {line}".rstrip() for line in header.strip().splitlines()]
        return "\n".join([*comments, *self._lines]) + "\n"


class Value:
    """One value of a program. Every operator writes a line."""

    def __init__(self, writer: Writer, name: str) -> None:
        self.writer = writer
        self.name = name

    def apply(self, op: str, *operands: Value | Number) -> Value:
        """The value of `op self operands...`."""
        names = [(o if isinstance(o, Value) else const(self.writer, o)).name for o in operands]
        return self.writer.emit(" ".join([op, self.name, *names]))

    def __add__(self, other: Value | Number) -> Value:
        return self.apply("add", other)

    def __sub__(self, other: Value | Number) -> Value:
        return self.apply("sub", other)

    def __rsub__(self, other: Number) -> Value:
        return const(self.writer, other) - self

    def __mul__(self, other: Value | Number) -> Value:
        return self.apply("mul", other)

    def __truediv__(self, other: Value | Number) -> Value:
        return self.apply("div", other)

    def __rtruediv__(self, other: Number) -> Value:
        return const(self.writer, other) / self

    def __mod__(self, other: Value | Number) -> Value:
        return self.apply("mod", other)

    def __neg__(self) -> Value:
        return self.apply("neg")

    def __abs__(self) -> Value:
        return self.apply("abs")

    def __or__(self, other: Value | Number) -> Value:
        return self.apply("min", other)

    def __and__(self, other: Value | Number) -> Value:
        return self.apply("max", other)


def number(value: Number) -> str:
    """A decimal without exponent or spare zeros: exact for int and Decimal, floats to 6 places."""
    text = f"{value:.6f}" if isinstance(value, float) else f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def const(writer: Writer, value: Number) -> Value:
    """A constant."""
    return writer.emit(f"const {number(value)}")


def coordinates(writer: Writer) -> tuple[Value, Value]:
    """The coordinates x and y."""
    return writer.emit("var-x"), writer.emit("var-y")


def square(a: Value) -> Value:
    """The square of `a`."""
    return a.apply("square")


def sqrt(a: Value) -> Value:
    """The square root of `a`."""
    return a.apply("sqrt")


def sin(a: Value) -> Value:
    """The sine of `a`, in radians."""
    return a.apply("sin")


def cos(a: Value) -> Value:
    """The cosine of `a`, in radians."""
    return a.apply("cos")


def acos(a: Value) -> Value:
    """The angle, from 0 to pi, whose cosine is `a`."""
    return a.apply("acos")


def atan2(y: Value, x: Value) -> Value:
    """The angle of the point (x, y), from -pi to pi."""
    return y.apply("atan2", x)


def exp(a: Value) -> Value:
    """e to the power of `a`."""
    return a.apply("exp")


def ln(a: Value) -> Value:
    """The natural logarithm of `a`."""
    return a.apply("ln")


def length(x: Value, y: Value) -> Value:
    """The distance of (x, y) from the origin."""
    return sqrt(square(x) + square(y))


def union(shapes: Iterable[Value]) -> Value:
    """All of `shapes` together; there must be one at least."""
    return functools.reduce(operator.or_, shapes)


def meet(shapes: Iterable[Value]) -> Value:
    """What all of `shapes` have in common; there must be one at least."""
    return functools.reduce(operator.and_, shapes)
