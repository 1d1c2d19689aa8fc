"""What lies over the picture as text, by what the session says and what is known of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from viewer.errors import ParseError
from viewer.gpu.accuracy import Accuracy
from viewer.sign.survey import Survey
from viewer.view import View
from viewer.window.files.gallery import sheet_of
from viewer.window.hands.heights import as_text
from viewer.window.insight.listing import HEAD, Found, Listing, listing_panel, rows_of, width_of
from viewer.window.insight.warned import warnings_panel, warnings_row
from viewer.window.saving.form_panel import form_panel
from viewer.window.session import Session
from viewer.window.show.exactly import Exactness
from viewer.window.text.axes import ZEROS, middle_out, number_text
from viewer.window.text.legend import legend_panel
from viewer.window.text.lookpanel import looked, looks_panel
from viewer.window.text.panels import (
    Panel,
    Row,
    Tone,
    help_panel,
    message_panel,
    problem_panel,
    table_panel,
)

GAP = 4
"""Characters between the list and other panels."""
SPARE = 3
"""Lines that are kept free for a message of one."""
DIGITS = (24, 16)
"""Characters shown of the two ends of a coordinate that is too long to be read."""


TO_COME, NOTHING = "…", "–"
"""What is not known yet, or not there, has its line all the same: nothing jumps."""


UNLISTED = Listing(open=True, found=Found(None, 0, 0, (), "nothing is shown"))


class Facts(NamedTuple):
    """What only the drawing side knows; for the HUD. `value` is that under the cursor, `accuracy`
    that of a picture that is whole. `survey` is how it is drawn, where that is shown;
    `samples` are those of a pixel, once the view rests, and `exactness` what was in doubt then;
    `probed` is what the probe says; `step` that of lines or bands; `waiting` what is waited for;
    `comparable` whether there is a program before this one; `told` whether value and accuracy are
    known sooner or later."""

    milliseconds: float
    engine: str
    driver: str
    value: Decimal | None
    accuracy: Accuracy | None
    survey: Survey | None = None
    samples: int = 1
    exactness: Exactness | None = None
    probed: tuple[Row, ...] = ()
    step: Decimal | None = None
    waiting: str = ""
    comparable: bool = False
    told: bool = False


def panels(session: Session, facts: Facts, columns: int, lines: int = 40) -> tuple[Panel, ...]:
    """What lies over the picture, where so much text has room. The help, the form and the overview
    of files, and the shelf of marked places, hide the HUD and the legend, so that nothing
    overlaps; the overview says itself which files are broken."""
    panels: list[Panel] = []
    status = session.status or facts.waiting
    words = status, session.saving, session.message, _overview(session)
    told = "\n".join(filter(None, words))
    if session.help:
        quiet = not told and (session.problem is None or session.problem_hidden)
        panels.append(help_panel(session.controls, columns, lines + (SPARE if quiet else 0)))
    elif session.form.open:
        panels.append(form_panel(session.form, session.size, columns))
    elif not session.gallery.open:
        if session.listing.open:
            room = min(rows_of(session.size, session.scale), lines - HEAD)
            listing = session.listing if session.shape else UNLISTED
            panels.append(listing_panel(listing, columns, max(1, room)))
            columns -= width_of(columns) + GAP
        hud = session.hud and not session.tools.shelf
        for rows in (_rows(session, facts) if hud else (), facts.probed):
            if rows:
                panels.append(table_panel([*rows], columns))
        if session.tiles and session.shape and not session.tools.shelf:
            panels.append(legend_panel(facts.survey, columns))
        if found := looks_panel(session.looks, facts.step, comparable=facts.comparable):
            panels.append(found)
    told_there = session.gallery.open and isinstance(session.problem, ParseError)
    if session.problem and not (session.problem_hidden or told_there):
        panels.append(problem_panel(session.problem, columns, brief=session.help))
    elif session.warnings.shown and session.shape and not (session.gallery.open or session.help):
        panels.append(warnings_panel(session.warnings, session.shape.path, columns))
    if told:
        panels.append(message_panel(told, columns))
    return tuple(panels)


def _overview(session: Session) -> str:
    """What of the overview is in sight."""
    if not session.gallery.open or session.files is None:
        return ""
    count = len(session.files.paths)
    sheet = sheet_of(count, session.size, session.scale)
    first = session.gallery.top * sheet.across + 1
    last = min(count, first - 1 + sheet.across * sheet.down)
    part = f"{first:,} to {last:,} of {count:,}" if last - first + 1 < count else f"{count:,}"
    files = "file" if count == 1 else "files"
    return f"{part} {files}: arrows and Enter, or a click, Esc closes"


def _rows(session: Session, facts: Facts) -> list[Row]:
    rows = []
    if session.shape or session.files:
        rows.append(Row("file", _file(session)))
    if session.shape:
        count = f"{session.shape.operations:,} operations, {session.shape.optimised:,} to draw"
        rows.append(Row("program", count))
    if warned := warnings_row(session.warnings):
        rows.append(warned)
    rows.append(Row("centre", _coordinates(session.view)))
    rows.append(Row("zoom", f"{Decimal(session.view.zoom_text()):.6g}"))
    if session.shape and session.shape.uses_z:
        rows.append(Row("z", _elided(as_text(session.z, session.view.zoom))))
    rows.append(Row("cursor", _under_cursor(session), Tone.PLAIN if session.place else Tone.QUIET))
    rows.append(Row("mode", looked(session.looks, facts.step)))
    if facts.value is not None:
        rows.append(Row("value", _valued(facts.value)))
    elif facts.told:
        rows.append(Row("value", TO_COME if session.place else NOTHING, Tone.QUIET))
    rows += _drawn(session, facts)
    rows.append(Row("driver", facts.driver))
    if accuracy := facts.accuracy:
        tone = Tone.PLAIN if accuracy.good else Tone.BAD
        rows.append(Row("precision", str(accuracy), tone))
    elif facts.told:
        rows.append(Row("precision", TO_COME, Tone.QUIET))
    return rows


def _drawn(session: Session, facts: Facts) -> Iterator[Row]:
    """How the picture is drawn."""
    if not facts.engine:
        return
    yield Row("drawn in", f"{facts.milliseconds:.1f} ms, {session.size[0]} x {session.size[1]}")
    mode, exactness = session.look.mode, facts.exactness
    if session.smooth and mode != "fill":
        yield Row("samples", f"1 a pixel in mode {mode}")
    elif session.smooth and facts.samples == 1:
        yield Row("samples", "1 a pixel until the shaders are compiled", Tone.BAD)
    elif session.smooth:
        yield Row("samples", f"{facts.samples} a pixel, once the view rests")
    if session.exact and mode != "fill":
        yield Row("exact", f"not in mode {mode}")
    elif session.exact and exactness:
        tone = Tone.BAD if exactness.tally.undecided else Tone.PLAIN
        yield Row("exact", str(exactness), tone)
    elif session.exact:
        yield Row("exact", TO_COME, Tone.QUIET)
    yield Row("engine", facts.engine)


def _valued(value: Decimal) -> str:
    if value.is_nan():
        return "not a number, outside: red"
    return f"{value:.9g}, {'inside' if value < 0 else 'outside'}"


def _under_cursor(session: Session) -> str:
    if session.place is None:
        return "outside the window"
    x, y = session.place
    return _coordinates(replace(session.view, x=x, y=y))


def _file(session: Session) -> str:
    """The file that is shown, or else open, and which it is of several."""
    files, shape = session.files, session.shape
    path = shape.path if shape else files.current if files else ""
    position = files.position if files and files.current == path else ""
    return ", ".join(filter(None, (str(path), position)))


def _coordinates(view: View) -> str:
    """The first digits, which say where, and the last, which change with a pixel."""
    return ", ".join(map(_elided, str(view).partition("@")[0].split(",")))


def _elided(number: str) -> str:
    sign, digits, exponent = Decimal(number).as_tuple()
    if isinstance(exponent, int) and Decimal(number).adjusted() < -ZEROS:
        whole = int("".join(map(str, digits)))
        return middle_out(number_text(-whole if sign else whole, exponent), sum(DIGITS))
    first, last = DIGITS
    return number if len(number) <= sum(DIGITS) + 1 else f"{number[:first]}…{number[-last:]}"
