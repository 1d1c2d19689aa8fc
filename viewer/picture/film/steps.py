"""The steps of a field's bands and lines in the frames of a film, so that none jumps.

A picture by itself has a round step that suits its view. In a film of such pictures all lines would
change places at once, wherever the round number changes. Here lines stay at round values, so that
they move as the shape does, and what is next to the step that suits is mixed: while the view gets
deeper, finer lines fade in, and those that are no longer wanted fade out. What suits a view also
changes by chance, with what comes into sight; so a line through what a second and more has counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

from viewer.picture.modes import round_steps
from viewer.view import log2

Steps = tuple[tuple[Decimal, float], ...]
"""As `Look.steps`."""
SECOND = 4
"""How often in a second it is looked what suits."""
_ROUNDED = Decimal(10) ** (Decimal(1) / 6)
"""How much larger a step is, on average, when it is made a round one as a picture's is."""


def steps_of(
    usual: Callable[[int], Fraction | None],
    scale: Callable[[int], Fraction],
    frames: int,
    rate: int,
    *,
    lines: bool,
) -> Callable[[int], Steps]:
    """What tells the steps of a frame (from 0), of so many, `rate` in a second.

    `usual` is the step that suits a frame by itself, before it is made a round number, None where
    nothing does; it is asked of few frames. It is `scale` but for what comes into sight by chance,
    however fast that changes. Without `lines` the step itself is shown, not made round.
    """
    every = max(1, rate // SECOND)
    looked_at = cache(usual)

    def wanted(frame: int) -> Decimal | None:
        """What the frames around have on a line through them, the nearer ones count more: that does
        not lag behind the zoom, where there are none before or after either."""
        found = []
        for key in range(max(0, (frame - rate) // every), (frame + rate) // every + 2):
            at = min(key * every, frames - 1)
            weight = 1 - abs(at - frame) / (rate + 1)
            step = looked_at(at) if weight > 0 and (key - 1) * every < frames - 1 else None
            if step is not None:
                found.append((weight, at - frame, log2(step / scale(at))))
        if not found:
            return None
        return _ROUNDED * Decimal(2) ** Decimal(_fitted(found) + log2(scale(frame)))

    def steps(frame: int) -> Steps:
        step = wanted(frame)
        if step is None:
            return ((Decimal(1), 1.0),)
        return mixed(step) if lines else ((step, 1.0),)

    return steps


def _fitted(points: Sequence[tuple[float, int, float]]) -> float:
    """The value at 0 of the line that is nearest to some (weight, place, value)."""
    total = sum(weight for weight, _, _ in points)
    place = sum(weight * x for weight, x, _ in points) / total
    value = sum(weight * y for weight, _, y in points) / total
    spread = sum(weight * (x - place) ** 2 for weight, x, _ in points)
    if spread < 1e-6 * total:  # one place
        return value
    return value - place * sum(weight * (x - place) * y for weight, x, y in points) / spread


def mixed(wanted: Decimal) -> Steps:
    """The round steps next to one, and how much each counts: it alone where it is round itself."""
    low, high = round_steps(Fraction(wanted))
    part = min(1.0, max(0.0, float((high / wanted).ln() / (high / low).ln())))
    part *= part * (3 - 2 * part)  # mostly one of them
    return tuple((step, share) for step, share in ((high, 1 - part), (low, part)) if share)
