"""Small pictures of files, drawn in the background: of those that are in sight, a few at a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from viewer.engines.deep import Doubles
from viewer.errors import FileError, ParseError, ViewerError
from viewer.passes import optimise
from viewer.picture.render import block_greys
from viewer.program.parse import parse, read_bytes
from viewer.view import Grid, Size, View
from viewer.window.errands import Errands
from viewer.window.files.watch import Look, look
from viewer.window.places.insets import Thumb

SAMPLES = 2
"""Samples a side of a pixel."""
TURN = 0.25
"""Seconds after which what was drawn is shown, and what is in sight is asked for again."""
KEPT = 300
"""Pictures that are kept."""
LARGEST = 100_000
"""Operations of a program that is drawn: that takes a few seconds."""

Key = tuple[Path, Look | None, Size]


class Thumbnails:
    """Those that are known. A file that changed is drawn anew."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._known: OrderedDict[Key, Thumb] = OrderedDict()

    def of(self, paths: Sequence[Path], inset: Size) -> list[Thumb]:
        """What is known of these files, pictures of that size; asks for what is not."""
        keys = [(path, look(path), inset) for path in paths]
        self._collect()
        for key in keys:
            if key in self._known:
                self._known.move_to_end(key)
        if missing := tuple(key for key in keys if key not in self._known):
            self._errands.ask("thumbnails", missing, lambda: _some_drawn(missing))
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return [self._known.get(key, Thumb(key[0].name)) for key in keys]

    def _collect(self) -> None:
        answer = self._errands.latest("thumbnails")
        if isinstance(answer, dict):
            self._errands.forget("thumbnails")
            self._known |= answer


def _some_drawn(keys: Sequence[Key]) -> dict[Key, Thumb]:
    """An errand: the first of them, and as many as can be drawn in a turn."""
    end, found = time.monotonic() + TURN, {}
    for key in keys:
        found[key] = _drawn(*key)
        if time.monotonic() >= end:
            break
    return found


def _drawn(path: Path, _: Look | None, inset: Size) -> Thumb:
    """A file as it is at home, or what is wrong with it."""
    try:
        program = optimise(parse(read_bytes(path), str(path)))
    except ViewerError as error:
        return Thumb(path.name, problem=_short(error, path))
    if len(program) > LARGEST:
        return Thumb(path.name)
    grid = Grid(View(), *inset)
    engine = Doubles(program)
    try:
        picture = block_greys(engine, grid, grid.whole, SAMPLES)
    finally:
        engine.close()
    return Thumb(path.name, picture.tobytes())


def _short(error: ViewerError, path: Path) -> str:
    """Without the name, which is said below the picture."""
    if isinstance(error, ParseError):
        return f"line {error.line}: {error.message}"
    return str(error).removeprefix(f"{path}: ") if isinstance(error, FileError) else str(error)
