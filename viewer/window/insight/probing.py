"""What the probe says of a point, as rows of a table."""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from viewer.errors import ViewerError
from viewer.program import Program, parse
from viewer.program.number import places, tens
from viewer.view import Grid, log2
from viewer.window.insight.decides import Decision, decide, source_lines
from viewer.window.text.axes import decade, middle_out, number_text
from viewer.window.text.panels import Row, Tone

_DIGITS = Context(prec=20, Emax=MAX_EMAX, Emin=MIN_EMIN)
_FEW = Context(prec=6, Emax=MAX_EMAX, Emin=MIN_EMIN)
LONGEST = 600
"""Characters of a coordinate: of a longer one both ends are shown, and Ctrl+C has all of it."""
_FINER = 64
"""Binary places of a pixel to which distances are told."""
LINES = 6
"""Lines of the file that are shown at most."""
MANY = 10**6
"""Pixels of a distance that has no tenths, and an exponent where it is much larger."""

Place = tuple[Fraction, Fraction]


class Finding(NamedTuple):
    """A decision, the place that it is about, the number of the line that decides, and what the
    deciding lines of the file say, that one first."""

    place: Place
    decision: Decision
    line: int
    lines: tuple[tuple[int, str], ...]
    all_lines: int


def probe(program: Program, data: bytes, place: Place, grid: Grid) -> Finding:
    """Looks at a place of a picture. `program` is that of the text `data`, line by line."""
    found = decide(program, (*place, grid.z), 2 * grid.half)
    lines = source_lines(program, found.own, data)
    number = program.instrs[found.literal].line
    return Finding(place, found, number, tuple(reversed(lines)), len(found.lines))


def read(data: bytes, name: str) -> Program | None:
    """The program of a text; None where it is broken."""
    try:
        return parse(data, name)
    except ViewerError:
        return None


def rows(place: Place, finding: Finding | None, pixel: Fraction, pinned: bool) -> list[Row]:
    """What is known of a place by now; `pixel` is how wide one is, in model units."""
    digits = max(0, -decade(pixel))
    found = [
        Row(name, middle_out(number_text(tens(at, digits), -digits), LONGEST))
        for name, at in zip("xy", place, strict=True)
    ]
    if pinned:
        found[0] = found[0]._replace(name="pinned x")
    if finding is None:
        return [*found, Row("value", "…", Tone.QUIET)]
    table = [*found, *_found(finding)]
    # Until the new place is known the old one's findings stay, in grey: nothing jumps.
    return table if finding.place == place else [row._replace(tone=Tone.QUIET) for row in table]


def ruler(start: Place, end: Place, pixel: Fraction) -> Row:
    """How far one place is from another, in model units and in pixels."""
    bits = max(0, math.ceil(-log2(pixel))) + _FINER
    a, b = ([places(at, bits) for at in place] for place in (start, end))
    dx, dy = (_decimal(there - here, bits) for here, there in zip(a, b, strict=True))
    square = _DIGITS.add(_DIGITS.multiply(dx, dx), _DIGITS.multiply(dy, dy))
    length = _DIGITS.sqrt(square)
    pixels = _DIGITS.divide(length, _decimal(places(pixel, bits), bits))
    many = f"{pixels:.1f}" if pixels < MANY else _short(pixels)
    return Row("to cursor", f"{_short(length)}: ({_short(dx)}, {_short(dy)}), {many} pixels")


def _decimal(units: int, bits: int) -> Decimal:
    """So many units of a binary place, to the context's digits."""
    return _DIGITS.divide(Decimal(units), _DIGITS.power(Decimal(2), bits))


def _short(value: Decimal) -> str:
    return f"{_FEW.plus(value).normalize(_FEW):g}"


def _found(finding: Finding) -> list[Row]:
    decision = finding.decision
    side = "inside" if decision.inside else "outside"
    value = f"{decision.value}, {side}" if decision.value else "not a number: outside"
    found = [Row("value", value, Tone.PLAIN if decision.value else Tone.BAD)]
    if decision.gradient is not None:
        x, y = decision.gradient
        found.append(Row("gradient", f"{math.hypot(x, y):.6g}: ({x:.6g}, {y:.6g})"))
    if decision.distance is not None:
        found.append(Row("edge", f"{decision.distance:.4g} pixels away"))
    shown = finding.lines[:LINES]
    for n, (number, text) in enumerate(shown):
        found.append(Row("" if n else "decided by", f"{number}: {text}", Tone.KEY))
    more = finding.all_lines - len(shown)
    if more > 0:
        found.append(Row("", f"and {more:,} more", Tone.QUIET))
    return found
