"""The field in colours, as pure functions of its samples.

    distance   bands of equal steps of the value, darker towards the edge, and the edge as a line
    iso        lines at round values, every fifth one stronger, the edge strongest
    gradient   how fast the value changes, from a tenth of what is usual in the picture to ten times

Lines are as wide everywhere: how far a value is from one is divided by how much the value changes
from sample to sample. The steps are 1, 2 or 5 times a power of ten and follow from the view alone,
so that the parts of a picture fit. `shaders/colours.frag` has the same formulas for the window.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.picture.palettes import UNDEFINED, Colour, Palette
from viewer.program.number import nearest
from viewer.view import Grid

Floats = NDArray[np.floating[Any]]

FIFTH = 5
"""Of so many lines one is stronger, and may have a label."""


class Measure(NamedTuple):
    """What colours are told by, in the units of the samples.

    step: from one line or band to the next; of the gradient, what is usual from sample to sample.
    offset, side: the field is the samples and a number. It is `offset` but for a multiple of
        `FIFTH` steps, and `side` is 0 where it is zero, else -1 or 1: so far below or above zero
        that no sample makes up for it.
    """

    step: float
    offset: float = 0.0
    side: int = 0


class Mode(NamedTuple):
    """How a field is coloured."""

    colours: Callable[[Floats, Measure, float, Palette], NDArray[np.uint8]]
    """From samples with one more on every side, shape (height + 2, width + 2), their measure,
    samples a pixel along a side, and a palette, to RGB of shape (height, width, 3)."""
    steps: int
    """How many across the shorter side of a picture, about; 0 where the slope itself is shown."""


def step_of(mode: Mode, sample: Floats, grid: Grid, unit: Fraction = Fraction(1)) -> Decimal:
    """The step of a picture, in model units (of the gradient: of the value in one of x or y), from
    a few samples of it: a whole `grid` of them, shape (height, width), which count in `unit`."""
    wanted = wanted_step(mode, sample, grid, unit)
    return Decimal(1) if wanted is None else round_steps(wanted)[1]


def wanted_step(
    mode: Mode, sample: Floats, grid: Grid, unit: Fraction = Fraction(1)
) -> Fraction | None:
    """The same before it is made a round number; None where there is no slope.

    The middle one of the slopes counts, so that neither poles nor plains change it much.
    """
    slopes = _slopes(np.pad(sample.astype(np.float64), 1, constant_values=np.nan))
    slopes = slopes[np.isfinite(slopes) & (slopes > 0)]
    if not slopes.size:
        return None
    usual = Fraction(float(np.median(slopes))) * unit
    return usual * (Fraction(min(sample.shape), mode.steps) if mode.steps else 1 / (2 * grid.half))


def measure_of(
    mode: Mode, step: Decimal, grid: Grid, unit: Fraction = Fraction(1), base: Decimal = Decimal(0)
) -> Measure:
    """A step for the samples of a grid, which count in `unit` from `base`."""
    size = Fraction(step) * (1 if mode.steps else 2 * grid.half) / unit
    offset = Fraction(base) % (FIFTH * Fraction(step)) / unit if base else Fraction(0)
    side = (base > 0) - (base < 0)
    found = float(nearest(size, np.float64))
    found = found if 1e-300 < found < 1e300 else 1.0
    return Measure(found, float(nearest(offset, np.float64)), side)


def round_steps(wanted: Fraction) -> tuple[Decimal, Decimal]:
    """The numbers 1, 2 or 5 times a power of ten that are next to one: below it, and not below it
    but for what rounding makes."""
    size = Decimal(wanted.numerator) / Decimal(wanted.denominator)
    power = size.adjusted()
    mantissa = size.scaleb(-power)
    steps = [(Decimal(low), Decimal(high)) for low, high in (("0.5", 1), (1, 2), (2, 5), (5, 10))]
    low, high = next(pair for pair in steps if mantissa <= pair[1] * Decimal("1.000000001"))
    return low.scaleb(power), high.scaleb(power)


@np.errstate(all="ignore")  # values may be as large as numbers are, and steps as small
def distance(
    samples: Floats, measure: Measure, scale: float, palette: Palette
) -> NDArray[np.uint8]:
    """Bands: see the top of the file, and `Mode.colours`."""
    value, slope = _parts(samples)
    step = measure.step
    steps = np.abs(value + measure.offset) / step
    # Where a band is narrower than two samples there is only its mean.
    visible = np.clip(step / (2 * slope) - 1, 0, 1)
    turns = steps - np.floor(steps)
    waves = (visible > 0) & np.isfinite(steps)
    wave = 0.5 + 0.5 * np.where(waves, np.cos(2 * np.pi * turns), 0) * visible
    colours = _sides(value, measure, palette)
    near = 0 if measure.side else np.exp(-steps)
    shade = (0.82 + 0.18 * wave) * (1 - 0.35 * near)
    # Towards the grey between the two sides, so that bands show on black as well as on white.
    grey = np.mean([palette.inside[:3], palette.outside[:3]])
    colours = grey + (colours - grey) * shade[..., np.newaxis]
    _draw_edge(colours, value, slope, measure, scale, palette.line)
    return _finished(colours, value)


@np.errstate(all="ignore")
def iso(samples: Floats, measure: Measure, scale: float, palette: Palette) -> NDArray[np.uint8]:
    """Lines: see the top of the file, and `Mode.colours`."""
    value, slope = _parts(samples)
    colours = _sides(value, measure, palette)
    whole, step = value + measure.offset, measure.step
    for every, strength in ((step, 0.35), (FIFTH * step, 0.6)):
        away = np.abs(whole - every * np.rint(whole / every))
        # Lines that are close make the picture grey: they fade before that.
        visible = strength * np.clip(every / (6 * scale * slope) - 1, 0, 1)
        _draw(colours, away, slope, 0.5 * scale, visible, palette.line)
    _draw_edge(colours, value, slope, measure, scale, palette.line)
    return _finished(colours, value)


@np.errstate(all="ignore")
def gradient(
    samples: Floats, measure: Measure, scale: float, palette: Palette
) -> NDArray[np.uint8]:
    """The size of the slope: see the top of the file, and `Mode.colours`."""
    value, slope = _parts(samples)
    decades = np.log10(slope / measure.step * scale)
    colours = ramp(0.5 + 0.5 * decades, palette)
    # Lines may have the ramp's usual colour.
    _draw_edge(colours, value, slope, measure, scale, palette.inside)
    return _finished(colours, value)


def ramp(part: Floats, palette: Palette) -> Floats:
    """The colours of a palette from little (0) to much (1): shape (..., 3) of 0 to 255."""
    low, middle, high = (_rgb(colour) for colour in palette.stops)
    at = 2 * np.clip(part, 0, 1)[..., np.newaxis].astype(np.float32)
    found: Floats = np.where(at < 1, low + (middle - low) * at, middle + (high - middle) * (at - 1))
    return found


MODES: Mapping[str, Mode] = {
    "distance": Mode(distance, 12),
    "iso": Mode(iso, 36),
    "gradient": Mode(gradient, 0),
}
"""The modes that show more of a field than its sign, by name."""


def _parts(samples: Floats) -> tuple[Floats, Floats]:
    """The values, shape (height, width), infinite ones as large ones, and how much they change."""
    largest = np.finfo(samples.dtype).max / 16
    value: Floats = np.clip(samples[1:-1, 1:-1], -largest, largest)
    return value, np.maximum(_slopes(samples), np.finfo(samples.dtype).tiny)


def _slopes(samples: Floats) -> Floats:
    """How much the field changes in one sample, at most: infinite where it jumps to infinity.

    The larger of the changes to both sides: at a kink it is the steep side that tells how wide a
    line is. NaN is passed over.
    """
    middle = samples[1:-1, 1:-1]
    with np.errstate(all="ignore"):
        across, down = (
            np.nan_to_num(np.fmax(np.abs(before - middle), np.abs(after - middle)), posinf=np.inf)
            for before, after in (
                (samples[1:-1, :-2], samples[1:-1, 2:]),
                (samples[:-2, 1:-1], samples[2:, 1:-1]),
            )
        )
        slope: Floats = np.hypot(across, down)
    return slope


def _sides(value: Floats, measure: Measure, palette: Palette) -> Floats:
    """The colours of inside and outside."""
    below = value < 0 if not measure.side else np.full(value.shape, measure.side < 0)
    inside = below[..., np.newaxis]
    return np.where(inside, _rgb(palette.inside), _rgb(palette.outside)).astype(np.float32)


def _draw_edge(
    colours: Floats,
    value: Floats,
    slope: Floats,
    measure: Measure,
    scale: float,
    line: Colour,
) -> None:
    """Draws the line where the field is zero."""
    if not measure.side:
        _draw(colours, np.abs(value), slope, 1.0 * scale, 1.0, line)


def _draw(
    colours: Floats,
    away: Floats,
    slope: Floats,
    half: float,
    strength: Floats | float,
    line: Colour,
) -> None:
    """Draws lines `half` samples to either side of where `away`, in the field's units, is 0."""
    # A slope that is infinite is a jump: no value is passed through there.
    cover = np.where(np.isfinite(slope), np.clip(half + 0.5 - away / slope, 0, 1), 0)
    cover = np.nan_to_num(cover * strength)[..., np.newaxis]
    colours += (_rgb(line) - colours) * cover


def _finished(colours: Floats, value: Floats) -> NDArray[np.uint8]:
    result = np.rint(np.clip(np.nan_to_num(colours), 0, 255)).astype(np.uint8)
    result[np.isnan(value)] = UNDEFINED[:3]
    return result


def _rgb(colour: Colour) -> Floats:
    return np.array(colour[:3], np.float32)
