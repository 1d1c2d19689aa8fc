"""Random programs, points, views and grids, all a little spicy. Programs are made as text."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from tests.oracle import BINARY, UNARY, VARIABLES
from viewer.view import Grid, View

SPICY_CONSTANTS = (
    *("0", "-0", "1", "-1", "0.5", "2", "0.1", "-2.5", "1e-45", "1e38", "-1e38", "1e400", "1e-400"),
    *("3.4028235677973366e38", "16777217", "0.333333333333333333333333333333333333333333", "+.5"),
    *("3.14159265358979", "1.57079632679489661923", "7.", "1e-39", "-1E+3"),
    *(f"{2.0**-149:.110g}", "1.1754943508222875e-38"),
)
SPICY_POINTS = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 0.1, 1e-45, 1e-39, 1e-310, 1e10, -1e30, 1e38),
    *(3.141592653589793, -1.5707963267948966, 88.8, -104.5, 709.9, 2.0**24 + 1),
)
EXACT_WORDS = (
    *("neg", "abs", "square", "floor", "ceil", "round", "not"),
    *(word for word in BINARY if word not in ("div", "atan2")),
)
"""Opcodes whose results on fractions are fractions."""

_DIGITS = st.text("0123456789", min_size=1, max_size=25)


@st.composite
def decimals(draw: st.DrawFn) -> str:
    """Any text in the grammar of constants, of sensible size."""
    sign = draw(st.sampled_from(("", "-", "+")))
    whole, part = draw(_DIGITS), draw(_DIGITS)
    body = draw(st.sampled_from((whole, f"{whole}.", f"{whole}.{part}", f".{part}")))
    exponent = draw(st.sampled_from(("", f"e{draw(st.integers(-60, 60))}")))
    return sign + body + exponent


def constants() -> st.SearchStrategy[str]:
    """Ordinary numbers, spicy ones, and long ones."""
    ordinary = st.integers(-400, 400).map(lambda n: str(n / 100))
    return st.one_of(ordinary, st.sampled_from(SPICY_CONSTANTS), decimals())


def tame_constants() -> st.SearchStrategy[str]:
    """Numbers of about unit size."""
    return st.integers(-400, 400).map(lambda n: str(n / 100))


def numbers(width: Literal[32, 64] = 64) -> st.SearchStrategy[float]:
    """Finite floats of so many bits: of about unit size, spicy ones, and any."""
    anything = st.floats(allow_nan=False, allow_infinity=False, width=width)
    spicy = SPICY_POINTS if width == 64 else [float(np.float32(a)) for a in SPICY_POINTS]
    return st.one_of(st.integers(-64, 64).map(lambda n: n / 16), st.sampled_from(spicy), anything)


@st.composite
def programs(
    draw: st.DrawFn,
    words: Sequence[str] = UNARY + BINARY,
    values: st.SearchStrategy[str] | None = None,
    leaves: Sequence[str] = VARIABLES,
    longest: int = 20,
) -> str:
    """A program over `words`: leaves first, then operations that mostly read recent lines, so that
    most of them reach the root."""
    given = draw(
        st.lists(constants() if values is None else values, min_size=not leaves, max_size=3)
    )
    lines = [f"c{index} const {text}" for index, text in enumerate(given)]
    lines += [f"v{index} {leaf}" for index, leaf in enumerate(leaves)]
    names = [line.split()[0] for line in lines]
    joins = [word for word in ("add", "sub", "mul", "min", "max") if word in words]
    step = st.tuples(st.sampled_from([*words, *joins * 4]), st.integers(0, 2), st.integers(0, 9))
    count = draw(st.integers(1, longest))
    for index, (word, near, far) in enumerate(draw(st.lists(step, min_size=count, max_size=count))):
        picked = [names[-1 - near % len(names)], names[-1 - far % len(names)]]
        operands = picked[:1] if word in UNARY else picked
        lines.append(f"n{index} {word} {' '.join(operands)}")
        names.append(f"n{index}")
    return "\n".join(lines)


@st.composite
def shapes(draw: st.DrawFn, most: int = 8) -> str:
    """A CSG program: lines and circles under min, max and neg."""
    lines = ["x var-x", "y var-y"]
    tops: list[str] = []

    def emit(code: str) -> str:
        lines.append(f"s{len(lines)} {code}")
        return f"s{len(lines) - 1}"

    small = st.integers(-20, 20).map(lambda n: f"{n / 10}")
    for _ in range(draw(st.integers(1, most))):
        a, b, c = (emit(f"const {draw(small)}") for _ in range(3))
        if draw(st.booleans()):  # a line: a x + b y + c
            slope = emit(f"add {emit(f'mul {a} x')} {emit(f'mul {b} y')}")
            tops.append(emit(f"add {slope} {c}"))
        else:  # a circle about (a, b)
            dx, dy = emit(f"sub x {a}"), emit(f"sub y {b}")
            square = emit(f"add {emit(f'square {dx}')} {emit(f'square {dy}')}")
            tops.append(emit(f"sub {emit(f'sqrt {square}')} {emit(f'abs {c}')}"))
    while len(tops) > 1:
        word = draw(st.sampled_from(("min", "max")))
        a, b = tops.pop(0), tops.pop(0)
        top = emit(f"{word} {a} {b}")
        tops.append(emit(f"neg {top}") if draw(st.booleans()) else top)
    return "\n".join(lines)


def fractions(digits: int = 30) -> st.SearchStrategy[Fraction]:
    """Decimals from -4 to 4 with up to so many places."""
    ten = 10**digits
    return st.integers(-4 * ten, 4 * ten).map(lambda n: Fraction(n, ten))


def sizes() -> st.SearchStrategy[tuple[int, int]]:
    """Picture sizes: ordinary, one pixel thin, huge."""
    side = st.one_of(st.sampled_from((1, 2, 3, 64, 1023, 1024, 100_000)), st.integers(1, 5000))
    return st.tuples(side, side)


@st.composite
def views(draw: st.DrawFn, deepest: int = 40) -> View:
    """A view as text or as one moved to by hand."""
    exponent = draw(st.integers(-5, deepest))
    mantissa = draw(st.integers(100, 999))
    x, y = draw(fractions(deepest + 5)), draw(fractions(3))
    base = Fraction(mantissa, 100) * Fraction(10) ** exponent
    return View(x, y, base, draw(st.integers(-5000, 5000)))


@st.composite
def deep_views(draw: st.DrawFn) -> View:
    """Views from zoom 1e-1000 to 1e3000, half of them of less than 1e60."""
    exponent = draw(st.one_of(st.integers(-5, 60), st.integers(-1000, 3000)))
    zoom = Fraction(draw(st.integers(100, 999)), 100) * Fraction(10) ** exponent
    whole, part = (st.integers(-(10**9), 10**9).map(lambda n: Fraction(n, 10**9)) for _ in range(2))
    x, y = (draw(whole) + draw(part) / zoom for _ in range(2))
    return View(x, y, zoom, draw(st.integers(-5000, 5000)))


@st.composite
def grids(draw: st.DrawFn, largest: int = 40, deepest: int = 6) -> Grid:
    """A small picture of some view."""
    side = st.integers(1, largest)
    return Grid(
        draw(views(deepest)),
        draw(side),
        draw(side),
        draw(fractions(2)),
        reference=draw(st.booleans()),
    )


def fewer(part: int) -> settings:
    """For laws that are tried on many rows: so many times fewer examples for each."""
    return settings(max_examples=max(5, settings().max_examples // part))
