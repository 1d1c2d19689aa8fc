"""The steps of a field's bands and lines in the frames of a film, so that none jumps.

A picture by itself has a round step that suits its view. In a film of such pictures all lines would
change places at once, wherever the round number changes. Here lines stay at round values, so that
they move as the shape does, and what is next to the step that suits is mixed: while the view gets
deeper, finer lines fade in, and those that are no longer wanted fade out. What suits a view also
changes by chance, with what comes into sight; so the mean over a second and more counts.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache

from viewer.picture.modes import round_steps
from viewer.view import log2

Steps = tuple[tuple[Decimal, float], ...]
"""As `Look.steps`."""
SECOND = 4
"""How often in a second it is looked what suits."""


def steps_of(
    usual: Callable[[int], Fraction | None], frames: int, rate: int, *, lines: bool
) -> Callable[[int], Steps]:
    """What tells the steps of a frame (from 0), of so many, `rate` in a second.

    `usual` is the step that suits a frame by itself, before it is made a round number, None where
    nothing does; it is asked of few frames. Without `lines` the step itself is shown, not made
    round.
    """
    every = max(1, rate // SECOND)
    looked_at = cache(lambda key: usual(min(key * every, frames - 1)))

    def wanted(frame: int) -> Decimal | None:
        """The mean of the frames around, the nearer ones count more."""
        total, weights = 0.0, 0.0
        for key in range(max(0, (frame - rate) // every), (frame + rate) // every + 2):
            weight = 1 - abs(key * every - frame) / (rate + 1)
            step = looked_at(key) if weight > 0 and (key - 1) * every < frames - 1 else None
            if step is not None:
                total += weight * log2(step)
                weights += weight
        return Decimal(2) ** Decimal(total / weights) if weights else None

    def steps(frame: int) -> Steps:
        step = wanted(frame)
        if step is None:
            return ((Decimal(1), 1.0),)
        return mixed(step) if lines else ((step, 1.0),)

    return steps


def mixed(wanted: Decimal) -> Steps:
    """The round steps next to one, and how much each counts: it alone where it is round itself."""
    low, high = round_steps(Fraction(wanted))
    part = float((high / wanted).ln() / (high / low).ln())
    part = min(1.0, max(0.0, part))
    part *= part * (3 - 2 * part)  # mostly one of them
    return ((high, 1 - part), (low, part)) if part else ((high, 1.0),)
