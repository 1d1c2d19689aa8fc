"""The program as a value: instructions in SSA form."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, NamedTuple

from viewer.program.op import Op


class Instr(NamedTuple):
    """One instruction. Instruction i of a program defines value i.

    `args` are the indices of earlier instructions, `value` is the exact decimal of a constant
    (None for every other op), `line` the line of the source that it came from, counted from 1.
    """

    op: Op
    args: tuple[int, ...] = ()
    value: Decimal | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Program:
    """Instructions in order of definition. The last one is the root: the shape's field."""

    instrs: tuple[Instr, ...]
    name: str = "<program>"

    _repr_png_: ClassVar[Callable[["Program"], bytes] | None] = None
    """What notebooks show. Pictures stand later than programs, so the package's public face, which
    stands last, hangs `viewer.picture.notebook` in when it is first asked for a program."""

    def __repr__(self) -> str:
        """One line: beside its picture, a notebook keeps this text in its file."""
        return f"<Program {self.name}: {self.operations} operations>"

    @property
    def root(self) -> int:
        """The index of the result."""
        return len(self.instrs) - 1

    def __len__(self) -> int:
        return len(self.instrs)

    @property
    def operations(self) -> int:
        """How many instructions compute something: all but constants and variables."""
        return sum(1 for instr in self.instrs if instr.args)

    def last_uses(self) -> list[int]:
        """For each value the index of the last instruction that reads it.

        A value that nothing reads is its own last use; the root is read by the caller, after
        everything, and has `len(self)`.
        """
        last = list(range(len(self.instrs)))
        for index, instr in enumerate(self.instrs):
            for arg in instr.args:
                last[arg] = index
        last[self.root] = len(self.instrs)
        return last

    def depth(self) -> int:
        """The number of instructions on the longest path from a leaf to the root."""
        depths: list[int] = []
        for instr in self.instrs:
            depths.append(1 + max((depths[arg] for arg in instr.args), default=0))
        return depths[-1]

    def text(self) -> str:
        """The program in the file format, with names `_0`, `_1`, ... in hexadecimal.

        Parsing it gives the same instructions (the lines are counted anew).
        """
        lines = []
        for index, (op, args, value, _) in enumerate(self.instrs):
            words = [f"_{index:x}", op.name, *(f"_{arg:x}" for arg in args)]
            lines.append(" ".join(words if value is None else [*words, str(value)]))
        return "\n".join(lines) + "\n"
