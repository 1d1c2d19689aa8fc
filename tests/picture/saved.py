"""Saving for tests, and what should be there afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.picture.shapes import DISC, Dots, speckles
from viewer.picture.render import render_rows
from viewer.picture.save import save
from viewer.view import Block, Grid, View

GRID = Grid(View(), 300, 200)
BIG = Grid(View(), 4096, 768)  # several strips
OLD = b"the old file"


class Speckles(Dots):
    """An engine that draws speckles, and has a value for each, without any pattern either."""

    def __init__(self) -> None:
        super().__init__(speckles)

    def field(self, grid: Grid, block: Block) -> NDArray[np.float32]:
        self.asked.append(block)
        i = np.arange(block.i, block.i + block.width)[np.newaxis, :]
        j = np.arange(block.j, block.j + block.height)[:, np.newaxis]
        return np.asarray(np.sin(i * 1.7 + j * 0.3 + i * j), np.float32)


def keep(path: Path, grid: Grid = GRID, **options: Any) -> None:
    """Saves speckles."""
    save(path, DISC, grid, engine=options.pop("engine", None) or Speckles(), **options)


def is_whole(path: Path, grid: Grid = GRID) -> bool:
    """Whether the file is the picture of speckles, read by Pillow."""
    with Image.open(path) as found:
        return np.array_equal(np.asarray(found), speckled(grid))


@cache
def speckled(grid: Grid) -> NDArray[np.uint8]:
    """The picture of speckles."""
    return np.concatenate(list(render_rows(Dots(speckles), grid)))


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def old_file(name: str = "shot.png") -> Iterator[Path]:
    """The path of an old file in a folder of its own, for laws that try many faults."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(OLD)
        yield path


CLOSE = os.close


def failing(call: Callable[..., Any], count: int, number: int) -> Callable[..., Any]:
    """The call, failing the count-th time. A close that fails has closed, as on Linux."""
    left = count

    def wrapped(*args: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        result = call(*args, **options) if left or call is CLOSE else None
        if left == 0:
            raise OSError(number, os.strerror(number))
        return result

    return wrapped
