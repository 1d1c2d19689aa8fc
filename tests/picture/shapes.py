"""Programs and engines that the tests of pictures share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.program import parse
from viewer.view import Block, Grid

TEXT = b"""x var-x
y var-y
xx square x
yy square y
sum add xx yy
size const 0.5
shape sub sum size
"""
"""A disc's."""
DISC = parse(TEXT, "disc.vm")

WAVES = parse(
    b"""x var-x
y var-y
z var-z
nine const 9
xs mul x nine
ys mul y nine
a sin xs
b cos ys
d mul a b
e exp y
f sqrt x
g max d f
h sub g e
k sub h z
""",
    "waves.vm",
)


class Dots(ArrayEngine):
    """Inside is decided by a rule over the whole positions of samples; knows what it was asked."""

    def __init__(self, rule: Callable[[NDArray[Any], NDArray[Any]], NDArray[np.bool_]]) -> None:
        self._rule = rule
        self.asked: list[Block] = []

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        self.asked.append(block)
        i = np.arange(block.i, block.i + block.width)[np.newaxis, :]
        j = np.arange(block.j, block.j + block.height)[:, np.newaxis]
        return np.broadcast_to(self._rule(i, j), (block.height, block.width))


def speckles(i: NDArray[Any], j: NDArray[Any]) -> NDArray[np.bool_]:
    """A rule without any pattern, so that a sample out of place is seen."""
    result: NDArray[np.bool_] = (i * 7919 + j * 104729 + i * j * 31) % 5 < 2
    return result
