"""Pictures saved from the window: what is shown, at once; others by processes of their own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.errors import FileError
from viewer.picture.look import Look
from viewer.picture.provenance import Provenance, digest_of
from viewer.picture.save import next_free, save
from viewer.program import Program
from viewer.resources import assets
from viewer.view import Block, Grid
from viewer.window.saving.renders import Order, Progress, Queue, Saved


class Shown(ArrayEngine):
    """The engine of the picture that is on the screen: it looks it up."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._picture = picture

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """Below zero inside, and always a value: what has none is in colours."""
        return np.where(self.inside(grid, block), -1.0, 1.0)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        """The block's part of the screen."""
        return self.greys(grid, block, 1) >= 128

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        """The same with the greys that it has: see `Smooth`."""
        return self._picture[block.j : block.j + block.height, block.i : block.i + block.width]


class ShownColours(Shown):
    """The same in colours."""

    def colours(self, grid: Grid, block: Block) -> NDArray[np.uint8]:
        """See `Looked`."""
        return self.greys(grid, block, 1)


class Saves:
    """The saves that are under way. Those of the screen are written one after the other by a
    thread, so that each finds the names that are taken, and the window never waits for a disk."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1)
        self._shown: list[Future[Path]] = []
        self._orders = Queue()
        self.last: Path | None = None
        """The picture that was saved last."""

    def save_shown(
        self,
        source: Path,
        data: bytes,
        program: Program,
        grid: Grid,
        picture: NDArray[np.uint8],
        samples: int,
        look: Look = Look(),
    ) -> None:
        """Writes the picture on the screen, shape (height, width), next to the file that it is
        of, under a name that is not taken; `data` is the program's text. With more than one
        sample a side it has greys. A picture in colours has shape (height, width, 3)."""
        look = look if picture.ndim == 2 else replace(look, pixels="rgb")

        def write() -> Path:
            target = free_target(source, f"{source.stem}.png")
            made = Shown if picture.ndim == 2 else ShownColours
            shown, digest = made(picture), digest_of(data)
            save(target, program, grid, engine=shown, aa=samples, look=look, digest=digest)
            return target

        self._shown.append(self._writer.submit(write))

    def add(self, order: Order) -> None:
        """Draws a picture in the background, after those that were asked for before."""
        self._orders.add(order)

    def give_up(self) -> Path | None:
        """Gives up the picture that is drawn in the background; returns where it would be."""
        return self._orders.cancel()

    @property
    def progress(self) -> Progress | None:
        """Of the picture that is drawn in the background."""
        return self._orders.progress

    @property
    def targets(self) -> set[Path]:
        """The names that will be taken."""
        return self._orders.targets

    @property
    def busy(self) -> bool:
        """Whether a result is to come."""
        return bool(self._shown or self._orders.busy)

    def finished(self) -> Iterator[Saved | Exception]:
        """Starts what is next; those that ended since the last call: the picture, or what went
        wrong."""
        for future in [future for future in self._shown if future.done()]:
            self._shown.remove(future)
            error = future.exception()
            yield self._kept(error if isinstance(error, Exception) else Saved(future.result()))
        for result in self._orders.due():
            yield self._kept(result)

    def _kept(self, result: Saved | Exception) -> Saved | Exception:
        self.last = result.path if isinstance(result, Saved) else self.last
        return result

    def close(self) -> None:
        """Finishes what is being written, gives up what is being drawn."""
        self._orders.close()
        self._writer.shutdown()


def free_target(source: Path, name: str, taken: Collection[Path] = ()) -> Path:
    """Where a file of that name goes that is made of `source`: beside it, or, where that cannot be
    written or holds the bundled shapes, to the current folder or home. It has a number where the
    name is taken. Raises `FileError`."""
    beside = [] if source.resolve() in assets() else [source.absolute().parent]
    for folder in (*beside, Path.cwd(), Path.home()):
        if os.access(folder, os.W_OK):
            return next_free(folder / name, taken)
    raise FileError(f"{name}: no folder here can be written to")


def told_of(grid: Grid, samples: int = 1, look: Look = Look()) -> list[str]:
    """What `prospero render` is told of such a picture."""
    return [f"--view={grid.view}", *Provenance.of(grid, samples, look).options]


def place_of(grid: Grid) -> list[str]:
    """What it is told of where a picture is, of whatever size."""
    return [word for word in told_of(grid) if word.startswith(("--view=", "--z="))]
