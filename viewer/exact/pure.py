"""Pictures of formulas over quadratics that are right at every pixel centre.

Squares of pixels are refined as tiles are, down to single pixels. There float64 values of what is
still open come with a bound on their error; a pixel for which the formula hangs on a value within
its bound is decided again, in whole numbers.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from viewer.exact.raster import SMALLEST, Centres, Numbers, Raster
from viewer.exact.verdict import Canvas, Verdict
from viewer.exact.wholes import Whole, about
from viewer.sign.layout import Layout
from viewer.sign.masks import Mask, centres, pack, set_bits, unpack
from viewer.sign.refine import Bounds, refine, settled
from viewer.sign.tiles import EPSILON, Tiles
from viewer.view import Block, Grid

MOST_PAIRS = 2**14
"""Open literals, over all tiles, that are worked on at once: their values stay in the cache."""


class _Batch(NamedTuple):
    """Tiles of so many pixels a side, at columns and rows of a raster."""

    tiles: Tiles
    column: Numbers
    row: Numbers
    pixels: int

    def cut(self) -> Iterator["_Batch"]:
        """In two, or as it is where it is small."""
        count = len(self.tiles)
        if count == 1 or len(self.tiles.literal) <= MOST_PAIRS:
            yield self
            return
        first = np.arange(count) < count // 2
        for chosen in (first, ~first):
            yield from _Batch(
                self.tiles.only(chosen), self.column[chosen], self.row[chosen], self.pixels
            ).cut()


class Pure:
    """Decides the pixels of a formula's pictures. All its literals must be quadratics.

    `between` is called between steps of the work; what it raises ends it.
    """

    def __init__(self, layout: Layout, between: Callable[[], None]) -> None:
        self._layout, self._between = layout, between
        made: dict[int, Whole] = {}  # literals share quadratics
        self._wholes = [
            made.setdefault(id(quadratic), Whole.of(quadratic))
            for quadratic in layout.quadratics
            if quadratic is not None
        ]

    def decide(self, grid: Grid, block: Block) -> Verdict:
        """Which pixels of a block are inside. None stays undecided."""
        raster = Raster.of(grid, block)
        canvas, again, at = Canvas(raster), 0, Centres.of(grid)
        batches = [self._root(raster)]
        *factors, _ = raster.factors()
        for k in factors:
            batches = [
                self._split(raster, part, k, canvas) for batch in batches for part in batch.cut()
            ]
        for batch in batches:
            for part in batch.cut():
                self._between()
                again += self._finish(raster, part, canvas, at)
        return Verdict(canvas.picture(), again)

    def _root(self, raster: Raster) -> _Batch:
        layout, zero = self._layout, np.zeros(1, np.int32)
        coefficients, error = about(self._wholes, raster.anchor())
        nodes = np.arange(len(layout.all), dtype=np.int32)
        tiles = Tiles(
            x=np.zeros(1),  # places in the model are for expressions, which there are none of
            y=np.zeros(1),
            half=1.0,
            pair_tile=np.zeros(layout.literals, np.int32),
            literal=np.arange(layout.literals, dtype=np.int32),
            coefficients=coefficients,
            error=error,
            node_tile=np.zeros(len(nodes), np.int32),
            node=nodes,
            edge_node=layout.edge_node,
            edge_operand=layout.edge_operand,
            root=np.array([layout.root], np.int32),
        )
        return _Batch(tiles, zero, zero, raster.side)

    def _split(self, raster: Raster, batch: _Batch, k: int, canvas: Canvas) -> _Batch:
        """The children that are open; those that are inside are drawn."""
        pixels = batch.pixels // k
        wanted = raster.wanted(batch.column, batch.row, k, pixels)
        found = refine(self._layout, batch.tiles, k, wanted)

        def places(tile: Numbers, child: Numbers) -> tuple[Numbers, Numbers]:
            return batch.column[tile] * k + child % k, batch.row[tile] * k + child // k

        canvas.fill(*places(*set_bits(found.inside)), pixels)
        return _Batch(found.children, *places(found.parent, found.child), pixels)

    def _finish(self, raster: Raster, batch: _Batch, canvas: Canvas, at: Centres) -> int:
        """Draws the pixels of the smallest tiles, and says how many were decided again."""
        wanted = raster.wanted(batch.column, batch.row, SMALLEST, 1)
        bounds = at_pixels(batch.tiles)
        known = settled(self._layout, batch.tiles, bounds)
        inside = known.below & wanted
        doubt = wanted & ~(known.below | known.above)
        chosen = doubt != 0
        if chosen.any():
            open_ = chosen[batch.tiles.pair_tile]
            part = batch._replace(
                tiles=batch.tiles.only(chosen), column=batch.column[chosen], row=batch.row[chosen]
            )
            found = Bounds(bounds.below[open_], bounds.above[open_])
            inside[chosen] |= self._again(raster, part, found, doubt[chosen], at) & doubt[chosen]
        canvas.draw(batch.column, batch.row, inside)
        return int(unpack(doubt).sum())

    def _again(
        self, raster: Raster, batch: _Batch, bounds: Bounds, doubt: Mask, at: Centres
    ) -> Mask:
        """Masks of the tiles' pixels that are inside, right at those in doubt."""
        tiles, (below, above) = batch.tiles, bounds
        pairs, bits = set_bits(doubt[tiles.pair_tile] & ~(below | above))
        owner = tiles.pair_tile[pairs]
        column = batch.column[owner] * SMALLEST + bits % SMALLEST
        row = batch.row[owner] * SMALLEST + bits // SMALLEST
        asked = zip(tiles.literal[pairs].tolist(), column.tolist(), row.tolist(), strict=True)
        true = np.array(
            [self._wholes[k].below(at.at(*raster.pixel(i, j))) for k, i, j in asked], np.bool_
        )
        bit = np.uint64(1) << bits.astype(np.uint64)
        np.bitwise_or.at(below, pairs[true], bit[true])
        return settled(self._layout, tiles, Bounds(below, ~below)).below


def at_pixels(tiles: Tiles) -> Bounds:
    """Masks over the 8 x 8 pixels of each tile: at which centres a quadratic surely is below
    zero, and at which it surely is not."""
    at = centres(SMALLEST)
    c, gu, gv, uu, uv, vv = [column[:, np.newaxis] for column in tiles.coefficients.T]
    values = ((gv + vv * at) * at)[:, :, np.newaxis] + (c + (gu + uu * at) * at)[:, np.newaxis, :]
    if uv.any():
        values += uv[:, :, np.newaxis] * (at[:, np.newaxis] * at)
    # The places are exact; ten roundings of terms no larger than these, and what the coefficients
    # are off by.
    size = np.abs(tiles.coefficients).sum(axis=1)
    pad = (tiles.error + 16 * EPSILON * size)[:, np.newaxis, np.newaxis]
    return Bounds(pack(values < -pad), pack(values > pad))
