"""Pictures saved from the window: what is shown, at once; a larger one by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.errors import FileError
from viewer.picture.look import Look
from viewer.picture.provenance import digest_of
from viewer.picture.save import next_free, save
from viewer.program import Program
from viewer.resources import assets
from viewer.view import Block, Grid

LARGER = 4
"""How many times larger the large picture's sides are."""


class Shown(ArrayEngine):
    """The engine of the picture that is on the screen: it looks it up."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._picture = picture

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
        self._large: LargeSave | None = None

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
            target = free_target(source, "")
            made = Shown if picture.ndim == 2 else ShownColours
            shown, digest = made(picture), digest_of(data)
            save(target, program, grid, engine=shown, aa=samples, look=look, digest=digest)
            return target

        self._shown.append(self._writer.submit(write))

    def save_large(self, source: Path, data: bytes, grid: Grid, samples: int) -> str:
        """Starts a picture of `LARGER` times the size, one at a time; returns what to say."""
        if self._large is not None:
            return f"still saving {self._large.target}"
        self._large = LargeSave(source, data, grid, samples)
        return f"saving {self._large.target} in the background"

    def finished(self) -> Iterator[Path | Exception]:
        """Those that ended since the last call: where the picture is, or what went wrong."""
        for future in [future for future in self._shown if future.done()]:
            self._shown.remove(future)
            error = future.exception()
            yield error if isinstance(error, Exception) else future.result()
        if self._large is not None and self._large.finished:
            large, self._large = self._large, None
            yield large.result()

    def close(self) -> None:
        """Finishes what is being written, gives up what is being drawn."""
        self._writer.shutdown()
        if self._large is not None:
            self._large.cancel()


def free_target(source: Path, suffix: str) -> Path:
    """Where a picture of `source` goes: beside it, or, where that cannot be written or holds the
    bundled shapes, to the current folder or home."""
    beside = [] if source.resolve() in assets() else [source.absolute().parent]
    for folder in (*beside, Path.cwd(), Path.home()):
        if os.access(folder, os.W_OK):
            return next_free(folder / f"{source.stem}{suffix}.png")
    raise FileError(f"{source.stem}{suffix}.png: no folder here can be written to")


class LargeSave:
    """A picture at `LARGER` times the size, drawn by `prospero render` in a process of its own.

    It draws the text that is on the screen, from a copy, since the file may be broken by now.
    """

    def __init__(self, source: Path, data: bytes, grid: Grid, samples: int) -> None:
        self.target = free_target(source, f"-{LARGER}x")
        self.grid = replace(grid, width=grid.width * LARGER, height=grid.height * LARGER)
        self._folder = tempfile.TemporaryDirectory(prefix="prospero-")
        copy = Path(self._folder.name) / source.name
        copy.write_bytes(data)
        size = f"{self.grid.width}x{self.grid.height}"
        command = [sys.executable, "-m", "viewer", "render", str(copy), "-o", str(self.target)]
        options = ["--size", size, f"--view={grid.view}", f"--z={_decimal(grid)}"]
        options.append(f"--aa={samples}")
        self._process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    @property
    def finished(self) -> bool:
        """Whether `result` is known."""
        return self._process.poll() is not None

    def result(self) -> Path | FileError:
        """Where the picture is, or the reason why there is none."""
        _, errors = self._process.communicate()
        self._folder.cleanup()
        if status := self._process.returncode:
            lines = errors.decode("utf-8", "replace").splitlines()
            reason = lines[-1] if lines else f"rendering ended with status {status}"
            return FileError(f"{self.target}: {reason}")
        return self.target

    def cancel(self) -> None:
        """Ends the process; it takes its unfinished file with it."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate()
        self._folder.cleanup()


def _decimal(grid: Grid) -> str:
    """The slice's height as a decimal; it is one, up to a division by a power of two."""
    return f"{float(grid.z)!r}"
