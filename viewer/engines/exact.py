"""`exact`: bounds in float64, and exact arithmetic wherever these do not decide a pixel."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.blocks import Blocks
from viewer.engines.engine import ArrayEngine
from viewer.exact.enclosed import Enclosing
from viewer.exact.pure import Pure
from viewer.exact.tally import Tally
from viewer.passes import optimise
from viewer.program import Program
from viewer.program.quadratic import ARITHMETIC
from viewer.sign import sign_form
from viewer.sign.layout import lay_out
from viewer.view import Block, Grid


class Exact(ArrayEngine):
    """Right at every pixel centre, at any depth: in whole numbers where the formula is pure, else
    in balls. `tally` counts the samples that this was needed for; `between` is called between
    steps of a picture, and what it raises ends that. The field is in float64."""

    def __init__(self, program: Program) -> None:
        self.tally = Tally()
        self.between: Callable[[], None] = lambda: None
        self._program = optimise(program)
        self._fields = Blocks(self._program)
        self._height: Fraction | None = None
        self._picture: Pure | Enclosing | bool = False

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        if self._height != grid.z:
            self._height, self._picture = grid.z, self._decided_by(grid.z)
        if isinstance(self._picture, bool):
            return np.full((block.height, block.width), self._picture)
        verdict = self._picture.decide(grid, block)
        self.tally.add(verdict.again, verdict.undecided)
        return verdict.inside

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        return self._fields.field(grid, block)

    def _decided_by(self, z: Fraction) -> Pure | Enclosing | bool:
        """What decides the pixels at a height; or what they all are."""
        reads_z = any(instr.op.variable == "z" for instr in self._program.instrs)
        try:
            height = ARITHMETIC.divide(z.numerator, z.denominator) if reads_z else Decimal(0)
        except DecimalException:  # a third, say, which no decimal is
            return Enclosing(self._program, self._step)
        formula = sign_form(self._program, height)
        if isinstance(formula.root, bool):
            return formula.root
        if formula.pure:
            return Pure(lay_out(formula), self._step)
        return Enclosing(self._program, self._step)

    def _step(self) -> None:
        self.between()
