"""What every engine is: one way to compute a picture of one program."""

from contextlib import AbstractContextManager
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from viewer.exact.tally import Tally
from viewer.sign.runs import Runs
from viewer.view import Block, Grid


class Engine(Protocol):
    """Made for one program; draws any block of any grid. Used in a `with`, it closes itself."""

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """The program's value at the samples of a block, shape (block.height, block.width), row
        0 at the top, in the engine's own precision."""
        ...

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        """Whether the value is below zero, of the same shape. NaN is not."""
        ...

    def close(self) -> None:
        """Gives back what the engine holds. Nothing may be drawn afterwards."""
        ...


@runtime_checkable
class DrawsElsewhere(Engine, Protocol):
    """An engine that may also draw without handing over the picture: on a GPU, as a window does."""

    def prepare(self) -> None:
        """Compiles what the first picture would otherwise wait for."""
        ...

    def redraw(self, grid: Grid) -> None:
        """Draws the whole picture and waits until it is done. Nothing is read back."""
        ...


@runtime_checkable
class Smooth(Engine, Protocol):
    """An engine that spends more samples only where a picture has edges."""

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        """The block's pixels, shape (block.height, block.width), as means of samples x samples:
        what `engines.greys.box_filter` makes of the supersampled grid."""
        ...


@runtime_checkable
class Sparse(Engine, Protocol):
    """An engine that can tell the rows of a picture by its edges: what is flat costs nothing."""

    @property
    def sparse(self) -> bool:
        """Whether it can, for its program."""
        ...

    def runs(self, grid: Grid, rows: range, samples: int) -> Runs:
        """Some rows of a picture, from the top, with pixels as those of `Smooth`. The same bits
        however a picture is cut; quickest for rows that follow each other."""
        ...


@runtime_checkable
class Decides(Engine, Protocol):
    """An engine that knows which samples it was in doubt about, and counts them."""

    tally: Tally


@runtime_checkable
class Sparing(Engine, Protocol):
    """An engine that does not compute the whole program at every pixel."""

    def operations(self, grid: Grid) -> float:
        """How many operations a pixel of the picture takes, on average."""
        ...


@runtime_checkable
class Counting(Engine, Protocol):
    """An engine whose fields need not count in model units, nor from zero: deep down they would
    have no digits left for what changes."""

    def unit(self, grid: Grid) -> Fraction:
        """How many model units a 1 is in the field of a picture."""
        ...

    def base(self, grid: Grid) -> Decimal:
        """What `changes` are counted from, in model units: 0, but where all are far from that."""
        ...

    def changes(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """The field of a block less the base, in the same unit."""
        ...


@runtime_checkable
class Looked(Engine, Protocol):
    """An engine that has a picture in colours, whatever they mean."""

    def colours(self, grid: Grid, block: Block) -> NDArray[np.uint8]:
        """Red, green and blue of a block, shape (block.height, block.width, 3)."""
        ...


class ArrayEngine(AbstractContextManager["ArrayEngine"]):
    """The part that is common to engines which compute the field in arrays."""

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        raise NotImplementedError

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        return self.field(grid, block) < 0

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
