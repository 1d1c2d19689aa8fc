"""The field in colours, as pure functions of its samples.

    distance   bands of equal steps of the value, darker towards the edge, and the edge as a line
    iso        lines at round values, every fifth one stronger, the edge strongest

Lines are as wide everywhere: how far a value is from one is divided by how much the value changes
from sample to sample. The steps are 1, 2 or 5 times a power of ten and follow from the view alone,
so that the parts of a picture fit.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.picture.palettes import UNDEFINED, Palette

Floats = NDArray[np.floating[Any]]


class Mode(NamedTuple):
    """How a field is coloured."""

    colours: Callable[[Floats, float, float, Palette], NDArray[np.uint8]]
    """From samples with one more on every side, shape (height + 2, width + 2), the step, samples
    a pixel along a side, and a palette, to RGB of shape (height, width, 3)."""
    steps: int
    """How many across the shorter side of a picture, about."""


def step_of(sample: Floats, steps: int) -> float:
    """The step for so many of them across a picture, from a few samples of it, spread evenly:
    shape (height, width).

    The middle one of the slopes counts, so that neither poles nor plains change it much.
    """
    slopes = _slopes(np.pad(sample.astype(np.float64), 1, constant_values=np.nan))
    slopes = slopes[np.isfinite(slopes) & (slopes > 0)]
    if not slopes.size:
        return 1.0
    wanted = float(np.median(slopes)) * min(sample.shape) / steps
    if not 1e-300 < wanted < 1e300:
        return 1.0
    power = 10.0 ** math.floor(math.log10(wanted))
    return power * next(n for n in (1, 2, 5, 10) if wanted <= n * power * (1 + 1e-9) or n == 10)


@np.errstate(all="ignore")  # values may be as large as numbers are, and steps as small
def distance(samples: Floats, step: float, scale: float, palette: Palette) -> NDArray[np.uint8]:
    """Bands: see the top of the file, and `Mode.colours`."""
    value, slope = _parts(samples)
    steps = np.abs(value) / step
    # Where a band is narrower than two samples there is only its mean.
    visible = np.clip(step / (2 * slope) - 1, 0, 1)
    wave = 0.5 + 0.5 * np.where(visible > 0, np.cos(2 * np.pi * steps), 0) * visible
    colours = _sides(value, palette)
    shade = (0.82 + 0.18 * wave) * (1 - 0.35 * np.exp(-steps))
    # Towards the grey between the two sides, so that bands show on black as well as on white.
    grey = np.mean([palette.inside[:3], palette.outside[:3]])
    colours = grey + (colours - grey) * shade[..., np.newaxis]
    _draw(colours, np.abs(value), slope, 1.0 * scale, 1.0, palette)
    return _finished(colours, value)


@np.errstate(all="ignore")
def iso(samples: Floats, step: float, scale: float, palette: Palette) -> NDArray[np.uint8]:
    """Lines: see the top of the file, and `Mode.colours`."""
    value, slope = _parts(samples)
    colours = _sides(value, palette)
    for every, strength in ((step, 0.35), (5 * step, 0.6)):
        away = np.abs(value - every * np.rint(value / every))
        # Lines that are close make the picture grey: they fade before that.
        visible = strength * np.clip(every / (6 * scale * slope) - 1, 0, 1)
        _draw(colours, away, slope, 0.5 * scale, visible, palette)
    _draw(colours, np.abs(value), slope, 1.0 * scale, 1.0, palette)
    return _finished(colours, value)


MODES: Mapping[str, Mode] = {"distance": Mode(distance, 12), "iso": Mode(iso, 36)}
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
            np.fmax(np.abs(before - middle), np.abs(after - middle))
            for before, after in (
                (samples[1:-1, :-2], samples[1:-1, 2:]),
                (samples[:-2, 1:-1], samples[2:, 1:-1]),
            )
        )
        slope: Floats = np.nan_to_num(np.hypot(across, down), nan=0.0, posinf=np.inf)
    return slope


def _sides(value: Floats, palette: Palette) -> Floats:
    """The colours of inside and outside."""
    inside = (value < 0)[..., np.newaxis]
    return np.where(inside, _rgb(palette.inside), _rgb(palette.outside)).astype(np.float32)


def _draw(
    colours: Floats,
    away: Floats,
    slope: Floats,
    half: float,
    strength: Floats | float,
    palette: Palette,
) -> None:
    """Draws lines `half` samples to either side of where `away`, in the field's units, is 0."""
    # A slope that is infinite is a jump: no value is passed through there.
    cover = np.where(np.isfinite(slope), np.clip(half + 0.5 - away / slope, 0, 1), 0)
    cover = np.nan_to_num(cover * strength)[..., np.newaxis]
    colours += (_rgb(palette.line) - colours) * cover


def _finished(colours: Floats, value: Floats) -> NDArray[np.uint8]:
    result = np.rint(np.clip(np.nan_to_num(colours), 0, 255)).astype(np.uint8)
    result[np.isnan(value)] = UNDEFINED[:3]
    return result


def _rgb(colour: tuple[int, int, int, int]) -> Floats:
    return np.array(colour[:3], np.float32)
