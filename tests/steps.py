"""How much work Python code does, counted in lines: the same number on every machine."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any
from unittest.mock import patch


def lines_run(work: Callable[[], object]) -> int:
    """How many lines are run, each turn of a loop being one at least. What one line hands to C
    counts as that line only."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


LONG = 2**12
"""Bits of a number that takes Python long to divide."""


def divisors_sought(work: Callable[[], object]) -> int:
    """How often a common divisor of two long numbers is looked for: the most part of what sums and
    products of fractions cost that have as many digits as a deep view."""
    count, known = 0, math.gcd

    def gcd(*numbers: int) -> int:
        nonlocal count
        count += min(map(int.bit_length, numbers), default=0) > LONG
        return known(*numbers)

    with patch.object(math, "gcd", gcd):
        work()
    return count
