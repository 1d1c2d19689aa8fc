"""`glsl` and `glsl-whole`: straight-line fragment shaders, float32."""

from functools import partial

from viewer.engines.offscreen import OffscreenEngine
from viewer.gpu.offscreen import Offscreen
from viewer.gpu.straight import Straight
from viewer.program import Program


class Glsl(OffscreenEngine):
    """The program split at its root's min or max, or (`whole`) as one shader. The field is always
    drawn by one unsplit shader."""

    def __init__(self, program: Program, whole: bool = False) -> None:
        painter = partial(Straight, pieces=1) if whole else Straight
        super().__init__(Offscreen(program, painter))
