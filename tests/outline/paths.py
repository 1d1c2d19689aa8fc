"""Paths looked at by other means than those that made them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viewer.picture.outline.fit import Path

Points = NDArray[np.float64]


def flattened(path: Path, parts: int = 40) -> Points:
    """A closed polygon along a path, shape (n, 2), by de Casteljau's construction."""
    corners = [path.start[np.newaxis]]
    last = path.start
    for step in path.steps:
        control = np.concatenate([last[np.newaxis], step])[:, np.newaxis, :]
        t = np.arange(1, parts + 1)[:, np.newaxis] / parts if len(step) > 1 else np.ones((1, 1))
        while len(control) > 1:
            control = control[:-1] * (1 - t) + control[1:] * t
        corners.append(control[0])
        last = step[-1]
    return np.concatenate(corners)[:-1]


def filled(polygons: Iterable[Points], width: int, height: int) -> NDArray[np.bool_]:
    """Which pixels' centres are inside an odd number of polygons: a ray to the left of each."""
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    odd = np.zeros((height, width), bool)
    for polygon in polygons:
        for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            rows = np.flatnonzero((y0 <= y) != (y1 <= y))
            if len(rows):
                at = x0 + (y[rows] - y0) / (y1 - y0) * (x1 - x0)
                odd[rows] ^= at[:, np.newaxis] < x
    return odd


def area(polygon: Points) -> float:
    """Of a polygon, positive where it goes clockwise (y is down)."""
    (x, y), (x1, y1) = polygon.T, np.roll(polygon, -1, axis=0).T
    return float((x * y1 - x1 * y).sum()) / 2
