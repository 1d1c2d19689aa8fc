"""Polygons: where all the lines that a tile's formula demands leave room.

What is below zero on one side of each of several lines is convex, and its corners are where two of
them cross: far quicker than splitting the square, and tight where two lines are all but parallel.
"""

from itertools import combinations

import numpy as np

from viewer.sign.layout import Layout
from viewer.sign.masks import Floats
from viewer.sign.parts import Flags, Indices
from viewer.sign.tiles import EPSILON, Tiles

MARGIN = 2.0**-32
"""By that part of half a box its sides keep off the lines that they stand for, on which a point is
outside: more than positions are rounded by, and far less than tests in float32 are."""
_SLACK = 256
"""A corner counts even if it is outside by so many times what values may be off by. Where two lines
are so nearly parallel that nobody can say where they cross, they run that close to each other, and
their crossings with the others count instead."""


def room(layout: Layout, tiles: Tiles) -> tuple[Floats, Flags, Flags]:
    """A box of each tile beyond which it is outside, float64 (tiles, 4): left, low, right, high;
    whether there is any; and whether nothing but lines is asked, and the box so as small as it
    can be. Lines along an axis are below zero all over it: see MARGIN."""
    demanded = _demanded(layout, tiles)
    lines = demanded & ~tiles.coefficients[:, 3:].any(axis=1)
    straight = lines & ~(tiles.coefficients[:, 1:3].all(axis=1))
    box = np.tile([-1.0, -1.0, 1.0, 1.0], (len(tiles), 1))
    _clip_lines(tiles, np.flatnonzero(straight), box)
    _clip_ellipses(tiles, np.flatnonzero(demanded & ~lines), box)
    some: Flags = np.asarray((box[:, :2] < box[:, 2:]).all(axis=1))
    slanted = np.flatnonzero(lines & ~straight)
    slanted = slanted[np.argsort(tiles.pair_tile[slanted], kind="stable")]
    count = np.bincount(tiles.pair_tile[slanted], minlength=len(tiles))
    first = np.cumsum(count) - count
    for m in np.unique(count[count > 0]).tolist():
        which = np.flatnonzero(some & (count == m))
        rows = slanted[first[which, np.newaxis] + np.arange(m)]
        cut, error = tiles.coefficients[rows, :3], tiles.error[rows]
        box[which], some[which] = _corners(cut, error, box[which])
    asked = np.bincount(tiles.pair_tile, minlength=len(tiles))
    return box, some, asked == np.bincount(tiles.pair_tile[lines], minlength=len(tiles))


def _demanded(layout: Layout, tiles: Tiles) -> Flags:
    """Which pairs have to be true for their tile to be: those under nothing but ands."""
    pairs = len(tiles.literal)
    demanded = np.zeros(pairs + len(tiles.node), bool)
    demanded[tiles.root] = True
    every, count = layout.all[tiles.node], 0
    while count < (count := int(demanded.sum())):
        down = (demanded[pairs:] & every)[tiles.edge_node]
        demanded[tiles.edge_operand[down]] = True
    return demanded[:pairs]


def _clip_lines(tiles: Tiles, pairs: Indices, box: Floats) -> None:
    """Makes boxes smaller, so that these lines along an axis are below zero in them, all but
    touching them."""
    c, *slopes = tiles.coefficients[pairs, :3].T
    tile = tiles.pair_tile[pairs]
    for axis, slope in enumerate(slopes):
        for rising in (True, False):
            rows = slope > 0 if rising else slope < 0
            at = -c[rows] / slope[rows]
            if rising:
                np.minimum.at(box[:, 2 + axis], tile[rows], at - MARGIN)
            else:
                np.maximum.at(box[:, axis], tile[rows], at + MARGIN)


def _clip_ellipses(tiles: Tiles, pairs: Indices, box: Floats) -> None:
    """Makes boxes smaller, down to those about the ellipses among these quadratics."""
    c, gu, gv, uu, uv, vv = tiles.coefficients[pairs].T
    det = 4 * uu * vv - uv * uv
    with np.errstate(all="ignore"):
        at = np.stack([uv * gv - 2 * vv * gu, uv * gu - 2 * uu * gv], axis=1) / det[:, np.newaxis]
        depth = -(c + (gu * at[:, 0] + gv * at[:, 1]) / 2)
    # Round enough and near enough for what is rounded to be less than `off`.
    fine = (uu > 0) & (det > uu * vv / 4) & (np.abs(at).max(axis=1) < 8)
    pairs, at, depth, det = pairs[fine], at[fine], depth[fine], det[fine]
    off = tiles.error[pairs] + MARGIN * np.abs(tiles.coefficients[pairs]).sum(axis=1)
    reach = np.maximum(depth + off, 0)[:, np.newaxis] * 4 / det[:, np.newaxis]
    half = np.sqrt(reach * np.stack([vv[fine], uu[fine]], axis=1))
    np.maximum.at(box[:, :2], tiles.pair_tile[pairs], at - half)
    np.minimum.at(box[:, 2:], tiles.pair_tile[pairs], at + half)


def _corners(lines: Floats, error: Floats, box: Floats) -> tuple[Floats, Flags]:
    """The boxes of polygons, each a box cut by the same number of lines; and which are not empty.
    lines: float64 (n, m, 3).   error: float64 (n, m), how far a line's value may be off."""
    n = len(lines)
    size = np.abs(lines).max(axis=2)
    size[size == 0] = 1
    lines = np.concatenate([lines / size[..., np.newaxis], _sides(box)], axis=1)
    off = 16 * EPSILON + np.concatenate([error / size, np.zeros((n, 4))], axis=1)
    slack = _SLACK * off.max(axis=1)
    low, high = np.full((n, 2), np.inf), np.full((n, 2), -np.inf)
    for i, j in combinations(range(lines.shape[1]), 2):
        (c, a, b), (f, d, e) = lines[:, i].T, lines[:, j].T
        with np.errstate(all="ignore"):  # parallel lines cross nowhere: NaN, which holds nothing
            det = a * e - b * d
            at = np.stack([b * f - c * e, c * d - a * f], axis=1) / det[:, np.newaxis]
            pad = 8 * (off[:, i] + off[:, j]) * (1 + np.abs(at).max(axis=1)) / np.abs(det)
            value = lines[..., 0] + (lines[..., 1:] * at[:, np.newaxis]).sum(axis=2)
            holds = (value <= (slack + 2 * pad)[:, np.newaxis]).all(axis=1) & (pad < 1)
        low[holds] = np.minimum(low[holds], at[holds] - pad[holds, np.newaxis])
        high[holds] = np.maximum(high[holds], at[holds] + pad[holds, np.newaxis])
    some: Flags = np.asarray((low <= high).all(axis=1))
    inner = np.hstack([np.maximum(low, box[:, :2]), np.minimum(high, box[:, 2:])])
    return np.where(some[:, np.newaxis], inner, box), some


def _sides(box: Floats) -> Floats:
    """Those of boxes as lines c, u, v: float64 (n, 4, 3)."""
    sides = np.zeros((len(box), 4, 3))
    sides[:, :, 0] = np.hstack([box[:, :2], -box[:, 2:]])
    sides[:, [0, 2], 1] = sides[:, [1, 3], 2] = -1, 1
    return sides
