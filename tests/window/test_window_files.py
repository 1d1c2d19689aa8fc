"""Files of the window on an X display: dropped, followed while they are saved, broken."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest

from tests.window.conftest import both
from tests.window.desktop import Viewer
from tests.window.disc import CENTRE, SIZE, disc, folded
from tests.window.saves import SAVES, Save
from tests.window.x11 import drop
from viewer.engines.blocks import Blocks
from viewer.picture.save import save
from viewer.program import parse
from viewer.view import Grid, View


@both
def test_a_dropped_program_is_opened(viewer: Viewer, display: str, tmp_path: Path) -> None:
    other = tmp_path / "größer & other.vm"
    other.write_bytes(disc(0, 0, 0.6))
    viewer.key("plus")
    left = View().zoomed(0.5, CENTRE, SIZE)
    viewer.wait_for_frame(view=str(left))
    for types in (1, 4):  # drags that offer one kind of data, and many
        since = len(viewer.events())
        drop(display, viewer.window, [other], types)
        viewer.wait_for_event("shape", path=str(other), since=since)
        viewer.key("Escape")  # the message with its name
        viewer.assert_shows(View(), SIZE, other.read_bytes())
        since = len(viewer.events())
        drop(display, viewer.window, [viewer.path], types)
        viewer.wait_for_event("shape", path=str(viewer.path), since=since)
        viewer.key("Escape")
        viewer.assert_shows(left, SIZE)


def test_a_dropped_picture_shows_where_it_is_of(
    viewer: Viewer, display: str, tmp_path: Path
) -> None:
    there, file = View.parse("-0.25,0.125@1e30"), tmp_path / "there.png"
    program = parse(viewer.path.read_bytes())
    with Blocks(program) as engine:
        save(file, program, Grid(there, 8, 8), engine=engine)
    drop(display, viewer.window, [file], 1)
    viewer.wait_for_frame(view=str(there))
    viewer.wait_for_panel("went to the view of there.png")


def test_dropped_nonsense_keeps_the_picture_and_the_file(
    viewer: Viewer, display: str, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.bin"
    noise.write_bytes(bytes(range(256)))
    empty = tmp_path / "empty"
    empty.mkdir()
    for nonsense in (noise, empty, tmp_path / "missing.vm"):
        since = len(viewer.events())
        drop(display, viewer.window, [nonsense], 1)
        viewer.wait_for_event("frame", problem=str(nonsense), since=since)
        viewer.key("Escape")
        viewer.assert_shows(View(), SIZE)
    viewer.path.write_bytes(disc(-0.25))
    viewer.wait_for_event("shape", since=since)
    viewer.assert_shows(View(), SIZE)


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_the_file_is_followed(viewer: Viewer, path: Path, save: Save) -> None:
    viewer.key("plus")
    view = View().zoomed(0.5, CENTRE, SIZE)
    viewer.wait_for_frame(view=str(view))
    for x in (-0.5, 0.375):
        since = len(viewer.events())
        save(path, disc(x))
        viewer.wait_for_event("shape", since=since)
        viewer.assert_shows(view, SIZE)


def test_an_error_lies_over_the_last_good_picture(viewer: Viewer, path: Path) -> None:
    good = path.read_bytes()
    path.write_bytes(good.replace(b"_8 add _6 _7", b"_8 ad _6 _7"))
    frame = viewer.wait_for(lambda e: e["event"] == "frame" and e["problem"])
    (page,) = frame["panels"]
    lines = page.splitlines()
    assert lines[0].startswith(f"{path}:10:4: unknown opcode 'ad', expected 'add'"[:60])
    assert lines[-2:] == ["_8 ad _6 _7", "   ^"]
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, good)
    since = len(viewer.events())
    path.write_bytes(disc(-0.25))
    viewer.wait_for_frame(problem="", since=since)
    viewer.assert_shows(View(), SIZE)


def test_what_is_odd_is_told_once(viewer: Viewer, path: Path) -> None:
    good, told = path.read_bytes(), "disc.vm:12: nothing reads this value\nodd neg _0"
    path.write_bytes(good.replace(b"_a sub", b"odd neg _0\n_a sub"))
    assert viewer.wait_for_panel(told)["panels"] == [told]
    viewer.key("Escape")
    viewer.wait_for_frame(panels=[], since=len(viewer.events()) - 1)
    since = len(viewer.events())
    path.write_bytes(b"# moved\n" + good.replace(b"_a sub", b"odd neg _0\n_a sub"))
    viewer.wait_for_event("shape", since=since)
    viewer.key("Tab")
    frame = viewer.wait_for_panel("warnings   line 13: nothing reads this value", since=since)
    assert len(frame["panels"]) == 1


def test_mending_back_to_what_is_shown_clears_the_error(viewer: Viewer, path: Path) -> None:
    good = path.read_bytes()
    path.write_bytes(b"_0 var-w\n")
    viewer.wait_for(lambda e: e["event"] == "frame" and e["problem"])
    since = len(viewer.events())
    path.write_bytes(good)
    viewer.wait_for_frame(problem="", panels=[], since=since)


def test_a_broken_file_opens_and_can_be_mended(display: str, path: Path) -> None:
    path.write_bytes(b"_0 var-x\n_1 neg\n")
    with Viewer(display, path) as viewer:
        viewer.wait_for_event("frame", problem=f"{path}:2:4: 'neg' takes")
        path.write_bytes(disc(0.1))
        viewer.wait_for_frame(problem="")
        viewer.assert_shows(View(), SIZE)


def test_a_view_and_a_slice_can_be_given(display: str, path: Path) -> None:
    path.write_bytes(disc().replace(b"_9 const 0.25", b"_9 var-z"))
    with Viewer(display, path, "--view", "-0.25,0.125@2", "--z", "0.5") as viewer:
        frame = viewer.wait_for_frame()
        assert frame["view"] == "-0.25,0.125@2"
        viewer.assert_shows(View.parse("-0.25,0.125@2"), SIZE, disc(0, 0, 0.5))
        viewer.key("period")
        half = Fraction(1, 2) + Fraction(1, 100)
        viewer.assert_shows(View.parse("-0.25,0.125@2"), SIZE, disc(0, 0, float(half)))


def test_a_large_program_is_made_while_the_old_picture_is_there(viewer: Viewer, path: Path) -> None:
    old, new = path.read_bytes(), folded(1000)
    since = len(viewer.events())
    path.write_bytes(new)
    viewer.wait_for_event("progress", since=since)
    viewer.key("Left")
    view = View().panned(min(SIZE) / 20, 0, SIZE)
    while_working = viewer.wait_for_event("frame", view=str(view), since=since)
    assert not while_working["complete"]
    viewer.wait_for_event("shape", since=since)
    viewer.assert_shows(view, SIZE, new)
    path.write_bytes(new + b"# given up\n")
    time.sleep(0.2)
    path.write_bytes(old)
    viewer.assert_shows(view, SIZE, old)
