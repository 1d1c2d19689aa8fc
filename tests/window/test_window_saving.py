"""Saving by the form, on an X display: by keys, by the mouse, in the background, given up."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.window.conftest import both
from tests.window.desktop import PATIENCE, Viewer
from tests.window.disc import SIZE
from viewer.picture.provenance import read
from viewer.view import View
from viewer.window.saving.form import FIELDS, Form
from viewer.window.saving.form_panel import FIRST, LEFT, NAME, VALUE, form_panel
from viewer.window.text.overlay import Room, Typesetter, em_of, leading_of
from viewer.window.text.panels import Panel

LONG = ("S", "2", "0", "0", "0", "0", "Down", "Left", "Down", "Right", "Return")
"""A picture that takes minutes: 20,000 pixels a side, 64 samples each, in colours."""
FORM = "save the view as a picture"


def panel_of(form: Form) -> Panel:
    return form_panel(form, SIZE, Typesetter().columns(Room.of(SIZE, 1.0)))


def place_of(form: Form, line: int, column: int) -> tuple[int, int]:
    """The pixel of a character of the form, with nothing beside it on the screen."""
    typesetter, panel = Typesetter(), panel_of(form)
    (placed,) = typesetter.place((panel,), Room.of(SIZE, 1.0))
    em = em_of(SIZE, 1.0)
    padding = (placed.image.shape[0] - len(panel.lines) * leading_of(em)) / 2
    x = placed.at[0] + padding + (column + 0.5) * typesetter.font(em).getlength("0")
    return round(x), round(placed.at[1] + padding + (line + 0.5) * leading_of(em))


def click(viewer: Viewer, form: Form, line: int, column: int) -> None:
    x, y = place_of(form, line, column)
    viewer.xdotool("mousemove", x, y, "click", 1)


def left(folder: Path) -> set[str]:
    """The pictures in a folder, and what is hidden there."""
    return {path.name for path in folder.iterdir() if path.suffix != ".vm" and path.is_file()}


@both
def test_the_form_by_keys_is_what_render_is_told(viewer: Viewer, path: Path) -> None:
    viewer.key("S")
    viewer.wait_for_panel(FORM)
    # The picture beside it is still moved by the mouse.
    viewer.move_to(100, 100)
    viewer.xdotool("mousedown", 1, "mousemove", 150, 80, "mousemove", 201, -1 + 80, "mouseup", 1)
    view = View().panned(101, -21, SIZE)
    viewer.wait_for_frame(view=str(view))
    viewer.key("3", "0", "0", "x", "2", "0", "0", "Down", "Right", "Down", "Right", "Down")
    viewer.key("s", "Up", "Up", "Up", "Up", "q", "Left", "m", "BackSpace", "1", "Return")
    target = path.with_name("q1.png")
    viewer.wait_for_event("save", path=str(target))
    told = viewer.wait_for_event("order")["options"]
    assert set(told) == {
        f"--view={view}",
        "--size=300x200",
        "--aa=2",
        "--mode=distance",
        "--palette=safe",
    }
    other = path.with_name("other.png")
    command = [sys.executable, "-m", "viewer", "render", str(path), f"--output={other}", *told]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert target.read_bytes() == other.read_bytes()
    assert str(read(target).view) == str(view)
    viewer.wait_for_panel(f"saved {target}")
    assert viewer.process.poll() is None  # q was text


def test_the_form_by_the_mouse(viewer: Viewer, path: Path) -> None:
    viewer.key("S")
    viewer.wait_for_panel(FORM)
    form = Form(open=True).judged(str(path.with_name("disc.png")), "")
    names = [field.name for field in FIELDS]
    right = NAME + len(LEFT) + VALUE + 1
    for name, column in (("format", NAME), ("exact", right), ("exact", NAME)):
        click(viewer, form, FIRST + names.index(name), column)
    viewer.wait_for_panel("format   ◂ pdf")
    viewer.wait_for_panel("exact    ◂ yes")
    click(viewer, form, FIRST + names.index("size"), NAME + 5)
    viewer.key("5", "0", "x", "5", "0")
    viewer.wait_for_panel("◂ 50x50▏")  # what was there is replaced
    form = form.judged(str(path.with_name("disc-50x50.pdf")), "")
    lines = panel_of(form).text().splitlines()
    since = len(viewer.events())
    click(viewer, form, len(lines) - 1, lines[-1].index("close"))
    viewer.wait_for_frame(panels=[], since=since)
    since = len(viewer.events())
    viewer.key("S")  # it knows what was chosen
    viewer.wait_for_panel("format   ◂ pdf", since=since)
    click(viewer, form, len(lines) - 1, lines[-1].index("save"))
    target = path.with_name("disc-50x50.pdf")
    viewer.wait_for_event("save", path=str(target))
    assert target.read_bytes().startswith(b"%PDF")


def test_what_makes_no_sense_is_refused_in_the_form(viewer: Viewer, path: Path) -> None:
    viewer.key("S", "Down", "Right", "Down", "Down", "Down", "n")
    viewer.wait_for_panel("a field has one sample a pixel, expected no --aa")
    since = len(viewer.events())
    viewer.key("Return", "Up", "Up", "Up", "Left")
    viewer.wait_for_panel("disc.npy\n", since=since)
    assert all(name.startswith("trace") for name in left(path.parent))
    viewer.key("Return")
    viewer.wait_for_event("save", path=str(path.with_name("disc.npy")))


def test_one_explores_while_it_is_drawn_and_can_give_it_up(viewer: Viewer, path: Path) -> None:
    before = left(path.parent)
    viewer.key(*LONG)
    viewer.wait_for_panel("of 20,000 rows")
    path.write_bytes(b"broken by now")
    viewer.wait_for_panel("broken")
    since = len(viewer.events())
    viewer.key("Left")
    moved = View().panned(min(SIZE) / 20, 0, SIZE)
    viewer.wait_for_frame(view=str(moved), since=since)
    viewer.key("S", "6", "4", "Return")  # another one waits
    viewer.wait_for_panel("1 more to do")
    viewer.key("Delete")
    viewer.wait_for_panel(f"gave up saving {path.with_name('disc-20000.png')}")
    viewer.wait_for_event("save", path=str(path.with_name("disc-64.png")))
    since = len(viewer.events())
    viewer.key("Delete")
    viewer.wait_for_panel("nothing is being saved", since=since)
    since = len(viewer.events())
    viewer.key(*LONG)
    viewer.wait_for_panel("of 20,000 rows", since=since)
    viewer.key("q")  # the window takes it along
    assert viewer.wait_for_end() == 0
    assert left(path.parent) - before == {"disc-64.png"}


def test_what_was_saved_is_opened(
    display: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener, seen = tmp_path / "bin" / "xdg-open", tmp_path / "seen"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{seen}.part"; mv "{seen}.part" "{seen}"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("v")
        viewer.wait_for_panel("nothing is saved yet: S saves what is shown")
        viewer.key("s")
        target = path.with_name("disc.png")
        viewer.wait_for_panel(f"saved {target}: V opens it")
        viewer.key("v")
        viewer.wait_for_panel(f"opening {target}")
        end = time.monotonic() + PATIENCE
        while not seen.exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        assert seen.read_text() == str(target)
        target.unlink()
        viewer.key("v")
        viewer.wait_for_panel("is no longer there")
