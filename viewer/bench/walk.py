"""`prospero bench --path`: a scripted walk, drawn as the window draws it, frame by frame.

Each frame is one turn of the window's easel, which does a bounded amount of work and shows the
last picture, moved and scaled, where that is not enough. Both figures matter: how long frames
take, and how many of them are complete.
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from statistics import median

import numpy as np

from viewer.bench.machine import machine
from viewer.gpu.stage import Stage
from viewer.program import Program
from viewer.view import STEPS, Grid, Size, View

EDGES_MS = (4, 8, 12, 16.7, 25, 33, 50, 100)
"""Upper ends of the histogram's classes, in milliseconds."""


def scripted(size: Size) -> Iterator[View]:
    """600 frames: a circle at home, in to zoom 1e4 and back, and jumps with a short pan after."""
    view, centre = View(), (size[0] / 2, size[1] / 2)
    for step in range(100):
        turn = 2 * math.pi * step / 100
        view = view.panned(8 * math.cos(turn), 8 * math.sin(turn), size)
        yield view
    octaves = math.log2(1e4) / 200
    for step in range(400):
        at = centre[0] * 1.25, centre[1] * 0.9
        view = view.zoomed(octaves if step < 200 else -octaves, at, size)
        yield view
    dice = random.Random(1)
    for step in range(100):
        if step % 10 == 0:
            x, y = (Fraction(dice.randrange(-800, 800), 1000) for _ in range(2))
            view = View(x, y, Fraction(2) ** dice.randrange(0, 12))
        yield view
        view = view.panned(12, 7, size)


def deep(size: Size) -> Iterator[View]:
    """3,000 frames: a steady zoom from 1 to 1e100 about a point near the middle."""
    view, steps = View(), round(math.log2(1e100) * STEPS)
    for frame in range(3000):
        yield view
        more = steps * (frame + 1) // 2999 - steps * frame // 2999
        view = view.zoomed(more / STEPS, (size[0] * 0.501, size[1] * 0.499), size)


VIEWS: Mapping[str, Callable[[Size], Iterator[View]]] = {"scripted": scripted, "deep": deep}


class Walk:
    """One walk of one program."""

    def __init__(self, program: Program, name: str, size: Size) -> None:
        self._program, self._name, self._size = program, name, size
        self._views = list(VIEWS[name](size))
        self.frames: list[tuple[float, bool]] = []
        self._fills: list[float] = []
        self._stage: Stage | None = None
        self.steps = len(self._views)

    def run(self) -> Iterator[str]:
        """Draws one frame after the other, and an empty fill after each tenth."""
        self._stage = Stage(self._program)
        try:
            grid = Grid(View(), *self._size)
            for number, view in enumerate(self._views):
                self.frames.append(self._stage.frame(replace(grid, view=view)))
                if number % 10 == 0:
                    self._fills.append(self._stage.fill(grid))
                yield self._name
        finally:
            self._stage.close()

    def text(self, as_json: bool) -> str:
        """The figures, as JSON (see docs/bench.md) or to be read."""
        figures = self.figures()
        if as_json:
            return json.dumps(figures, indent=2)
        width, height = self._size
        lines = [
            f"{self._program.name}, path {self._name}: {len(self.frames)} frames of"
            f" {width}x{height} pixels by {figures['engine']}",
            figures["machine"],
            "",
            f"complete   {figures['complete']:.1%} of the frames",
            *(f"{name:<10} {figures[name]:8.2f}" for name in figures if name.endswith("_ms")),
            "",
            *(f"{label:<10} {count:8d} {'#' * bar}" for label, count, bar in self._bars()),
        ]
        return "\n".join(map(str, lines))

    def figures(self) -> dict[str, object]:
        """What JSON has of it."""
        stage = self._stage
        assert stage is not None
        times = np.array([time for time, _ in self.frames])
        found: dict[str, object] = {
            "file": self._program.name,
            "path": self._name,
            "size": list(self._size),
            "machine": machine(stage.about),
            "engine": stage.summary,
            "frames": len(self.frames),
            "complete": sum(whole for _, whole in self.frames) / len(self.frames),
            "fill_ms": median(self._fills),
            "ready_ms": stage.ready_ms,
            "first_ms": self.frames[0][0],
        }
        found |= {f"p{q}_ms": float(np.percentile(times, q)) for q in (50, 90, 99)}
        found["max_ms"] = float(times.max())
        found["histogram"] = [[label, count] for label, count, _ in self._bars()]
        return found

    def _bars(self) -> list[tuple[str, int, int]]:
        """The histogram: a label, a count, and a bar of up to 50 characters for each class."""
        times = np.array([time for time, _ in self.frames])
        counts = np.histogram(times, [0, *EDGES_MS, np.inf])[0].tolist()
        labels = [*(f"<= {edge}" for edge in EDGES_MS), f"> {EDGES_MS[-1]}"]
        return [
            (label, count, -(-50 * count // max(counts)))
            for label, count in zip(labels, counts, strict=True)
        ]
