"""`tiles`: the program as a formula over quadratics, a few of them left in each tile."""

from viewer.engines.offscreen import OffscreenEngine
from viewer.gpu.offscreen import Offscreen
from viewer.gpu.tiled import Tiled
from viewer.program import Program


class Tiles(OffscreenEngine):
    """Right at any depth where the formula has quadratics only; what else it has is drawn by
    straight-line shaders in the tiles where it is open. The field is in float32."""

    def __init__(self, program: Program) -> None:
        super().__init__(Offscreen(program, Tiled))
