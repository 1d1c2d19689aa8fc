"""A program as the text of one LLVM module, for `jit`; made without LLVM.

A tile of a picture is computed one column of vectors after the other, each piece of the plan (see
`pieces`) a function that loops over the tile's rows. So compiling is linear in the program, and a
piece stays in the instruction cache while it loops. A value of the rows or the column costs the
points next to nothing: it is an operand in memory of the instruction that uses it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.llvm import Lanes, recipe
from viewer.engines.pieces import Piece, Stage, plan
from viewer.program import Program
from viewer.program.number import nearest

PIECE = 500
"""Instructions to a piece. Measured on `prospero.vm`: as one piece it takes 2.5 times as long to
compile and a third longer to run; pieces of 50 run 10 % longer."""

_TABLES = ("%row", "%column", "%frame")  # where each stage's values have their homes


class Kernel(NamedTuple):
    """The text of a module, and the sizes of the memory that its function works in.

    `tile(xs, rows, column, frames, out, columns, height, stride)` computes `columns` vectors of
    `lanes.width` points by `height` rows. `xs` are the x of the columns; `rows` is a table of
    `row_size` numbers a row, where entries `pieces.Y` and `pieces.Z` are to be filled in;
    `column` has room for `column_size` vectors, `frames` for `frame_size` a row. The rows of `out`
    are `stride` numbers apart. `column` and `frames` are aligned to a vector.
    """

    text: str
    lanes: Lanes
    row_size: int
    column_size: int
    frame_size: int


def translate(
    program: Program, lanes: Lanes, maybe_nan: NDArray[np.bool_], length: int = PIECE
) -> Kernel:
    """The kernel of a program, in pieces of at most `length` instructions.

    `maybe_nan` says of each value whether it can be NaN; shape (len(program),).
    """
    writer = _Writer(program, lanes, maybe_nan, length)
    functions = ["\n".join(writer.function(piece)) for piece in writer.plan.pieces]
    tile = "\n".join(writer.tile())
    text = "\n\n".join([*sorted(writer.needs), *functions, tile]) + "\n"
    return Kernel(text, lanes, *writer.plan.sizes)


class _Writer:
    """Writes the functions; `needs` are the declarations that those written so far call."""

    def __init__(
        self, program: Program, lanes: Lanes, maybe_nan: NDArray[np.bool_], length: int
    ) -> None:
        self.plan = plan(program, length)
        self.needs: set[str] = set()
        self._program, self._lanes = program, lanes
        self._one = lanes._replace(width=1)
        self._maybe_nan: list[bool] = maybe_nan.tolist()

    def function(self, piece: Piece) -> Iterator[str]:
        """A piece: a loop over the rows around its instructions."""
        kind, (row, _, frame) = self._lanes.scalar, self.plan.sizes
        yield f"define internal void {_name(piece)}(ptr noalias %rows, ptr noalias %column,"
        yield "    ptr noalias %frames, ptr noalias %out, i64 %height, i64 %stride) {"
        yield "entry:"
        yield "br label %loop"
        yield "loop:"
        yield "%j = phi i64 [0, %entry], [%next, %loop]"
        yield f"%j.row = mul i64 %j, {row}"
        yield f"%row = getelementptr {kind}, ptr %rows, i64 %j.row"
        yield f"%j.frame = mul i64 %j, {frame * self._lanes.width}"
        yield f"%frame = getelementptr {kind}, ptr %frames, i64 %j.frame"
        yield from self._body(piece)
        yield "%next = add i64 %j, 1"
        yield "%more = icmp ult i64 %next, %height"
        yield "br i1 %more, label %loop, label %done"
        yield "done:"
        yield "ret void"
        yield "}"

    def tile(self) -> Iterator[str]:
        """Calls the pieces: those of the rows first, then for each column the others."""
        kind, lanes = self._lanes.scalar, self._lanes
        yield "define void @tile(ptr %xs, ptr %rows, ptr %column, ptr %frames, ptr %out,"
        yield "    i64 %columns, i64 %height, i64 %stride) {"
        yield "entry:"
        yield from self._calls(Stage.ROWS, "ptr %out, i64 %height")
        yield "br label %loop"
        yield "loop:"
        yield "%i = phi i64 [0, %entry], [%next, %loop]"
        yield f"%i.x = mul i64 %i, {lanes.width}"
        yield f"%p.x = getelementptr {kind}, ptr %xs, i64 %i.x"
        yield f"%x = load {lanes.type}, ptr %p.x, {_aligned(self._one)}"
        yield f"store {lanes.type} %x, ptr %column, {_aligned(lanes)}"
        yield f"%p.out = getelementptr {kind}, ptr %out, i64 %i.x"
        yield from self._calls(Stage.COLUMN, "ptr %p.out, i64 1")
        yield from self._calls(Stage.POINTS, "ptr %p.out, i64 %height")
        yield "%next = add i64 %i, 1"
        yield "%more = icmp ult i64 %next, %columns"
        yield "br i1 %more, label %loop, label %done"
        yield "done:"
        yield "ret void"
        yield "}"

    def _calls(self, stage: Stage, where: str) -> Iterator[str]:
        for piece in self.plan.pieces:
            if piece.stage is stage:
                yield f"call void {_name(piece)}(ptr %rows, ptr %column, ptr %frames,"
                yield f"    {where}, i64 %stride)"

    def _body(self, piece: Piece) -> Iterator[str]:
        lanes = self._lanes_of(piece.stage)
        names: dict[int, str] = {}
        for index in piece.values:
            op, args, _, _ = self._program.instrs[index]
            for arg in args:
                yield from self._load(arg, names, lanes)
            how = recipe(op, lanes, tuple([self._maybe_nan[arg] for arg in args]))
            self.needs |= how.needs
            operands = [names[arg] for arg in args]
            yield how.body.format(*operands, out=f"%v{index}")
            names[index] = how.result.format(*operands, out=f"%v{index}")
            if index in self.plan.homes:
                yield self._home(index, lanes)
                yield f"store {lanes.type} {names[index]}, ptr %p{index}, {_aligned(lanes)}"
        if piece is self.plan.pieces[-1]:
            root = self._program.root
            yield from self._load(root, names, lanes)
            yield "%j.out = mul i64 %j, %stride"
            yield f"%p.out = getelementptr {lanes.scalar}, ptr %out, i64 %j.out"
            yield f"store {lanes.type} {names[root]}, ptr %p.out, {_aligned(self._one)}"

    def _load(self, index: int, names: dict[int, str], lanes: Lanes) -> Iterator[str]:
        """Names a value that the piece has no name for yet: a constant, or one in memory."""
        value = self._program.instrs[index].value
        if index in names:
            return
        if value is not None:
            names[index] = lanes.constant(nearest(value, lanes.dtype))
            return
        names[index] = name = f"%v{index}"
        stored = self._lanes_of(self.plan.stages[index])
        yield self._home(index, stored)
        if stored == lanes:
            yield f"{name} = load {lanes.type}, ptr %p{index}, {_aligned(lanes)}"
            return
        first = f"{lanes.type} {name}.first"
        yield f"{name}.one = load {lanes.scalar}, ptr %p{index}, {_aligned(stored)}"
        yield f"{name}.first = insertelement {lanes.type} poison, {lanes.scalar} {name}.one, i32 0"
        order = f"<{lanes.width} x i32> zeroinitializer"
        yield f"{name} = shufflevector {first}, {lanes.type} poison, {order}"

    def _home(self, index: int, stored: Lanes) -> str:
        table = _TABLES[self.plan.stages[index]]
        offset = self.plan.homes[index] * stored.width
        return f"%p{index} = getelementptr {stored.scalar}, ptr {table}, i64 {offset}"

    def _lanes_of(self, stage: Stage) -> Lanes:
        return self._one if stage is Stage.ROWS else self._lanes


def _name(piece: Piece) -> str:
    return f"@{piece.stage.name.lower()}.{piece.number}"


def _aligned(lanes: Lanes) -> str:
    return f"align {lanes.width * np.dtype(lanes.dtype).itemsize}"
