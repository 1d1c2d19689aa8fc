"""`prospero bench --path deep`: what depth costs, and whether its pictures are right.

One run has it all: the walk from zoom 1 to 1e100, frames on the program's edges at any depth over
those at home, a jump there, the bundled fractal, and pixels against exact arithmetic.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from fractions import Fraction
from statistics import median
from typing import Any

from viewer.bench.places import Place, corner, places
from viewer.bench.signs import NEAR, SIDE, ZOOMS, Count, count
from viewer.bench.walk import Walk
from viewer.gpu.stage import Stage
from viewer.passes import optimise
from viewer.program import Program, read
from viewer.resources import asset
from viewer.view import Grid, Size, View

DEPTHS = ("1e6", "1e30", "1e300")
"""Zooms of steady frames."""
LEVELS = ("1e3", "1e15", "1e28")
"""Those of the fractal's."""
TRIED = 20
"""Places among which an edge and an arc are looked for."""
JUMP = "1e100"
TURNS = 15
"""So often a steady frame is drawn, in turn with that at home."""
JUMPS = 3
"""So often a jump is made, each time on a stage that has drawn nothing yet."""
FRACTAL, CENTRE = "frost.vm", Place(Fraction("0.7"), Fraction("0.28"), "place")
"""The bundled shape that is the same about its centre at zoom 2 * 2.5^k, for k up to 112."""


class Dive:
    """The deep walk of one program and what goes with it. `count` is how many places are held to
    exact arithmetic."""

    def __init__(self, program: Program, size: Size, count: int) -> None:
        self._program, self._grid, self._count = program, Grid(View(), *size), count
        self._walk = Walk(program, "deep", size)
        self._steady: list[dict[str, Any]] = []
        self._jumps: list[float] = []
        self._fractal: list[dict[str, Any]] = []
        self._signs = Count()
        self.steps = self._walk.steps + len(LEVELS) + JUMPS + count * len(ZOOMS)

    def run(self) -> Iterator[str]:
        """One thing after the other; yields what was done."""
        yield from self._walk.run()
        chosen = _one_of_each(self._program)
        self._steady = self._steadied(chosen)
        for _ in range(JUMPS):
            self._jumps.append(self._jumped(chosen[0].view(Fraction(JUMP))))
            yield "jump"
        for found in self._levels():
            self._fractal.append(found)
            yield "fractal"
        for counted in count(self._program, places(self._program, self._count)):
            self._signs = counted
            yield "signs"

    def text(self, as_json: bool) -> str:
        """The figures, as JSON (see docs/bench.md) or to be read."""
        if as_json:
            return json.dumps({**self._walk.figures(), **self._figures()}, indent=2)
        return "\n".join([self._walk.text(as_json=False), "", *self._lines()])

    def _steadied(self, chosen: list[Place]) -> list[dict[str, Any]]:
        """Frames at each place and depth, in turn with frames at home."""
        stage, rows = Stage(self._program), []
        try:
            for place in chosen:
                for zoom in DEPTHS:
                    there = replace(self._grid, view=place.view(Fraction(zoom)))
                    times: tuple[list[float], list[float]] = [], []
                    for _ in range(TURNS):
                        for found, grid in zip(times, (self._grid, there), strict=True):
                            stage.whole(grid)
                            found.append(stage.again(grid))
                    home, deep = map(median, times)
                    row = {"kind": place.kind, "zoom": zoom, "home_ms": home, "frame_ms": deep}
                    rows.append({**row, "ratio": deep / home})
        finally:
            stage.close()
        return rows

    def _jumped(self, view: View) -> float:
        """The milliseconds from a pasted text to its whole picture, nothing drawn before."""
        text = str(view)
        stage = Stage(self._program)
        try:
            return stage.whole(replace(self._grid, view=View.parse(text)))
        finally:
            stage.close()

    def _levels(self) -> Iterator[dict[str, Any]]:
        """The fractal's frames, and how long it is until there is one."""
        stage = Stage(optimise(read(asset(FRACTAL))))
        try:
            for zoom in LEVELS:
                grid = replace(self._grid, view=View(CENTRE.x, CENTRE.y, _level(Fraction(zoom))))
                first = stage.whole(grid)
                times = [stage.again(grid) for _ in range(TURNS)]
                yield {"zoom": zoom, "first_ms": first, "frame_ms": median(times)}
        finally:
            stage.close()

    def _figures(self) -> dict[str, Any]:
        return {
            "steady": self._steady,
            "jump_ms": median(self._jumps) if self._jumps else None,
            "fractal": self._fractal,
            "places": self._count,
            "signs": asdict(self._signs),
        }

    def _lines(self) -> Iterator[str]:
        yield "a frame over one at home"
        for row in self._steady:
            ratio = f"{row['ratio']:8.2f}x ({row['frame_ms']:.2f} ms over {row['home_ms']:.2f})"
            yield f"  {row['kind']:<7}{row['zoom']:>6} {ratio}"
        if self._jumps:
            yield f"jump to {JUMP}: {median(self._jumps):.0f} ms to the whole picture"
        for row in self._fractal:
            times = f"{row['frame_ms']:8.2f} ms a frame, the first {row['first_ms']:.0f}"
            yield f"{FRACTAL} {row['zoom']:>6} {times}"
        if self._signs.pixels:
            yield from _told(self._signs, self._count)


def _told(found: Count, places: int) -> Iterator[str]:
    """What was found of the signs, for people."""
    near = f"{float(NEAR):g} pixel of the edge"
    yield f"pixels of the wrong sign, {SIDE} x {SIDE} at {places} places, zoom 1e3 to 1e300"
    yield (
        f"  {found.engine}: {found.wrong} of {found.pixels:,},"
        f" {found.beyond} of them further than {near}"
    )
    yield (
        f"  exact: {found.wrong_exact} of {found.checked:,} next to edges; {found.again:,} were"
        f" decided again, {found.undecided} not even then"
    )


def _one_of_each(program: Program) -> list[Place]:
    """A place of each kind that there is."""
    found = [*places(program, TRIED), *filter(None, [corner(program)])]
    return list({place.kind: place for place in reversed(found)}.values())[::-1]


def _level(zoom: Fraction) -> Fraction:
    """The zoom of the fractal's level that is nearest from above."""
    level = Fraction(2)
    while level < zoom:
        level *= Fraction(5, 2)
    return level
