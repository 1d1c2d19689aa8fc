"""The oracle's picture of a model in a view, with the rounding band: see `test_models.py`."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests import oracle
from tests.band import DIGITS, Band, band
from viewer.view import Grid, View

Array = NDArray[Any]
Mask = NDArray[np.bool_]


class Picture(NamedTuple):
    """Where the reals say inside, and where every engine of some digits must say so too."""

    inside: Mask
    certain: Mask


class Spot(NamedTuple):
    """A view of a model: centre, zoom, size, and the height of the slice, all exact."""

    x: Fraction
    y: Fraction
    zoom: Fraction
    width: int
    height: int
    z: Fraction

    def grid(self) -> Grid:
        return Grid(View(self.x, self.y, self.zoom), self.width, self.height, self.z)

    def axis(self, centre: Fraction, count: int, way: int) -> list[Fraction]:
        """Sample points: the centres of pixels, of which the shorter side has 2 / zoom."""
        step = 2 / self.zoom / min(self.width, self.height)
        return [centre + way * step * (Fraction(2 * i + 1 - count, 2)) for i in range(count)]

    def xs(self) -> list[Fraction]:
        return self.axis(self.x, self.width, 1)

    def ys(self) -> list[Fraction]:
        return self.axis(self.y, self.height, -1)


@cache
def nodes(path: Path) -> oracle.Nodes:
    return oracle.read(path.read_text(encoding="utf-8"))


def coordinates(points: list[Fraction], centre: Fraction, digits: str) -> Band:
    """Samples with what rounding the centre, the step and their sum may do to them."""
    exact = np.array([float(point) for point in points])
    size = abs(float(centre)) + abs(exact - float(centre))
    return Band(exact, 3 * DIGITS[digits].unit * size)


@cache
def field(path: Path, spot: Spot, digits: str) -> Band:
    x = coordinates(spot.xs(), spot.x, digits)
    y = coordinates(spot.ys(), spot.y, digits)
    across, down = (slice(None), np.newaxis), (np.newaxis, slice(None))
    found = band(
        nodes(path),
        Band(x.field[down], x.error[down]),
        Band(y.field[across], y.error[across]),
        float(spot.z),
        DIGITS[digits],
    )
    shape = spot.height, spot.width
    return Band(*(np.broadcast_to(part, shape).copy() for part in found))


@cache
def picture(path: Path, spot: Spot, digits: str) -> Picture:
    found = field(path, spot, "float64" if digits == "exact" else digits)
    sure_nan = np.isnan(found.field) & (found.error == 0)
    size, change = abs(found.field), _change(found.field)
    with np.errstate(invalid="ignore"):
        inside = found.field < 0
        certain = np.where(np.isfinite(found.error), size > 2 * found.error, size > change / 100)
        if digits == "exact":
            certain &= size > change / 1000
        certain |= sure_nan
    if digits == "float64":
        _decide(path, spot, found, inside, certain)
    return Picture(inside, certain)


def _change(values: Array) -> Array:
    """How much a field changes to the next pixel, at most."""
    change = np.zeros_like(values)
    with np.errstate(invalid="ignore"):
        for axis in (0, 1):
            step = abs(np.diff(values, axis=axis))
            for place in ((0, 1), (1, 0)):
                pad = [(0, 0), (0, 0)]
                pad[axis] = place
                change = np.fmax(change, np.pad(step, pad))
    return change


def _decide(path: Path, spot: Spot, found: Band, inside: Mask, certain: Mask) -> None:
    """Settles exactly the pixels that two float64 results may differ in, some of them."""
    xs, ys = spot.xs(), spot.ys()
    for j, i in np.argwhere(~certain & np.isfinite(found.error))[:50].tolist():
        try:
            value = oracle.real(nodes(path), xs[i], ys[j], spot.z)
        except oracle.UndecidedError:
            continue
        if value is not oracle.NAN:
            error = Fraction(float(found.error[j, i]))
            inside[j, i] = value.high < 0
            certain[j, i] = value.low > error or value.high < -error


HOME = Spot(Fraction(0), Fraction(0), Fraction(1), 64, 64, Fraction(0))


def edge(path: Path, spot: Spot) -> tuple[Fraction, Fraction] | None:
    """A point on the shape's edge in a view: of all places where neighbours differ, the middle."""
    values = field(path, spot, "float64").field
    with np.errstate(invalid="ignore"):
        inside = values < 0
    places = np.argwhere(inside[:, 1:] != inside[:, :-1])
    if not len(places):
        return None
    j, i = places[len(places) // 2].tolist()
    return spot.xs()[i], spot.ys()[j]


@cache
def spots(path: Path) -> dict[str, Spot]:
    """Home, a detail on the edge, and one that is neither square nor in the middle."""
    far = next(
        spot
        for zoom in (1, Fraction(1, 4), Fraction(1, 16))
        for spot in (HOME._replace(zoom=Fraction(zoom)),)
        if edge(path, spot)
    )
    x, y = edge(path, far) or (Fraction(0), Fraction(0))
    off = Spot(x / 2, y - 1 / far.zoom / 3, far.zoom * Fraction(13, 8), 97, 41, Fraction(1, 3))
    return {
        "home": HOME,
        "detail": Spot(x, y, far.zoom * 30, 64, 64, Fraction(0)),
        "off-centre": off,
    }


def flaws(found: Mask, expected: Picture) -> str:
    """The pixels that are wrong: how many, and the first."""
    wrong = (found != expected.inside) & expected.certain
    first = [tuple(place) for place in np.argwhere(wrong)[:5].tolist()]
    return f"{wrong.sum()} pixels differ, (row, column) {first}" if wrong.any() else ""
