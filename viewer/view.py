"""The camera and the sample points of a picture, exactly.

    model units, y up                          screen pixels, y down
              +1                               (0, 0) ----- i ----->
               |                                  |
     -1 -------+------- +1   at zoom 1 the        j    pixel (i, j) is sampled
               |             shorter side         |    at its centre
              -1             spans [-1, 1]        v

A view is a value: undo, bookmarks and tests come free. Its centre is a rational number, never a
float, and moves are exact: a move and its inverse return to the very same view.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.errors import UsageError
from viewer.program.number import apart, decimal, digits_of, nearest, places, plus, ratio, tens

Size = tuple[int, int]
"""Width and height in pixels."""

STEPS = 1024
"""Zoom steps an octave: zooming is by whole steps, so that it can be undone exactly."""
MAX_EXPONENT = 10_000
"""The largest decimal exponent taken from text: arithmetic with it is still quick."""
FAR = 1000
"""How many times larger or smaller a picture may be drawn to stand in for another."""
_SUBPIXEL_BITS = 32
"""Moves are rounded to this fraction of a pixel, so that centres stay short numbers."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is: the model point at the centre, and the zoom.

    The zoom is `base * 2**(steps / STEPS)`: a given number, and steps taken from there.
    """

    x: Fraction = Fraction(0)
    y: Fraction = Fraction(0)
    base: Fraction = Fraction(1)
    steps: int = 0

    @staticmethod
    def parse(text: str) -> "View":
        """Reads `x,y@zoom`, decimals of any length (zoom 1 if left out). Raises `UsageError`."""
        centre, at, zoom = text.strip().partition("@")
        x, comma, y = centre.partition(",")
        if not comma:
            raise UsageError(f"bad view {text!r}, expected x,y@zoom such as -0.4,0.5@1e3")
        view = View(parse_number(x, "coordinate"), parse_number(y, "coordinate"))
        return replace(view, base=parse_zoom(zoom)) if at else view

    def __str__(self) -> str:
        """The view as `parse` reads it, to a ten-thousandth of a pixel of any screen."""
        return _text(self)

    def zoom_text(self) -> str:
        """The zoom with up to 17 digits, plain or with an exponent."""
        return _zoom_text(self.zoom)

    @property
    def zoom(self) -> Fraction:
        """How many times larger than at home. Exact for a given one, 60 bits after steps."""
        octaves, rest = divmod(self.steps, STEPS)
        return self.base * _root(rest) * Fraction(2) ** octaves

    def half(self, size: Size) -> Fraction:
        """Half the distance of two pixels, in model units."""
        return 1 / (min(size) * self.zoom)

    def panned(self, dx: float, dy: float, size: Size) -> "View":
        """The picture moved by (dx, dy) pixels, y down: the centre goes the other way."""
        unit = self.half(size) * 2
        return self._moved(-Fraction(dx) * unit, Fraction(dy) * unit, unit)

    def zoomed(self, octaves: float, at: tuple[float, float], size: Size) -> "View":
        """Twice as large for each octave (a fraction will do, or a negative number).

        The model point under `at` (pixels, y down, not rounded to centres) stays there. The
        number of octaves is rounded to whole `STEPS`.
        """
        after = replace(self, steps=self.steps + round(octaves * STEPS))
        here, there = self.half(size), after.half(size)
        unit = min(here, there)
        lost = here - there
        dx, dy = (Fraction(2 * p - s) * lost for p, s in zip(at, size, strict=True))
        return after._moved(dx, -dy, unit)

    def boxed(self, a: tuple[float, float], b: tuple[float, float], size: Size) -> "View":
        """The largest picture that shows all of a rectangle, in the middle.

        Its corners are the screen positions `a` and `b`, in any order; a side shorter than a
        pixel counts as one. The zoom is rounded down to whole `STEPS`.
        """
        sides = (max(1.0, abs(p - q)) for p, q in zip(a, b, strict=True))
        octaves = min(math.log2(s / side) for s, side in zip(size, sides, strict=True))
        after = replace(self, steps=self.steps + math.floor(octaves * STEPS))
        here, there = self.half(size), after.half(size)
        dx, dy = (Fraction(p + q - s) * here for p, q, s in zip(a, b, size, strict=True))
        return after._moved(dx, -dy, min(here, there))

    def _moved(self, dx: Fraction, dy: Fraction, pixel: Fraction) -> "View":
        """The centre elsewhere by distances that are rounded to a small part of a pixel."""
        return replace(self, x=_stepped(self.x, dx, pixel), y=_stepped(self.y, dy, pixel))

    def model_at(self, at: tuple[float, float], size: Size) -> tuple[Fraction, Fraction]:
        """The model point at a screen position (pixels, y down; a centre is at i + 0.5)."""
        half = self.half(size)
        return (
            self.x + Fraction(2 * at[0] - size[0]) * half,
            self.y - Fraction(2 * at[1] - size[1]) * half,
        )

    def place_at(self, at: tuple[float, float], size: Size) -> tuple[Fraction, Fraction]:
        """The same, to a small part of a pixel: a short number, and soon there."""
        half = self.half(size)
        dx, dy = (Fraction(2 * p - s) * half for p, s in zip(at, size, strict=True))
        return _stepped(self.x, dx, half), _stepped(self.y, -dy, half)


class Block(NamedTuple):
    """A rectangle of a picture's pixels: from column i and row j (down from the top)."""

    i: int
    j: int
    width: int
    height: int

    def supersampled(self, n: int) -> "Block":
        """The same part of the picture in `Grid.supersampled`."""
        return Block(self.i * n, self.j * n, self.width * n, self.height * n)


@dataclass(frozen=True, slots=True)
class Grid:
    """The sample points of a whole picture of `width` x `height` pixels.

        x of column i = view.x + (2 * i - (width - 1)) * half
        y of row j    = view.y - (2 * j - (height - 1)) * half

    The parenthesis is a whole number, so that every engine gets the same coordinates from whole
    pixel positions, however the picture is cut into blocks. `reference` puts the outermost
    samples on the edge of the view, as the challenge's script does; else pixels are sampled at
    their centres. `z` is the height of the slice.
    """

    view: View
    width: int
    height: int
    z: Fraction = Fraction(0)
    reference: bool = False

    @property
    def size(self) -> Size:
        """Width and height of the whole picture."""
        return self.width, self.height

    @property
    def half(self) -> Fraction:
        """Half the distance of two samples, in model units."""
        if not self.reference:
            return self.view.half(self.size)
        return 1 / (max(1, min(self.size) - 1) * self.view.zoom)

    @property
    def whole(self) -> Block:
        """All of the picture as one block."""
        return Block(0, 0, self.width, self.height)

    def blocks(self, width: int, height: int, rows: range | None = None) -> Iterator[Block]:
        """Cuts the picture, or some of its rows, into blocks of at most that size, row by row."""
        rows = range(self.height) if rows is None else rows
        for j in range(rows.start, rows.stop, height):
            for i in range(0, self.width, width):
                yield Block(i, j, min(width, self.width - i), min(height, rows.stop - j))

    def xs(self, block: Block, dtype: Any) -> NDArray[Any]:
        """The x of a block's columns, shape (block.width,), computed in `dtype`."""
        return _axis(self.view.x, self.half, block.i, block.width, self.width, dtype)

    def ys(self, block: Block, dtype: Any) -> NDArray[Any]:
        """The y of a block's rows, shape (block.height,), computed in `dtype`."""
        return _axis(self.view.y, -self.half, block.j, block.height, self.height, dtype)

    def place_of(self, other: "Grid") -> tuple[float, float, float, float] | None:
        """Where another picture lies on this one, in pixels from the lower left, y up: left,
        bottom, width and height. None where that is too far away or too large to be drawn."""
        half, scale = self.half, ratio(other.half, self.half)
        if not 1 / FAR < scale < FAR:
            return None
        width, height = other.width * scale, other.height * scale
        left = (apart(other.view.x, self.view.x, half) - width) / 2
        bottom = (apart(other.view.y, self.view.y, half) - height) / 2
        if max(abs(left), abs(bottom)) > FAR**2:
            return None
        return left + self.width / 2, bottom + self.height / 2, width, height

    def supersampled(self, n: int) -> "Grid":
        """n x n samples a pixel, each at the centre of its part of the pixel."""
        return replace(self, width=self.width * n, height=self.height * n)


@lru_cache(maxsize=8)
def _text(view: View) -> str:
    """Deep down that is long: it is wanted several times a frame."""
    digits = max(0, math.ceil(log2(view.zoom) * math.log10(2))) + 8
    return f"{_fixed(view.x, digits)},{_fixed(view.y, digits)}@{view.zoom_text()}"


@lru_cache(maxsize=8)
def _zoom_text(zoom: Fraction) -> str:
    value = Context(prec=17).divide(zoom.numerator, zoom.denominator).normalize()
    plain = -5 <= value.adjusted() <= 6
    return f"{value:f}" if plain else f"{value:e}".replace("e+", "e")


def parse_zoom(text: str) -> Fraction:
    """A positive number such as `250` or `1e1000`. Raises `UsageError`."""
    zoom = parse_number(text, "zoom")
    if zoom <= 0:
        raise UsageError(f"bad zoom {text!r}, expected a number above 0")
    return zoom


def _axis(
    centre: Fraction, half: Fraction, start: int, count: int, total: int, dtype: Any
) -> NDArray[Any]:
    steps = 2 * np.arange(start, start + count, dtype=np.int64) - (total - 1)
    with np.errstate(all="ignore"):  # a view may be larger or smaller than any float
        result: NDArray[Any] = steps.astype(dtype) * nearest(half, dtype) + nearest(centre, dtype)
    return result


def parse_number(text: str, what: str) -> Fraction:
    """A decimal of any length, exactly. `what` names it in the `UsageError`."""
    value = decimal(text.strip().encode("utf-8", "replace"))
    if value is None:
        raise UsageError(f"bad {what} {text!r}, expected a decimal number such as -0.25 or 1e-3")
    if value and abs(value.adjusted()) > MAX_EXPONENT:
        raise UsageError(f"bad {what} {text!r}, expected an exponent up to {MAX_EXPONENT}")
    return Fraction(value)


def log2(value: Fraction) -> float:
    """The binary logarithm of a number above 0 of any size."""
    return _log2(value.numerator) - _log2(value.denominator)


@lru_cache(maxsize=STEPS)
def _root(step: int) -> Fraction:
    """2**(step / STEPS) to 60 bits, the same on every machine; 1 exactly for step 0."""
    power = Context(prec=40).power(Decimal(2), Decimal(step) / STEPS)
    return Fraction(round(Fraction(power) * 2**60), 2**60)


def _stepped(start: Fraction, distance: Fraction, pixel: Fraction) -> Fraction:
    """Where a step leads that is rounded to a power of two, a small part of a pixel. Steps of both
    signs are rounded alike, so that a move and its inverse cancel."""
    exponent = pixel.numerator.bit_length() - pixel.denominator.bit_length() - _SUBPIXEL_BITS
    if exponent >= 0:
        unit = 1 << exponent
        return start + round(distance / unit) * unit
    units = (places(abs(distance), 1 - exponent) + 1) >> 1
    return plus(start, units if distance > 0 else -units, -exponent)


def _log2(value: int) -> float:
    shift = max(0, value.bit_length() - 64)
    return math.log2(value >> shift) + shift


def _fixed(value: Fraction, digits: int) -> str:
    """A decimal with at most that many places, without trailing zeros."""
    scaled = tens(abs(value), digits)
    text = digits_of(scaled).rjust(digits + 1, "0")
    whole, part = text[: len(text) - digits], text[len(text) - digits :].rstrip("0")
    return ("-" if value < 0 and scaled else "") + whole + (f".{part}" if part else "")
