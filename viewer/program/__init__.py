"""A program: its opcodes, its instructions, and the text that they are read from."""

from viewer.program.op import Op
from viewer.program.ops import OPS
from viewer.program.parse import parse, read
from viewer.program.program import Instr, Program

__all__ = ["OPS", "Instr", "Op", "Program", "parse", "read"]
