"""The shaders of tiles, linked: the same for every program, so that one may take over another's."""

from __future__ import annotations

import moderngl

from viewer.errors import DrawError
from viewer.gpu.sources import explain
from viewer.resources import shader


class TilePrograms:
    """The linked shaders of tests on one context, which serve every program. Those that are
    `counted` count samples (see `greys`), into a target of one float."""

    def __init__(self, ctx: moderngl.Context, *, counted: bool = False) -> None:
        self._ctx, self.counted = ctx, counted
        self._linked: dict[int, moderngl.Program] = {}
        self.warm: set[int] = set()
        """The kinds that have drawn, which is most of a driver's work."""

    def program(self, tests: int) -> moderngl.Program:
        """The program for tiles of that many tests (0: flat), linked when it is first wanted.
        Raises DrawError."""
        if tests not in self._linked:
            text = self.head(tests) + shader("tiles.frag")
            self._linked[tests] = linked(self._ctx, self.head(tests), text, "")
        return self._linked[tests]

    def head(self, tests: int) -> str:
        """What comes before the text of both shaders."""
        counted = "#define COUNTED\n" if self.counted else ""
        sizes = f"#define VECTORS {vectors(tests)}\n#define TABLES {tables(tests)}\n"
        return f"#version 330 core\n#define TESTS {tests}\n{counted}{sizes}#line 1\n"

    def release(self) -> None:
        """Gives everything back to the driver."""
        for program in self._linked.values():
            program.release()
        self._linked, self.warm = {}, set()


def linked(ctx: moderngl.Context, head: str, fragment: str, name: str) -> moderngl.Program:
    """A program of the tiles' vertex shader. Raises DrawError, which calls it by its name."""
    try:
        return ctx.program(vertex_shader=head + shader("tiles.vert"), fragment_shader=fragment)
    except moderngl.Error as error:
        raise DrawError(explain(str(error), name)) from error


def vectors(tests: int) -> int:
    """How many vec4 hold the coefficients."""
    return -(-6 * tests // 4)


def tables(tests: int) -> int:
    """How many uvec4 hold the truth table."""
    return max(1, (1 << tests) // 128)
