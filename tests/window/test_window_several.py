"""Several files in a window on an X display: stepped through, each with its own view, chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.window.desktop import Viewer
from tests.window.disc import CENTRE, SIZE, disc
from tests.window.x11 import drop
from viewer.view import View
from viewer.window.files.gallery import sheet_of

DISCS = {"1": 0.1, "2": 0.2, "10": 0.3}
"""Names, in the order in which people count, and how large their discs are."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of discs."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    for name, size in DISCS.items():
        (folder / f"{name}.vm").write_bytes(disc(0, 0, size))
    return folder


@pytest.fixture
def viewer(display: str, folder: Path, tmp_path: Path) -> Iterator[Viewer]:
    """A window on the folder."""
    with Viewer(display, folder, folder=tmp_path) as viewer:
        viewer.move_to(900, 700)
        viewer.wait_for_event("shape", path=str(folder / "1.vm"))
        viewer.wait_for_frame()
        yield viewer


def step(viewer: Viewer, key: str, path: Path) -> None:
    since = len(viewer.events())
    viewer.key(key)
    viewer.wait_for_event("shape", path=str(path), since=since)


def title(viewer: Viewer) -> str:
    return viewer.xdotool("getwindowname", viewer.window).strip()


def test_keys_step_through_files_and_each_is_where_it_was_left(
    viewer: Viewer, folder: Path
) -> None:
    one, two, ten = (folder / f"{name}.vm" for name in DISCS)
    assert title(viewer) == "1.vm (1 of 3) - Prospero"
    viewer.key("Tab")
    viewer.wait_for_panel(f"{one}, 1 of 3")
    viewer.key("Tab", "plus")
    left = View().zoomed(0.5, CENTRE, SIZE)
    viewer.wait_for_frame(view=str(left))
    step(viewer, "bracketright", two)
    viewer.wait_for_panel("2.vm, 2 of 3")
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, two.read_bytes())
    assert title(viewer) == "2.vm (2 of 3) - Prospero"
    step(viewer, "ctrl+Next", ten)
    step(viewer, "bracketright", one)  # around the end
    viewer.key("Escape")
    viewer.assert_shows(left, SIZE, one.read_bytes())
    step(viewer, "ctrl+Prior", ten)
    step(viewer, "bracketleft", two)
    two.write_bytes(disc(0, 0, 0.5))  # the one that is shown is followed
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, two.read_bytes())


def test_a_broken_file_says_so_over_nothing_and_stepping_goes_on(
    viewer: Viewer, folder: Path
) -> None:
    (folder / "2.vm").write_text("x var-x\ny frob x\n", encoding="utf-8")
    viewer.key("plus", "bracketright")
    viewer.wait_for_panel(f"{folder / '2.vm'}:2:3: unknown opcode 'frob'")
    since = len(viewer.events())
    viewer.key("Escape", "Escape")
    # The picture of another would be misread.
    viewer.wait_for(
        lambda event: event.get("panels") == [] and not viewer.screenshot(SIZE).any(), since=since
    )
    assert title(viewer) == "2.vm (2 of 3) - Prospero"
    step(viewer, "bracketright", folder / "10.vm")
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, (folder / "10.vm").read_bytes())
    viewer.key("bracketleft")
    viewer.wait_for_panel("unknown opcode")
    since = len(viewer.events())
    (folder / "2.vm").write_bytes(disc(0, 0, 0.2))
    viewer.wait_for_event("shape", path=str(folder / "2.vm"), since=since)
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, (folder / "2.vm").read_bytes())
    step(viewer, "bracketleft", folder / "1.vm")
    viewer.key("Escape")
    viewer.assert_shows(View().zoomed(0.5, CENTRE, SIZE), SIZE, (folder / "1.vm").read_bytes())


def test_files_come_and_go(viewer: Viewer, folder: Path) -> None:
    viewer.key("Tab")
    viewer.wait_for_panel("1 of 3")
    (folder / "0.vm").write_bytes(disc())
    viewer.wait_for_panel("2 of 4")
    for name in ("0", "1"):
        (folder / f"{name}.vm").unlink()
    viewer.wait_for_panel("1.vm: no such file")
    step(viewer, "bracketright", folder / "2.vm")
    viewer.wait_for_panel("2.vm, 1 of 2")


def test_the_overview_chooses(viewer: Viewer, folder: Path) -> None:
    (folder / "3.vm").write_text("nonsense", encoding="utf-8")
    viewer.key("o")
    viewer.wait_for_panel("4 files: arrows and Enter")
    sheet = sheet_of(4, SIZE, 1.0)
    left, top = sheet.middle(SIZE)

    def cell(n: int) -> tuple[int, int]:
        x, y = sheet.corner(n)
        return left + x + sheet.inset[0] // 2, top + y + sheet.inset[1] // 2

    def drawn() -> bool:
        seen = viewer.screenshot(SIZE)
        return all((seen[cell(n)[1], cell(n)[0]] == 255).all() for n in (0, 1, 3))

    viewer.wait_for(lambda event: event["event"] == "frame" and drawn())
    step_and_choose(viewer, ("Right", "Return"), folder / "2.vm")
    viewer.key("o")
    viewer.wait_for_panel("4 files", since=len(viewer.events()) - 1)
    since = len(viewer.events())
    viewer.xdotool("mousemove", *cell(3), "click", 1)
    viewer.wait_for_event("shape", path=str(folder / "10.vm"), since=since)
    viewer.key("o", "Left", "Return")
    viewer.wait_for_panel("3.vm:1:9")


def step_and_choose(viewer: Viewer, keys: tuple[str, ...], path: Path) -> None:
    since = len(viewer.events())
    viewer.key(*keys)
    viewer.wait_for_event("shape", path=str(path), since=since)


@pytest.mark.slow
def test_of_many_files_only_those_in_sight_are_drawn(display: str, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(1000):
        (folder / f"{n}.vm").write_bytes(disc(0, 0, (n + 1) / 2000))
    with Viewer(display, folder, folder=tmp_path) as viewer:
        viewer.wait_for_frame()
        viewer.key("o")
        viewer.wait_for_panel("1 to 12 of 1,000 files")
        viewer.xdotool("click", "--repeat", 3, 5)  # the wheel scrolls
        viewer.wait_for_panel("13 to 24 of 1,000 files")
        viewer.key("End", "Prior", "Down")
        viewer.wait_for_panel("of 1,000 files")
        step_and_choose(viewer, ("Home", "Next", "Return"), folder / "12.vm")
        viewer.key("q")
        assert viewer.wait_for_end() == 0
        cpu = viewer.wait_for_event("close")["cpu_seconds"]
    # A thousand thumbnails would take far longer than the twenty that were in sight.
    assert cpu < 20


def test_folders_and_files_are_dropped(viewer: Viewer, display: str, tmp_path: Path) -> None:
    other = tmp_path / "other.vm"
    other.write_bytes(disc(0.2))
    os.utime(other, (1_000_000_000, 1_000_000_000))
    more = tmp_path / "more"
    more.mkdir()
    (more / "a.vm").write_bytes(disc(-0.2))
    since = len(viewer.events())
    drop(display, viewer.window, [other, more], 1)
    viewer.wait_for_event("shape", path=str(other), since=since)
    viewer.wait_for_panel("other.vm, 1 of 2")
    step(viewer, "bracketright", more / "a.vm")
    since = len(viewer.events())
    drop(display, viewer.window, [other], 1)  # one of them: they stay
    viewer.wait_for_event("shape", path=str(other), since=since)
    step(viewer, "bracketleft", more / "a.vm")
    pixels = np.unique(viewer.screenshot(SIZE))
    assert {0, 255} <= {*pixels.tolist()}
