"""What can draw one program on one context: straight-line shaders, tiles, an interpreter."""

from typing import Protocol

import moderngl

from viewer.view import Block, Grid


class Painter(Protocol):
    """Making one is pure work, for any thread; `compile_next` is the slow part, and the driver's.

    summary: what it is, in a few words.
    exact: whether the picture is right at any depth, not only as far as float32 reaches.
    sources: fragment shaders of the program's own, that a helper process can compile first.
    """

    summary: str
    exact: bool
    sources: tuple[str, ...]

    @property
    def pending(self) -> int:
        """How many times `compile_next` has still to be called."""
        ...

    def compile_next(self) -> None:
        """Links one shader and draws it once. Raises DrawError."""
        ...

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block of a picture: inside white, outside black, opaque.

        It covers block.width x block.height pixels at the lower left corner of the target's
        viewport. `flip=False`: row 0 of the picture is at the top, as in a window; `flip=True`:
        it is at the bottom, which comes first when the target is read. Raises DrawError.
        """
        ...

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value itself into a target of one float, placed as with `flip=True`."""
        ...

    def operations(self, grid: Grid) -> float:
        """How many operations `draw` computes at a pixel of a picture, on average."""
        ...

    def release(self) -> None:
        """Gives everything back to the driver."""
        ...
