"""Laws of the list of what matters in the view."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.window.test_decides import PAGE
from viewer.program import parse
from viewer.view import Grid, View
from viewer.window import dialogs
from viewer.window.errands import Errands
from viewer.window.hands.controls import Action
from viewer.window.insight.listing import (
    CLOSED,
    NARROWEST,
    Found,
    Listing,
    listing_panel,
    rows_of,
    width_of,
)
from viewer.window.insight.matters import LARGEST, Matters, found_in
from viewer.window.session import Session
from viewer.window.text.hud import Facts, panels
from viewer.window.text.overlay import Hit, Room, Typesetter
from viewer.window.text.panels import Panel, Place, Tone

FACTS = Facts(1.0, "tiles", "a driver of many words " * 9, None, None)


def found(count: int, step: int = 1, key: object = "") -> Found:
    lines = tuple((1 + step * n, f"_{n:x} neg _0") for n in range(count))
    return Found(key, count, 3 * count, lines)


lists = st.builds(
    lambda count, step, top: replace(CLOSED, open=True, found=found(count, step), top=top % count),
    st.integers(1, 60),
    st.integers(1, 4),
    st.integers(0, 99),
)
rows = st.integers(1, 30)


class Shown:
    """What a compiler has made, as far as it matters here."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.shape = type("Shape", (), {"path": Path("disc.vm")})


def test_the_list_as_a_page() -> None:
    listing = Listing(True, 1, Found("", 5, 1234, tuple(enumerate("abcde", 98))), True)
    assert listing_panel(listing.marked(frozenset({100}), 3), 80, 3).text().split("\n") == [
        f"{line:<32}"
        for line in (
            "5 of 1,234 operations",
            "matter here: 2 to 4",
            "   99  b",
            "› 100  c",
            "  101  d",
        )
    ]
    assert listing_panel(replace(CLOSED, open=True), 20, 3).text() == "what matters here: …"


@given(lists, st.integers(-80, 80), rows)
def test_scrolling_stops_at_the_ends_and_comes_back(listing: Listing, by: int, room: int) -> None:
    there = listing.scrolled(by, room)
    count = len(listing.found.lines) if listing.found else 0
    assert 0 <= there.top <= max(0, count - room)
    assert there.scrolled(-by, room).scrolled(by, room).top in range(count)
    for clicks in (0.1, 1.0, -0.1, -1.0):
        moved = there.wheeled(clicks, room).top - there.top
        assert moved == 0 or (moved < 0) == (clicks > 0)
    assert listing.scrolled(-(10**6), room).top == 0


@given(lists, rows)
def test_pages_show_every_line(listing: Listing, room: int) -> None:
    assert listing.found is not None
    at, seen = listing.scrolled(-(10**6), room), set[int]()
    for _ in listing.found.lines:
        seen.update(range(at.top, at.top + room))
        at = at.keyed("PageDown", room) or at
    assert seen.issuperset(range(len(listing.found.lines)))
    assert at.keyed("Down", room) is None


@given(lists, lists, rows)
def test_another_view_leaves_the_line_at_the_top_there(
    listing: Listing, other: Listing, room: int
) -> None:
    assert listing.found is not None and other.found is not None
    number = listing.found.lines[listing.top][0]
    there = listing.known(other.found)
    after = [line for line, _ in other.found.lines[there.top :]]
    assert all(line >= number for line in after)
    assert len(after) == sum(1 for line, _ in other.found.lines if line >= number)
    listing_panel(there, 80, room)


@given(lists, rows, st.sets(st.integers(0, 59), max_size=4), st.booleans())
def test_the_first_marked_line_comes_in_sight(
    listing: Listing, room: int, picked: set[int], more: bool
) -> None:
    assert listing.found is not None
    lines = listing.found.lines
    listed = sorted({n % len(lines) for n in picked})
    marks = {lines[n][0] for n in listed} | ({10**6} if more else set())  # that is not here
    there = listing.marked(frozenset(marks), room)
    if listed:
        assert there.top <= listed[0] < there.top + room
    panel = listing_panel(there, 80, room)
    coloured = [line for line in panel.lines if line[0].tone is Tone.KEY]
    assert len(coloured) >= bool(listed)


@given(lists, st.integers(8, 300), rows, st.booleans())
def test_the_panel_keeps_its_size(listing: Listing, columns: int, room: int, fresh: bool) -> None:
    panel = listing_panel(replace(listing, fresh=fresh), columns, room)
    assert {sum(len(span.text) for span in line) for line in panel.lines} == {width_of(columns)}
    assert width_of(columns) >= min(columns, NARROWEST)
    assert listing.found is not None
    assert len(panel.lines) == 2 + min(room, len(listing.found.lines))


@given(st.tuples(st.integers(300, 4000), st.integers(200, 2400)), st.sampled_from([1.0, 1.5, 2.0]))
def test_it_overlaps_nothing(size: tuple[int, int], scale: float) -> None:
    session = Session(size=size, scale=scale, hud=True, message="saved a picture")
    session = replace(session, listing=replace(CLOSED, open=True, found=found(500), fresh=True))
    typesetter, room = Typesetter(), Room.of(size, scale)
    columns, lines = typesetter.columns(room), typesetter.lines(room)
    placed = typesetter.place(panels(session, FACTS, columns, lines), room)
    boxes = [(*at, at[0] + image.shape[1], at[1] + image.shape[0]) for image, at in placed]
    assert len(boxes) == 3
    for n, (left, top, right, bottom) in enumerate(boxes):
        for x, y, to_x, to_y in boxes[n + 1 :]:
            assert right <= x or to_x <= left or bottom <= y or to_y <= top


def test_hands_reach_it_only_where_it_is() -> None:
    session = Session(size=(800, 600)).act(Action.LIST)
    session = replace(session, listing=replace(session.listing, found=found(500)))
    room = rows_of((800, 600), 1.0)
    paged = dialogs.keyed(session, "PageDown")
    assert paged is not None and paged.listing.top == room - 1
    over = Hit(Panel(Place.RIGHT, ()), 0, 0)
    scrolled = dialogs.wheeled(session, -2, over)
    assert scrolled is not None and scrolled.listing.top == 6
    for away in (None, Hit(Panel(Place.TOP, ()), 0, 0)):
        assert dialogs.wheeled(session, -2, away) is None
    assert dialogs.keyed(session, "Left") is None
    assert dialogs.keyed(session.act(Action.HELP), "PageDown") is None
    assert not session.act(Action.CLOSE).listing.open
    assert dialogs.keyed(session.act(Action.LIST), "PageDown") is None


def test_what_is_found_are_the_lines_of_the_file() -> None:
    grid = Grid(View.parse("3,-0.1@20"), 40, 30)
    assert found_in(PAGE, "p", grid, "here") == Found("here", 1, 14, ((3, "y var-y"),))
    everything = found_in(PAGE, "p", Grid(View(base=Fraction(1, 4)), 40, 30), "")
    assert everything.kept == everything.operations == len(everything.lines) == len(parse(PAGE))
    large = b"x var-x\n" + b"".join(b"x%d neg x\n" % n for n in range(LARGEST))
    assert found_in(large, "p", grid, "").problem == "no list of more than 50,000 operations"


def test_it_follows_the_view_once_that_rests() -> None:
    class Compiler:
        shown, version = Shown(PAGE), 1

    errands, compiler = Errands(), Compiler()
    desk: Any = Matters(compiler, errands)  # type: ignore[arg-type]

    def settled(session: Session, now: float) -> Session:
        session = desk.due(desk.due(session, now), now + 1.0)
        while errands.busy:
            errands.collect()
        return desk.due(session, now + 1.0)  # type: ignore[no-any-return]

    try:
        session = Session(size=(40, 30), view=View.parse("3,-0.1@20"))
        assert desk.due(session, 0.0) is session and not errands.busy
        session = desk.due(session.act(Action.LIST), 1.0)
        assert not errands.busy  # it may still move on
        session = settled(session, 2.0)
        assert session.listing.found is not None and session.listing.fresh
        assert session.listing.found.lines == ((3, "y var-y"),)
        session = desk.due(replace(session, view=View()), 4.0)
        assert not session.listing.fresh and session.listing.found is not None
        session = settled(session, 5.0)
        assert session.listing.fresh and session.listing.found is not None
        assert session.listing.found.kept > 1
        assert desk.due(session, 9.0) is session  # and nothing is done again
        assert not errands.busy
    finally:
        errands.close()
