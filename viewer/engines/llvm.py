"""Opcodes as LLVM text, by running their own point functions on values that write code.

A row of the table says what an op does in NumPy's words (`Op.point`). `Value` answers NumPy's
dispatch protocols as an array would, but writes an instruction for each call, so the compiler
needs no column of its own: an op is compiled by calling its `point` once.

recipe(OPS["min"], Lanes(np.float32, 16), (True, False)).body

    {out}.0 = fcmp olt <16 x float> {0}, {1}
    {out}.1 = select <16 x i1> {out}.0, <16 x float> {0}, <16 x float> {1}
    {out}.2 = fcmp uno <16 x float> {0}, {0}
    {out}.3 = select <16 x i1> {out}.2, <16 x float> {0}, <16 x float> {out}.1

Plain IEEE arithmetic throughout: no fast-math flag, no fused operation, and ties and signed zeros
as NumPy has them, so the results are NumPy's bit for bit wherever NumPy's own are defined by IEEE.
"""

import struct
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from viewer.program import Op


class Lanes(NamedTuple):
    """What an instruction works on: `width` numbers of a NumPy float type at once."""

    dtype: Any
    width: int

    @property
    def scalar(self) -> str:
        """The LLVM type of one lane."""
        return "float" if np.dtype(self.dtype) == np.float32 else "double"

    @property
    def type(self) -> str:
        """The LLVM type of all lanes."""
        return self.scalar if self.width == 1 else f"<{self.width} x {self.scalar}>"

    @property
    def mask(self) -> str:
        """The LLVM type of a comparison's result."""
        return "i1" if self.width == 1 else f"<{self.width} x i1>"

    @property
    def suffix(self) -> str:
        """The type as the names of intrinsics have it."""
        bits = f"f{8 * np.dtype(self.dtype).itemsize}"
        return bits if self.width == 1 else f"v{self.width}{bits}"

    def constant(self, value: Any) -> str:
        """The same number in every lane, as bits: exactly the number of `dtype`."""
        (bits,) = struct.unpack("<Q", struct.pack("<d", float(value)))
        text = f"0x{bits:016X}"
        return text if self.width == 1 else f"splat ({self.scalar} {text})"


class Recipe(NamedTuple):
    """How to compute an op: lines and the name of the result, to be filled in by `format`.

    `{0}`, `{1}` are the operands and `{out}` a name of the instruction's own. `needs` are the
    declarations and definitions that the lines call.
    """

    body: str
    result: str
    needs: frozenset[str]


@cache
def recipe(op: Op, lanes: Lanes, maybe_nan: tuple[bool, ...]) -> Recipe:
    """The code of one op. `maybe_nan` says of each operand whether it can be NaN."""
    code = _Code(lanes)
    operands = [Value(code, f"{{{i}}}", maybe_nan=nan) for i, nan in enumerate(maybe_nan)]
    assert op.point is not None
    result = code.value(op.point(*operands))
    return Recipe("\n".join(code.lines), result.text, frozenset(code.needs))


class _Code:
    """The instructions written so far."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.lines: list[str] = []
        self.needs: set[str] = set()

    def value(self, number: Any) -> "Value":
        """A number as a value; a value as it is."""
        if isinstance(number, Value):
            return number
        return Value(self, self.lanes.constant(number), maybe_nan=False)

    def write(self, instruction: str, *, mask: bool = False) -> "Value":
        """Adds an instruction; returns its result."""
        name = f"{{out}}.{len(self.lines)}"
        self.lines.append(f"{name} = {instruction}")
        return Value(self, name, mask=mask)

    def call(self, function: str, *args: "Value") -> "Value":
        """Calls a function of the lanes' type."""
        operands = ", ".join([f"{self.lanes.type} {arg.text}" for arg in args])
        return self.write(f"call {self.lanes.type} @{function}({operands})")


class Value(NDArrayOperatorsMixin):
    """A value of the program being compiled: to NumPy an array, whose use is written down.

    `text` is how instructions name it. A `mask` is the result of a comparison.
    """

    def __init__(
        self, code: _Code, text: str, *, mask: bool = False, maybe_nan: bool = True
    ) -> None:
        self.code, self.text, self.mask, self.maybe_nan = code, text, mask, maybe_nan

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        writer = UFUNCS.get(ufunc)
        if writer is None or method != "__call__" or options:
            return NotImplemented
        return writer(self.code, *map(self.code.value, inputs))

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function is np.result_type:
            return np.dtype(self.code.lanes.dtype)
        if function is np.where and not kwargs:
            return _where(self.code, *map(self.code.value, args))
        return NotImplemented

    def astype(self, dtype: Any) -> "Value":
        """The value as numbers: a mask becomes 1 and 0."""
        assert np.dtype(dtype) == self.code.lanes.dtype
        return _where(self.code, self, *map(self.code.value, (1, 0))) if self.mask else self


Writer = Callable[..., Value]


def _arithmetic(opcode: str) -> Writer:
    def write(code: _Code, *args: Value) -> Value:
        return code.write(f"{opcode} {code.lanes.type} {', '.join([arg.text for arg in args])}")

    return write


def _comparison(condition: str) -> Writer:
    def write(code: _Code, a: Value, b: Value) -> Value:
        return code.write(f"fcmp {condition} {code.lanes.type} {a.text}, {b.text}", mask=True)

    return write


def _logic(opcode: str) -> Writer:
    def write(code: _Code, a: Value, b: Value) -> Value:
        return code.write(f"{opcode} {code.lanes.mask} {a.text}, {b.text}", mask=True)

    return write


def _intrinsic(name: str) -> Writer:
    def write(code: _Code, *args: Value) -> Value:
        function, kind = f"llvm.{name}.{code.lanes.suffix}", code.lanes.type
        code.needs.add(f"declare {kind} @{function}({', '.join([kind] * len(args))})")
        return code.call(function, *args)

    return write


def _library(name: str) -> Writer:
    """The C library's function, for each lane in turn."""

    def write(code: _Code, *args: Value) -> Value:
        lanes = code.lanes
        one = lanes._replace(width=1)
        function = name + ("f" if lanes.scalar == "float" else "")
        code.needs.add(f"declare {one.type} @{function}({', '.join([one.type] * len(args))})")
        if lanes.width == 1:
            return code.call(function, *args)
        code.needs.add("\n".join(_lane_by_lane(function, lanes, len(args))))
        return code.call(f"each.{function}", *args)

    return write


def _lane_by_lane(function: str, lanes: Lanes, arity: int) -> Iterator[str]:
    parameters = ", ".join([f"{lanes.type} %a{k}" for k in range(arity)])
    yield f"define internal {lanes.type} @each.{function}({parameters}) {{"
    result = "poison"
    for lane in range(lanes.width):
        for k in range(arity):
            yield f"%a{k}.{lane} = extractelement {lanes.type} %a{k}, i32 {lane}"
        args = ", ".join([f"{lanes.scalar} %a{k}.{lane}" for k in range(arity)])
        yield f"%f{lane} = call {lanes.scalar} @{function}({args})"
        yield f"%r{lane} = insertelement {lanes.type} {result}, {lanes.scalar} %f{lane}, i32 {lane}"
        result = f"%r{lane}"
    yield f"ret {lanes.type} {result}"
    yield "}"


def _where(code: _Code, mask: Value, a: Value, b: Value) -> Value:
    kind = code.lanes.type
    return code.write(f"select {code.lanes.mask} {mask.text}, {kind} {a.text}, {kind} {b.text}")


def _extreme(condition: str) -> Writer:
    """min or max, one instruction on most processors; two more where a NaN must get through.

    On a tie, and where the second operand is NaN, it is the second. LLVM's own `minimum` costs
    twice as much where NaN is possible (measured), since it orders zeros.
    """

    def write(code: _Code, a: Value, b: Value) -> Value:
        result = _where(code, _comparison(condition)(code, a, b), a, b)
        if not a.maybe_nan:
            return result
        return _where(code, _comparison("uno")(code, a, a), a, result)

    return write


def _reciprocal(code: _Code, a: Value) -> Value:
    return _arithmetic("fdiv")(code, code.value(1), a)


def _square(code: _Code, a: Value) -> Value:
    return _arithmetic("fmul")(code, a, a)


def _sign(code: _Code, a: Value) -> Value:
    above, below = _comparison("ogt")(code, a, zero := code.value(0)), a < zero
    apart = _where(code, above, code.value(1), _where(code, below, code.value(-1), zero))
    return _where(code, _comparison("uno")(code, a, a), a, apart)


def _remainder(code: _Code, a: Value, b: Value) -> Value:
    """C's `fmod`, moved into the divisor's sign; a zero takes that sign too."""
    rest, zero = _library("fmod")(code, a, b), code.value(0)
    moved = _where(code, (b < zero) ^ (rest < zero), rest + b, rest)
    exact = _where(code, b == zero, rest, _intrinsic("copysign")(code, zero, b))
    return _where(code, rest == zero, exact, moved)


UFUNCS: dict[np.ufunc, Writer] = {
    np.negative: _arithmetic("fneg"),
    np.add: _arithmetic("fadd"),
    np.subtract: _arithmetic("fsub"),
    np.multiply: _arithmetic("fmul"),
    np.divide: _arithmetic("fdiv"),
    np.reciprocal: _reciprocal,
    np.square: _square,
    np.sqrt: _intrinsic("sqrt"),
    np.absolute: _intrinsic("fabs"),
    np.floor: _intrinsic("floor"),
    np.ceil: _intrinsic("ceil"),
    np.trunc: _intrinsic("trunc"),
    np.minimum: _extreme("olt"),
    np.maximum: _extreme("ogt"),
    np.sign: _sign,
    np.remainder: _remainder,
    np.less: _comparison("olt"),
    np.less_equal: _comparison("ole"),
    np.greater: _comparison("ogt"),
    np.greater_equal: _comparison("oge"),
    np.equal: _comparison("oeq"),
    np.not_equal: _comparison("une"),
    np.bitwise_or: _logic("or"),
    np.bitwise_and: _logic("and"),
    np.bitwise_xor: _logic("xor"),
    np.exp: _library("exp"),
    np.log: _library("log"),
    np.sin: _library("sin"),
    np.cos: _library("cos"),
    np.tan: _library("tan"),
    np.arcsin: _library("asin"),
    np.arccos: _library("acos"),
    np.arctan: _library("atan"),
    np.arctan2: _library("atan2"),
}
"""What NumPy's functions are in LLVM. A point function may use these, `where` and `result_type`."""
