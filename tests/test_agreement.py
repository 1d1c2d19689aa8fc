"""All engines, one picture: every engine of the registry against the oracle.

The *rounding band* is what an engine may get wrong. It is stated by the row's `digits`:

    float64, float32   pixels whose field is within the running error bound of such floats (see
                       `tests/band.py`), coordinates included; where there is no such bound (next
                       to the end of acos, say, or past overflow), pixels within a hundredth of a
                       pixel of the shape's edge
    exact              pixels within a thousandth of a pixel of the edge

Elsewhere no pixel may differ. An engine that cannot run here is skipped with its own reason.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests import oracle
from tests.band import DIGITS, Band, band
from tests.conftest import ROOT, model_paths
from tests.strategies import fewer, programs, shapes, tame_constants
from viewer.engines.engine import Engine
from viewer.engines.registry import ENGINES, Row
from viewer.errors import NoDeviceError
from viewer.program import parse
from viewer.view import Block, Grid, View

Array = NDArray[Any]
Mask = NDArray[np.bool_]

SLOW_FROM = {"glsl-whole": 1000, "interpreter": 3000, "jit": 9000, "jit64": 9000}
"""Programs with more operations than this wait for the slow suite: they take seconds to compile, or
to draw, where the GPU is the processor."""
ROWS = pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)


@contextmanager
def running(row: Row, text: str) -> Iterator[Engine]:
    """The engine of a row for a program, or a skip."""
    try:
        engine = row.make(parse(text.encode(), row.name))
    except NoDeviceError as error:
        pytest.skip(f"{row.name}: {error}")
    try:
        yield engine
    finally:
        engine.close()


# --- the oracle's picture ----------------------------------------------------------------------


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


# --- three views of each model -------------------------------------------------------------------

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


def cases() -> Iterator[Any]:
    for row in ENGINES:
        for path in model_paths():
            size = sum(line.strip() != b"" for line in path.read_bytes().splitlines())
            slow = [pytest.mark.slow] if size > SLOW_FROM.get(row.name, size) else []
            yield pytest.param(row, path, marks=slow, id=f"{row.name}-{path.stem}")


def flaws(found: Mask, expected: Picture) -> str:
    """The pixels that are wrong: how many, and the first."""
    wrong = (found != expected.inside) & expected.certain
    first = [tuple(place) for place in np.argwhere(wrong)[:5].tolist()]
    return f"{wrong.sum()} pixels differ, (row, column) {first}" if wrong.any() else ""


@pytest.mark.parametrize(("row", "path"), list(cases()))
def test_an_engine_draws_what_the_oracle_says(row: Row, path: Path) -> None:
    found = {}
    with running(row, path.read_text(encoding="utf-8")) as engine:
        for name, spot in spots(path).items():
            grid = spot.grid()
            inside = engine.inside(grid, grid.whole)
            assert inside.shape == (spot.height, spot.width)
            assert inside.dtype == np.bool_
            found[name] = flaws(inside, picture(path, spot, row.digits))
    assert found == dict.fromkeys(found, "")


@pytest.mark.parametrize("digits", [*DIGITS, "exact"])
def test_the_band_is_narrow(model: Path, digits: str) -> None:
    """So that agreement means something: nearly all pixels are certain, and both kinds occur."""
    pictures = [picture(model, spot, digits) for spot in spots(model).values()]
    for name, (inside, certain) in zip(spots(model), pictures, strict=True):
        assert certain.mean() > 0.97, name
        if name == "detail":
            assert 0.04 < inside[certain].mean() < 0.96, name


def test_the_band_holds_what_the_reals_say(model: Path) -> None:
    """At some pixels of each view, worked out in exact numbers."""
    random = np.random.default_rng(7)
    decided = 0
    for spot in spots(model).values():
        xs, ys = spot.xs(), spot.ys()
        for digits in DIGITS:
            found = field(model, spot, digits)
            for _ in range(4):
                i, j = int(random.integers(spot.width)), int(random.integers(spot.height))
                value, error = float(found.field[j, i]), float(found.error[j, i])
                if not math.isfinite(error):
                    continue
                exact = oracle.real(nodes(model), xs[i], ys[j], spot.z)
                decided += 1
                if exact is oracle.NAN:
                    assert math.isnan(value)
                else:
                    assert exact.high >= Fraction(value) - Fraction(error)
                    assert exact.low <= Fraction(value) + Fraction(error)
    assert decided >= 6


def test_flaws_are_seen(model: Path) -> None:
    """A picture moved by one pixel is a wrong one, in every band."""
    spot = spots(model)["detail"]
    for digits in (*DIGITS, "exact"):
        expected = picture(model, spot, digits)
        assert flaws(expected.inside, expected) == ""
        assert "pixels differ" in flaws(np.roll(expected.inside, 1, axis=1), expected)


# --- cut into blocks -----------------------------------------------------------------------------


@ROWS
def test_a_picture_is_the_same_however_it_is_cut(row: Row) -> None:
    """Pixel for pixel, in the band too."""
    path = ROOT / "assets" / "hello.vm"
    spot = spots(path)["off-centre"]
    grid = spot.grid()
    with running(row, path.read_text(encoding="utf-8")) as engine:
        whole = engine.inside(grid, grid.whole)
        for width, height in ((97, 1), (1, 41), (10, 7), (64, 64)):
            for block in grid.blocks(width, height):
                rows = slice(block.j, block.j + block.height)
                columns = slice(block.i, block.i + block.width)
                np.testing.assert_array_equal(engine.inside(grid, block), whole[rows, columns])


# --- the challenge's pictures -------------------------------------------------------------------

FLOAT64 = pytest.mark.parametrize(
    "row", [row for row in ENGINES if row.digits == "float64"], ids=lambda row: row.name
)
FILES = pytest.mark.parametrize(
    ("file", "reference", "count"),
    [("prospero-1024.png", False, 132816), ("prospero-1024-reference.png", True, 132033)],
)


def expected_picture(shared: Path, file: str) -> Mask:
    with Image.open(shared / "expected" / file) as image:
        return np.asarray(image.convert("L")) > 127


@FILES
@FLOAT64
def test_stripes_of_the_challenge(
    shared: Path, row: Row, file: str, reference: bool, count: int
) -> None:
    """Every 64th pair of rows, bit for bit."""
    expected = expected_picture(shared, file)
    assert int(expected.sum()) == count
    grid = Grid(View(), 1024, 1024, reference=reference)
    with running(row, (shared / "models" / "prospero.vm").read_text()) as engine:
        for j in range(17, 1024, 64):
            found = engine.inside(grid, Block(0, j, 1024, 2))
            np.testing.assert_array_equal(found, expected[j : j + 2])


WHOLE = pytest.mark.parametrize(
    "row",
    [row for row in ENGINES if row.name != "numpy"],  # which would keep 60 GB
    ids=lambda row: row.name,
)


@pytest.mark.slow
@FILES
@WHOLE
def test_the_challenge_whole(
    shared: Path, row: Row, file: str, reference: bool, count: int
) -> None:
    """Every engine, float32 included: 0 of 1,048,576 pixels differ."""
    expected = expected_picture(shared, file)
    grid = Grid(View(), 1024, 1024, reference=reference)
    with running(row, (shared / "models" / "prospero.vm").read_text()) as engine:
        found = engine.inside(grid, grid.whole)
    assert int((found != expected).sum()) == 0
    assert int(found.sum()) == count


# --- NaN and infinities: all specials, all opcodes, all engines --------------------------------

# At 0.5, 1.5, ... 5.5: NaN, inf, -0, -0.69, inf, 1.39; at -0.5, -1.5, ... the same negated.
SPECIAL = (
    *("{0}a abs {0}", "{0}f floor {0}a", "{0}1 const 1", "{0}i sub {0}f {0}1"),  # -1, 0, ... 4
    *("{0}l ln {0}i", "{0}3 const 3", "{0}d sub {0}i {0}3", "{0}q div {0}l {0}d"),
    *("{0}0 const 0", "{0}w compare {0} {0}0", "{0}s mul {0}q {0}w"),
)
TWELVE = Grid(View(base=Fraction(1, 6)), 12, 12)
SAMPLES = tuple(index - 5.5 for index in range(12))


def special_program(word: str) -> str:
    """One opcode on special operands: the first made from x, the second from y."""
    axes = "xy"[: oracle.ARITY[word]]
    lines = ["x var-x", "y var-y", *(line.format(axis) for axis in axes for line in SPECIAL)]
    return "\n".join([*lines, " ".join(["r", word, *(f"{axis}s" for axis in axes)])])


def kind_of(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return f"{value:+}" if math.isinf(value) else "finite"


def compared(word: str, digits: str, found: Array, inside: Mask) -> Iterator[str]:
    """What is wrong with an engine's field and inside for one opcode at the samples of TWELVE."""
    parsed = oracle.read(special_program(word))
    relative = 1e-14 if digits == "float64" else 1e-5
    for (j, y), (i, x) in product(enumerate(reversed(SAMPLES)), enumerate(SAMPLES)):
        expected, got = oracle.value(parsed, x, y), float(found[j, i])
        same = kind_of(expected) == kind_of(got)
        if math.isfinite(expected) and math.isfinite(got):
            same = abs(expected - got) <= relative * max(1.0, abs(expected))
        if not same or bool(inside[j, i]) != (expected < 0):
            yield f"{word} at ({x}, {y}): {got}, inside {inside[j, i]}; not {expected}"


@ROWS
def test_nan_and_infinities(row: Row) -> None:
    """The field is what `math` says, and inside where that is below zero, for every opcode."""
    complaints: list[str] = []
    for word in (*oracle.UNARY, *oracle.BINARY):
        with running(row, special_program(word)) as engine:
            found = engine.field(TWELVE, TWELVE.whole)
            inside = engine.inside(TWELVE, TWELVE.whole)
        complaints += compared(word, row.digits, found, inside)
    assert complaints == []


def test_the_specials_are_special() -> None:
    """They are NaN, both infinities, both zeros and plain numbers."""
    lines = special_program("neg").splitlines()[:-1]
    values = [oracle.value(oracle.read("\n".join(lines)), sample, 0.0) for sample in SAMPLES]
    met = {f"{value:+}" if value == 0 else kind_of(value) for value in values}
    assert met == {"nan", "-inf", "+inf", "+0.0", "-0.0", "finite"}


# --- random programs -------------------------------------------------------------------------


@ROWS
@fewer(10)
@given(text=st.one_of(shapes(), programs(), programs(values=tame_constants())))
def test_random_programs(row: Row, text: str) -> None:
    """The band is that of the running error alone."""
    digits = "float32" if row.digits == "exact" else row.digits
    x = np.array(SAMPLES) / 4
    none = np.zeros_like(x)
    across = Band(x[np.newaxis], none[np.newaxis])
    down = Band(-x[:, np.newaxis], none[:, np.newaxis])
    found = band(oracle.read(text), across, down, 0.0, DIGITS[digits])
    values, errors = (np.broadcast_to(part, (12, 12)) for part in found)
    with np.errstate(invalid="ignore"):
        expected = values < 0
        certain = (abs(values) > 2 * errors) | (np.isnan(values) & (errors == 0))
    grid = Grid(View(base=Fraction(2, 3)), 12, 12)
    with running(row, text) as engine:
        inside = engine.inside(grid, grid.whole)
    assert flaws(inside, Picture(expected, certain)) == ""


@given(text=st.one_of(shapes(), programs(), programs(values=tame_constants())))
def test_the_band_holds_what_the_reals_say_of_random_programs(text: str) -> None:
    """The two oracles, of all opcodes: float64 arrays with their errors, and exact enclosures."""
    x, y = np.array([0.375, -1.5, 0.0, 3.0]), np.array([-2.25, 1.0, 0.0, 0.5])
    none = np.zeros(4)
    nodes_ = oracle.read(text)
    for digits in DIGITS.values():
        found = band(nodes_, Band(x, none), Band(y, none), 0.25, digits)
        fields, errors = (np.broadcast_to(part, (4,)) for part in found)
        for index, (value, error) in enumerate(zip(fields, errors, strict=True)):
            if not np.isfinite(error):
                continue
            point = Fraction(x[index]), Fraction(y[index]), Fraction(1, 4)
            try:
                exact = oracle.real(nodes_, *point)
            except oracle.UndecidedError:
                continue
            if exact is oracle.NAN or math.isnan(value):
                assert exact is oracle.NAN
                assert math.isnan(value)
            elif math.isfinite(value):
                reach = Fraction(float(error))
                assert exact.high >= Fraction(float(value)) - reach
                assert exact.low <= Fraction(float(value)) + reach
