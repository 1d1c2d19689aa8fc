"""What takes keys, text and clicks before the picture does: the form, and the overview of files.

Each function says what the session is afterwards, or None where the hand meant the picture, also
where the help hides them. Drags and the wheel move the picture beside the form, so that one can
still choose what is saved.
"""

from __future__ import annotations

from dataclasses import replace

from viewer.window.files.gallery import sheet_of
from viewer.window.files.sheet import Sheet
from viewer.window.hands.camera import Point
from viewer.window.hands.controls import Action
from viewer.window.insight.listing import rows_of
from viewer.window.saving.form_panel import pressed
from viewer.window.session import Session
from viewer.window.text.overlay import Hit
from viewer.window.text.panels import Place

REPEATED = {"Up", "Down", "Left", "Right", "Backspace", "PageUp", "PageDown"}
"""The keys that do what they do again while they are held."""


def keyed(session: Session, trigger: str) -> Session | None:
    """After a key, as the table of controls writes it. Function keys and those with Ctrl or Alt
    stay what they are."""
    if session.help:
        return None
    if not (session.form.open or session.gallery.open):
        if not session.listing.open:
            return None
        listing = session.listing.keyed(trigger, rows_of(session.size, session.scale))
        return None if listing is None else replace(session, listing=listing)
    if trigger == "Esc":
        return session.act(Action.CLOSE)
    if session.form.open:
        form = session.form.keyed(trigger)
        if form is not None:
            return replace(session, form=form)
        return None if _beyond(trigger) else session  # a letter comes as text, too
    gallery = session.gallery.keyed(trigger, _count(session), _sheet(session))
    return replace(session, gallery=gallery) if gallery is not None else None


def typed(session: Session, character: str) -> Session | None:
    """After text was typed. Enter is a key, and comes as text, too."""
    if session.help or not session.form.open:
        return None
    if not character.isprintable():
        return session
    return replace(session, form=session.form.typed(character))


def clicked(session: Session, at: Point, hit: Hit | None) -> Session | None:
    """After a press of the left button, in pixels; `hit` is the text there."""
    if session.help:
        return None
    if session.form.open:
        if hit is None or hit.panel.place is not Place.CENTRE:
            return None
        key, form = pressed(session.form, hit.panel, hit.line, hit.column)
        session = replace(session, form=form)
        return keyed(session, key) if key else session
    if session.gallery.open:
        sheet = _sheet(session)
        corner = sheet.middle(session.size)
        x, y = (a - b for a, b in zip(at, corner, strict=True))
        if not (0 <= x < sheet.size[0] and 0 <= y < sheet.size[1]):
            return None
        cell = sheet.cell_at(x, y)
        if cell is None:
            return session
        gallery = session.gallery.pressed(cell, _count(session), sheet)
        return replace(session, gallery=gallery)
    return None


def wheeled(session: Session, clicks: float, hit: Hit | None = None) -> Session | None:
    """After the wheel: it scrolls the overview, and the list where that is under the cursor, at
    `hit`."""
    if session.help:
        return None
    if hit is not None and hit.panel.place is Place.RIGHT:
        listing = session.listing.wheeled(clicks, rows_of(session.size, session.scale))
        return replace(session, listing=listing)
    if not session.gallery.open or session.form.open:
        return None
    gallery = session.gallery.wheeled(clicks, _count(session), _sheet(session))
    return replace(session, gallery=gallery)


def _beyond(trigger: str) -> bool:
    name = trigger.rpartition("+")[2]
    return "Ctrl+" in trigger or "Alt+" in trigger or (name[:1] == "F" and name[1:].isdecimal())


def _count(session: Session) -> int:
    return len(session.files.paths) if session.files else 0


def _sheet(session: Session) -> Sheet:
    return sheet_of(_count(session), session.size, session.scale)
