"""`prospero bench --render`: a picture to a PNG file, beside the writing of one that is known.

What drawing costs is told by what cannot be spared: the very same pixels, known already, written
by the same code to the same kind of file. Both are done in turn. The command itself runs once more
in a process of its own, for what it takes from its start to its end, and for its memory.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from viewer.bench import whole
from viewer.bench.fill import fill
from viewer.bench.machine import machine
from viewer.bench.process import environment
from viewer.bench.table import labelled
from viewer.engines import registry
from viewer.engines.engine import Engine, Sparse
from viewer.errors import DrawError
from viewer.passes import optimise
from viewer.picture.formats.header import Header, Rows
from viewer.picture.formats.png import encode_png
from viewer.picture.render import BLOCK, render_rows, render_runs
from viewer.picture.save import save
from viewer.picture.target import opened
from viewer.program import read
from viewer.sign.runs import Runs
from viewer.view import Grid, View

TURNS = 5
"""So often each thing is done; the medians count."""
KNOWN = 2**28
"""Pixels that are known at once: larger pictures are written in parts."""
_LABELS = {
    "setup_s": "from a program to an engine that has drawn something",
    "render_s": "drawn, packed and written",
    "write_s": "the same pixels, known already, packed and written",
    "ratio": "how many times that rendering takes",
    "pack_s": "the same, known as runs of equal pixels",
    "render_cpu_s": "rendering, by all threads together",
    "write_cpu_s": "writing known pixels",
    "pack_cpu_s": "writing known runs",
    "cpu_ratio": "the ratio of those",
    "process_s": "the whole command, from its start to its end",
    "cpu_s": "of all its threads",
    "peak_mb": "most memory of its process, 10^6 bytes",
    "file_mb": "the file, 10^6 bytes",
}


class Rendering:
    """One program's picture, `size` pixels a side, by the engine that suits it."""

    def __init__(self, path: Path, view: str, size: int) -> None:
        self._path, self._view = path, view
        self.grid = Grid(View.parse(view), size, size)
        self._engine = ""
        self._about = ""
        self._seconds: dict[str, list[float]] = {}
        self._told: dict[str, float] = {}
        self.steps = 3 + 3 * TURNS

    def run(self) -> Iterator[str]:
        """One thing after the other; yields what was done. Raises DrawError."""
        with TemporaryDirectory(prefix="prospero-") as folder:
            target = Path(folder) / "picture.png"
            program = optimise(read(self._path))
            with closing(fill(program)) as driver:
                self._about = str(getattr(driver, "about", ""))
            start = perf_counter()
            row, engine, _ = registry.choose(program, self.grid)
            self._engine = row.name
            with closing(engine):
                _list_of(engine, replace(self.grid, width=64, height=64))
                self._told["setup_s"] = perf_counter() - start
                yield "set-up"
                known = _list_of(engine, self.grid)
                yield "known"
                for _ in range(TURNS):
                    with self._turn("render") as clock, clock:
                        save(target, program, self.grid, engine=engine, force=True)
                    yield "render"
                    with self._turn("write") as clock:
                        for part in _pixels(known):
                            with clock:
                                _write(target, part)
                    yield "write"
                    with self._turn("pack") as clock, clock:
                        _write(target, known)
                    yield "pack"
            self._command(target)
            yield "command"

    def text(self, as_json: bool) -> str:
        """The figures, as JSON (see docs/bench.md) or to be read."""
        figures = self.figures()
        if as_json:
            return json.dumps(figures, indent=2)
        lines = [
            f"{figures['file']} at {self._view}, {self.grid.width}x{self.grid.height} pixels,"
            f" 8-bit PNG by {figures['engine']}",
            str(figures["machine"]),
            "",
            *labelled(figures, _LABELS),
        ]
        return "\n".join(lines)

    def figures(self) -> dict[str, Any]:
        """What JSON has of it; None is what was not measured."""
        found: dict[str, Any] = dict.fromkeys(_LABELS)
        found |= {name: median(seconds) for name, seconds in self._seconds.items()}
        if found["write_s"]:
            found["ratio"] = found["render_s"] / found["write_s"]
            found["cpu_ratio"] = found["render_cpu_s"] / found["write_cpu_s"]
        found |= self._told
        rounded = {name: value and round(value, 4) for name, value in found.items()}
        about = {"file": self._path.name, "view": self._view, "size": self.grid.width}
        about |= {"machine": machine(self._about), "engine": self._engine, "turns": TURNS}
        return about | rounded

    @contextmanager
    def _turn(self, name: str) -> Iterator["_Clock"]:
        """A clock whose sums are a turn of something."""
        clock = _Clock()
        yield clock
        self._seconds.setdefault(f"{name}_s", []).append(clock.wall)
        self._seconds.setdefault(f"{name}_cpu_s", []).append(clock.cpu)

    def _command(self, target: Path) -> None:
        """Runs `prospero render` once."""
        size = f"--size={self.grid.width}", f"--view={self._view}"
        asked = [str(self._path), "-o", str(target), "--force", *size]
        start = perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", whole.__name__, *asked],
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )
        self._told["process_s"] = perf_counter() - start
        if done.returncode:
            raise DrawError(done.stderr.strip())
        self._told |= json.loads(done.stdout)
        self._told["file_mb"] = target.stat().st_size / 1e6


class _Clock:
    """Sums up the seconds, and those of all threads, within it."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self._start = perf_counter(), process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += perf_counter() - self._start[0]
        self.cpu += process_time() - self._start[1]


def _list_of(engine: Engine, grid: Grid) -> list[Runs]:
    """All of a picture in strips."""
    if isinstance(engine, Sparse) and engine.sparse:
        return list(render_runs(engine, grid))
    return [Runs.of(rows) for rows in render_rows(engine, grid)]


def _pixels(known: list[Runs]) -> Iterator[list[Rows]]:
    """The pixels of strips, some at a time, in strips as other engines make them."""
    width = known[0].width
    height, many = max(1, BLOCK // width), max(1, KNOWN // known[0].count)
    for first in range(0, len(known), many):
        pixels = np.concatenate([strip.pixels() for strip in known[first : first + many]])
        yield [pixels[row : row + height] for row in range(0, len(pixels), height)]


def _write(target: Path, strips: Sequence[Rows | Runs]) -> None:
    """Writes strips as a PNG."""
    first = strips[0]
    width = first.width if isinstance(first, Runs) else first.shape[1]
    header = Header((width, sum(map(len, strips))))
    with opened(target, force=True) as output:
        for piece in encode_png(header, strips):
            output.write(piece.data, piece.at)
