"""How colours are seen: by people with fewer kinds of cones, and how alike two of them look."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Colours seen without one kind of cones, in linear RGB, after Viénot, Brettel and Mollon (1999)
# for the red and the green ones, and after Brettel, Viénot and Mollon (1997) for the blue ones.
SIGHT = {
    "red, green and blue": np.eye(3),
    "no red": np.array([[0.112, 0.888, 0.0], [0.112, 0.888, 0.0], [0.004, -0.004, 1.0]]),
    "no green": np.array([[0.293, 0.707, 0.0], [0.293, 0.707, 0.0], [-0.021, 0.021, 1.0]]),
    "no blue": np.array([[1.015, 0.145, -0.160], [-0.010, 0.861, 0.149], [0.067, 0.840, 0.093]]),
    "none": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
FULL = "red, green and blue"

# OKLab (B. Ottosson, 2020): linear RGB to cones, and their cube roots to lightness and two hues.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colours: ArrayLike, sight: str = FULL) -> Floats:
    """Light, shape (..., 3) of 0 to 1, that people with these cones cannot tell from the colours,
    shape (..., 3) of 0 to 255."""
    share = np.asarray(colours, float) / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(light @ SIGHT[sight].T, 0, 1))


def apart(colours: ArrayLike, other: ArrayLike, sight: str = FULL) -> Floats:
    """How far each colour is from another in OKLab, in which black and white are 1 apart and what
    is 0.02 apart can just be told."""
    one, two = (np.cbrt(linear(each, sight) @ _CONES.T) @ _LAB.T for each in (colours, other))
    return np.asarray(np.linalg.norm(one - two, axis=-1))
