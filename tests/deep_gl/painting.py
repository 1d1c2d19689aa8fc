"""What is drawn at depth in these tests, and how; and where it is, by mpmath."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Any

import moderngl
import numpy as np
from mpmath import mp, mpf
from numpy.typing import NDArray

from tests.conftest import ROOT
from viewer.gpu.deep import Deep
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.view import Grid, View

Mask = NDArray[np.bool_]
WIDTH, HEIGHT = 96, 72
WAVES = b"""x var-x
y var-y
a const 3
u mul a x
s sin u
f const 0.25
w mul f s
d sub y w
e abs d
r const 0.125
out sub e r
"""
SPIRAL = Fraction(7, 10), Fraction(28, 100)  # here as well, mirrored
TIPS = View.parse("0.98,0@1")  # frost repeats around it, 2.5 times smaller each time


@cache
def bundled(name: str) -> Program:
    return optimise(parse((ROOT / "assets" / f"{name}.vm").read_bytes(), name))


@contextmanager
def target(ctx: moderngl.Context, width: int, height: int) -> Iterator[moderngl.Framebuffer]:
    made = ctx.simple_framebuffer((width, height), 4)
    try:
        yield made
    finally:
        ctx.detect_framebuffer(0).use()
        made.release()


def drawn(ctx: moderngl.Context, painter: Deep, grid: Grid) -> Mask:
    with target(ctx, *grid.size) as made:
        painter.draw(grid, grid.whole, made, flip=True)
        data = np.frombuffer(made.read(components=1), np.uint8)
    return data.reshape(grid.height, grid.width) > 127


def prepared(painter: Deep, grid: Grid, seconds: float = 20.0) -> None:
    """Waits as a window does, until the picture is as right as it will be."""
    end = time.monotonic() + seconds
    while not (painter.ready(grid, 0.01) and painter.settled(grid)):
        assert time.monotonic() < end, "nothing came"


def misplaced(inside: Mask, values: NDArray[Any], pixels: float) -> int:
    """The pixels that are on the wrong side though no edge is so near."""
    rows, columns = np.gradient(values)
    slope = np.maximum(np.abs(rows), np.abs(columns))
    slope = np.maximum(slope, np.median(slope))  # where it is finer than pixels
    return int(((inside != (values < 0)) & (np.abs(values) > pixels * slope)).sum())


POINTS: dict[str, Callable[..., mpf]] = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "exp", "sqrt", "atan", "atan2")},
    "ln": mp.log,
    "abs": abs,
    "min": min,
    "max": max,
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "square": lambda a: a * a,
}


def value(program: Program, x: Fraction, y: Fraction) -> mpf:
    """The program's value in mpmath's precision."""
    at = {"x": mpf(x.numerator) / x.denominator, "y": mpf(y.numerator) / y.denominator}
    values: list[mpf] = []
    for op, args, number, _ in program.instrs:
        if op.variable is not None:
            values.append(at[op.variable])
        elif number is not None:
            values.append(mpf(str(number)))
        else:
            values.append(POINTS[op.name](*[values[arg] for arg in args]))
    return values[-1]


def point(program: Program, bits: int) -> tuple[Fraction, Fraction]:
    """A point within 2^-bits of an edge, on a line through the picture."""
    y = Fraction(3, 16)
    with mp.workprec(bits + 64):
        line = [Fraction(i, 32) for i in range(-32, 33)]
        signs = [value(program, x, y) < 0 for x in line]
        place = next(i for i in range(64) if signs[i] != signs[i + 1])
        low, high = line[place], line[place + 1]
        for _ in range(bits):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if (value(program, middle, y) < 0) == signs[place] else (low, middle)
            )
    return low, y


EDGE = point(bundled("jellyfish"), 160)
