"""Few lines and Bezier curves through many points, within a tolerance.

After P. J. Schneider, "An algorithm for automatically fitting digitized curves", Graphics Gems
(1990); the directions at the ends are known here, not estimated.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from viewer.picture.outline.corners import Loop
from viewer.picture.outline.edges import Edge, Floats
from viewer.picture.outline.lattice import Points

_REFITS = 4
"""How often the points' places along a curve are improved before it is cut in two."""

_BETWEEN = (0.25, 0.5, 0.75)
"""Where a curve is looked at between two of its points."""
_BULGE = 0.2
"""Of the way between two points: how far from it an arc may be."""


class Path(NamedTuple):
    """A closed path: where it starts, and then for each line its end, shape (1, 2), for each cubic
    Bezier curve its two control points and its end, shape (3, 2)."""

    start: Points
    steps: tuple[Points, ...]


def fitted(loop: Loop, edge: Edge, tolerance: float) -> Path:
    """A loop in few steps, nowhere farther than `tolerance` pixels from its points."""
    ends = np.flatnonzero(loop.ends)
    if len(ends) < 2:
        # A loop without corners is two curves, so that none ends where it begins.
        first = int(ends[0]) if len(ends) else 0
        ends = np.sort([first, (first + len(loop.points) // 2) % len(loop.points)])
    order = np.concatenate([np.arange(ends[0], len(loop.points)), np.arange(ends[0] + 1)])
    points = loop.points[order]
    tangents = _tangents(points, loop.normals[order])
    pieces = loop.pieces[order]
    steps: list[Points] = []
    for first, last in pairwise([*(ends - ends[0]), len(order) - 1]):
        between = pieces[first + 1 : last]
        if len(between):
            straight = (between == between[0]).all() and edge.straight(between[0])
        else:  # from one smooth curve to another, where no corner was found
            straight = np.isfinite(tangents[[first, last]]).all()
        part = points[first : last + 1]
        if straight:
            steps.append(part[-1:])
        else:
            steps += _curves(part, _ends(part, tangents[first : last + 1]), tolerance)
    return Path(points[0], tuple(steps))


def _tangents(points: Points, normals: Floats) -> Floats:
    """Directions along the path, of length 1; NaN where normals are."""
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    way = np.roll(points[:-1], -1, axis=0) - np.roll(points[:-1], 1, axis=0)
    way = np.concatenate([way, way[:1]])
    return along * np.where((along * way).sum(axis=1) < 0, -1, 1)[:, np.newaxis]


def _ends(points: Points, tangents: Floats) -> Floats:
    """The same with directions at both ends: at a corner, that of an arc through it that goes on
    as the next point does."""
    result = tangents.copy()
    for end, following in ((0, 1), (-1, -2)):
        if np.isnan(result[end]).any() or _turns(points, tangents, end, following):
            chord = points[following] - points[end]
            length = float(np.hypot(*chord))
            chord = chord / length if length else np.array([1.0, 0.0])
            if end:
                chord = -chord
            other = tangents[following]
            arc = 2 * float(other @ chord) * chord - other
            result[end] = chord if np.isnan(arc).any() or len(points) == 2 else arc
    return result


def _turns(points: Points, tangents: Floats, end: int, following: int) -> bool:
    """Whether the direction at an end is that of the curve beyond it."""
    return bool(len(points) > 2 and tangents[end] @ tangents[following] < 0.9)


def _curves(points: Points, tangents: Floats, tolerance: float) -> Iterator[Points]:
    """Lines and curves through points; directions are at least known at both ends."""
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        part, along = points[first : last + 1], tangents[first : last + 1]
        if _is_line(part, along, tolerance):
            yield part[-1:]
            continue
        curve, worst, error = _bezier(part, along[0], along[-1], tolerance)
        if error <= tolerance:
            yield curve
            continue
        if last - first < 2:  # directions that lead elsewhere are those of details between pixels
            yield part[-1:]
            continue
        known = np.flatnonzero(np.isfinite(along[1:-1, 0])) + 1
        cut = first + int(known[np.argmin(np.abs(known - worst))] if len(known) else worst)
        stack += [(cut, last), (first, cut)]


def _is_line(points: Points, along: Floats, tolerance: float) -> bool:
    chord = points[-1] - points[0]
    length = float(np.hypot(*chord))
    if not length:
        return len(points) == 2
    away = np.abs((points - points[0]) @ np.array([-chord[1], chord[0]])) / length
    # Between neighbours the edge may bulge: as an arc that turns as the directions do.
    turn = np.abs(along[[0, -1]] @ np.array([-chord[1], chord[0]])) / length
    bulge = float(np.nanmax(turn, initial=0)) * length / max(4, 4 * (len(points) - 1))
    return float(away.max()) <= tolerance and bulge <= tolerance


def _bezier(
    points: Points, start: Floats, end: Floats, tolerance: float
) -> tuple[Points, int, float]:
    """The curve with the given directions at its ends that is nearest to the points, which of them
    is farthest from it, and how far."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)])
    at /= at[-1] or 1
    for _ in range(_REFITS):
        control = _least(points, start, end, at)
        found, slope, bend = _curve(control, at)
        off = found - points
        away = np.hypot(*off.T)
        worst = int(np.argmax(away))
        if away[worst] <= tolerance:
            away[1:] = np.maximum(away[1:], _strays(control, at, points))
            worst = int(np.argmax(away))
            break
        with np.errstate(all="ignore"):
            step = (off * slope).sum(axis=1) / (
                (slope * slope).sum(axis=1) + (off * bend).sum(axis=1)
            )
        at = np.clip(at - np.nan_to_num(step), 0, 1)
    return control[1:], worst, float(away[worst])


def _strays(control: Points, at: Floats, points: Points) -> Floats:
    """How far a curve is from the lines between its points, beyond what an arc that turns by a
    right angle may be, shape (n - 1,)."""
    result = np.zeros(len(at) - 1)
    chord = np.diff(points, axis=0)
    length = np.hypot(*chord.T)
    with np.errstate(all="ignore"):
        for share in _BETWEEN:
            found, *_ = _curve(control, at[:-1] + share * np.diff(at))
            way = found - points[:-1]
            along = np.clip((way * chord).sum(axis=1) / length**2, 0, 1)
            off = way - np.nan_to_num(along)[:, np.newaxis] * chord
            result = np.maximum(result, np.hypot(*off.T) - _BULGE * length)
    return result


def _least(points: Points, start: Floats, end: Floats, at: Floats) -> Points:
    """Least squares for how far the control points are from the ends."""
    t, s = at[:, np.newaxis], 1 - at[:, np.newaxis]
    one, other = 3 * t * s * s * start, -3 * t * t * s * end
    first, last = points[0], points[-1]
    rest = points - first * s * s * (s + 3 * t) - last * t * t * (t + 3 * s)
    a, b, c = (one * one).sum(), (one * other).sum(), (other * other).sum()
    p, q = (one * rest).sum(), (other * rest).sum()
    det = a * c - b * b
    chord = float(np.hypot(*(last - first)))
    lengths = np.array([p * c - q * b, a * q - b * p]) / det if det > 1e-12 * a * c else np.zeros(2)
    if not (lengths > 1e-6 * chord).all():
        lengths = np.full(2, chord / 3)
    return np.stack([first, first + lengths[0] * start, last - lengths[1] * end, last])


def _curve(control: Points, at: Floats) -> tuple[Points, Floats, Floats]:
    """Points, first and second derivatives of a cubic Bezier curve."""
    t, s = at[:, np.newaxis], 1 - at[:, np.newaxis]
    p, q, r, e = control
    points = s * s * s * p + 3 * s * s * t * q + 3 * s * t * t * r + t * t * t * e
    slope = 3 * (s * s * (q - p) + 2 * s * t * (r - q) + t * t * (e - r))
    bend = 6 * (s * (r - 2 * q + p) + t * (e - 2 * r + q))
    return points, slope, bend
