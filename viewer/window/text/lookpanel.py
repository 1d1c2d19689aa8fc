"""What is said of the picture's mode: in a line, and where colours need it by a legend."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from viewer.picture.look import NEUTRAL
from viewer.picture.modes import FIFTH, ramp
from viewer.picture.palettes import luminance
from viewer.window.show.looks import Looks, contrast_of, palette_name
from viewer.window.text.axes import number_text
from viewer.window.text.panels import Line, Panel, Place, Span, Tone

DECADES = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""What the ramp's legend has numbers for, in powers of ten of what is usual."""
DARKEST = 0.02
"""How bright a colour is at least that is seen on a panel."""


def looked(looks: Looks, step: Decimal | None) -> str:
    """The mode and the colours, in a line."""
    found = looks.mode
    if step is not None and found == "distance":
        found += f", bands of {text_of(step)}"
    elif step is not None and found == "iso":
        found += f", lines every {text_of(step)}, strong ones every {text_of(FIFTH * step)}"
    return f"{found}; {palette_name(looks.seen)}"


def looks_panel(looks: Looks, step: Decimal | None, *, comparable: bool) -> Panel | None:
    """The legend of a mode that needs one."""
    if looks.mode == "difference":
        return _difference(looks, comparable=comparable)
    if looks.mode == "gradient" and step is not None:
        return _ramp(looks, step)
    if looks.wipe and not comparable:
        return Panel(Place.TOP, ((Span("nothing to wipe to: the file has not changed"),),))
    return None


def text_of(number: Decimal) -> str:
    """A number of few digits."""
    sign, digits, exponent = number.normalize().as_tuple()
    assert isinstance(exponent, int)
    whole = int("".join(map(str, digits)))
    return number_text(-whole if sign else whole, exponent)


def _ramp(looks: Looks, step: Decimal) -> Panel:
    colours = ramp(np.linspace(0, 1, len(DECADES)), looks.look.palette or NEUTRAL)
    lines: list[Line] = [(Span("change of the value per unit", Tone.QUIET),)]
    signs = ("≤", *("",) * (len(DECADES) - 2), "≥")
    for colour, power, sign in zip(colours, DECADES, signs, strict=True):
        red, green, blue = (round(float(part)) for part in colour)
        size = f"{step * Decimal(10) ** Decimal(power):.2g}"
        words = Span(f"{sign:1} {text_of(Decimal(size))}")
        lines.append((_square((red, green, blue)), words))
    return Panel(Place.TOP, tuple(lines))


def _difference(looks: Looks, *, comparable: bool) -> Panel:
    if not comparable:
        return Panel(Place.TOP, ((Span("no difference: the file has not changed"),),))
    contrast = contrast_of(looks.look.palette)
    rows = (
        ("only before the change", contrast.gone),
        ("only since the change", contrast.come),
        ("before and since", contrast.both),
    )
    return Panel(Place.TOP, tuple((_square(ink), Span(text)) for text, ink in rows))


def _square(ink: tuple[int, int, int]) -> Span:
    """A colour of a legend: of what would not be seen on the panel the outline."""
    seen = luminance((*ink, 255)) > DARKEST
    return Span("■ ", colour=ink) if seen else Span("□ ", Tone.QUIET)
