"""`interpreter`: bytecode and a loop in one fixed fragment shader; no program is compiled."""

from viewer.engines.offscreen import OffscreenEngine
from viewer.gpu.interpreter import Interpreter as Painter
from viewer.gpu.offscreen import Offscreen
from viewer.program import Program


class Interpreter(OffscreenEngine):
    """float32. Each part of a picture runs what its bounds leave of the program."""

    def __init__(self, program: Program) -> None:
        super().__init__(Offscreen(program, Painter))
