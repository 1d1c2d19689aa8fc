"""What can draw one program on one context: straight-line shaders, tiles, an interpreter."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import moderngl

from viewer.gpu.accuracy import Accuracy
from viewer.sign.survey import Survey
from viewer.view import Block, Grid


class Painter(Protocol):
    """Making one is pure work, for any thread; `compile_next` is the driver's, and slow."""

    @property
    def summary(self) -> str:
        """What it is, in a few words; it may change with what is drawn."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Fragment shaders of the program's own, that a helper process can compile first."""
        ...

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

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """What tells how far the edges of a picture may be from where they belong: work that may
        take long, for any thread."""
        ...

    def operations(self, grid: Grid) -> float:
        """How many operations `draw` computes at a pixel of a picture, on average."""
        ...

    def release(self) -> None:
        """Gives everything back to the driver."""
        ...


@runtime_checkable
class Sketcher(Painter, Protocol):
    """A painter that can draw a part of a picture that is scattered over it."""

    @property
    def at_once(self) -> bool:
        """Whether a whole picture that is ready is quick to draw. If not it is drawn in strips."""
        ...

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works towards a picture for about so many seconds, and says whether it can now be drawn
        without more work. Calling it again goes on."""
        ...

    def settled(self, grid: Grid) -> bool:
        """Whether what is ready of a picture is as right as it will be. If not, `ready` goes on."""
        ...

    def sketch(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        """Draws what can be had of a picture, upright, over what the target holds."""
        ...


@runtime_checkable
class Surveyor(Painter, Protocol):
    """A painter that can tell how it draws which part of a picture."""

    def survey(self, grid: Grid) -> Survey:
        """What is known of a picture by now."""
        ...


@runtime_checkable
class Smoother(Painter, Protocol):
    """A painter that can draw greys for much less than all their samples take."""

    def smooth_ready(self, seconds: float) -> bool:
        """Compiles what greys take for about so many seconds, and says whether that is done. It
        need not be: drawing compiles what it lacks."""
        ...

    def draw_smooth(
        self, grid: Grid, block: Block, samples: int, target: moderngl.Framebuffer, *, flip: bool
    ) -> None:
        """Draws a block as `draw` does, but each pixel as the mean of samples x samples: of c
        inside the grey is 255 * c / samples**2, rounded to the nearest, halves up."""
        ...
