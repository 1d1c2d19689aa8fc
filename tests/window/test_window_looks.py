"""Modes, palettes and comparisons in a real window: its pixels are those of saved pictures."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.window.desktop import PATIENCE, Viewer, picture
from tests.window.disc import SIZE, disc
from viewer.engines.deep import Doubles
from viewer.passes import optimise
from viewer.picture.look import Look, look_rows
from viewer.picture.modes import MODES
from viewer.picture.palettes import PALETTES
from viewer.program import parse
from viewer.view import Grid, View
from viewer.window.show.light import LIGHT_SECONDS
from viewer.window.show.looks import DARK, WORDS

WAVES = b"""x var-x
y var-y
three const 3
a mul x three
s sin a
m max s y
c const 0.25
root sub m c
"""
NOWHERE = b"x var-x\ny var-y\nr sqrt x\na sub r y\n"


def expected(source: bytes, look: Look, view: View = View()) -> NDArray[np.uint8]:
    """What `prospero render` would make of it."""
    with Doubles(optimise(parse(source))) as engine:
        return np.concatenate(list(look_rows(engine, Grid(view, *SIZE), 1, look, "rgb")))


def assert_shows(viewer: Viewer, wanted: NDArray[np.generic], share: float = 0.001) -> None:
    """That the window comes to look like this, but for labels and rounding."""
    end, target = time.monotonic() + PATIENCE, wanted.astype(int)
    while time.monotonic() < end:
        found = viewer.screenshot(SIZE).astype(int)
        off = np.abs(found - target).max(axis=2) > 4
        if off.mean() <= share:
            return
        time.sleep(0.05)
    raise AssertionError(f"{off.sum()} of {off.size} pixels differ")


def quiet(viewer: Viewer, since: int = 0) -> None:
    """Waits until a message has gone."""
    viewer.key("Escape")
    viewer.wait_for(
        lambda event: event["event"] == "frame" and event["complete"] and not event["message"],
        since=since,
    )


@pytest.mark.parametrize("view", ["0,0@1", "0.3,0.25@1e80"])
def test_modes_look_as_saved_pictures_do(display: str, tmp_path: Path, view: str) -> None:
    path = tmp_path / "waves.vm"
    path.write_bytes(WAVES)
    with Viewer(display, path, f"--view={view}") as viewer:
        viewer.wait_for_frame()
        viewer.key("c")
        for mode in MODES:
            since = len(viewer.events())
            viewer.key("m")
            viewer.wait_for_panel(WORDS[mode], since=since)
            quiet(viewer, len(viewer.events()))
            look = Look(mode, PALETTES["dark"])
            share = {"iso": 0.02, "gradient": 0.046, "distance": 0.002}[mode]
            assert_shows(viewer, expected(WAVES, look, View.parse(view)), share)
        viewer.key("shift+m", "shift+m", "shift+m")
        quiet(viewer, len(viewer.events()))
        assert_shows(viewer, expected(WAVES, Look("fill", PALETTES["dark"]), View.parse(view)))


def test_palettes_are_exact_and_come_round(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        inside = picture(disc(), View(), SIZE)[..., np.newaxis] > 0
        for name, palette in PALETTES.items():
            since = len(viewer.events())
            viewer.key("c")
            viewer.wait_for_panel(f"colours: {name}", since=since)
            quiet(viewer, since)
            assert_shows(viewer, np.where(inside, palette.inside[:3], palette.outside[:3]))
            shot = viewer.screenshot(SIZE)
            shown = [
                (shot == colour[:3]).all(axis=2) for colour in (palette.inside, palette.outside)
            ]
            assert (shown[0] | shown[1]).all()
        viewer.key("c")
        viewer.wait_for_panel("black and white")
        viewer.key("Escape")
        viewer.assert_shows(View(), SIZE)


def test_where_there_is_no_value_it_is_red_and_stays_so_in_all_modes(
    display: str, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere.vm"
    path.write_bytes(NOWHERE)
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        for _ in ("fill", *MODES):
            end = time.monotonic() + PATIENCE
            left = np.s_[SIZE[1] // 3 : SIZE[1] // 2, : SIZE[0] // 2 - 1]
            while not (viewer.screenshot(SIZE)[left] == [255, 0, 0]).all():
                assert time.monotonic() < end
                time.sleep(0.05)
            right = viewer.screenshot(SIZE)[SIZE[1] // 3 : SIZE[1] // 2, SIZE[0] // 2 + 1 :]
            assert not (right == [255, 0, 0]).all(axis=2).any()
            viewer.key("m")


def change_is_marked(viewer: Viewer, before: bytes, after: bytes) -> bool:
    """Whether what is gone was seen in orange after a save, and nothing that is as it was."""
    first, second = (picture(source, View(), SIZE) > 0 for source in (before, after))
    since = len(viewer.events())
    viewer.path.write_bytes(after)
    viewer.wait_for_event("shape", since=since)
    end, seen = time.monotonic() + 2 * LIGHT_SECONDS, False
    while not seen and time.monotonic() < end:
        shot = viewer.screenshot(SIZE)
        orange = (shot[..., 0] > 60) & (shot[..., 2] < shot[..., 0] // 2)
        seen = bool(orange[first & ~second].mean() > 0.99)
        assert not (seen and orange[~(first ^ second)].any())
    return seen


def test_a_change_is_marked_for_a_moment(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        before, after = disc(), disc(0.25)
        end = time.monotonic() + PATIENCE
        while not change_is_marked(viewer, before, after):  # a busy machine may miss the moment
            assert time.monotonic() < end
            before, after = after, before
        viewer.assert_shows(View(), SIZE)
        viewer.key("shift+w")
        viewer.wait_for_panel("changes are not marked")
        quiet(viewer, len(viewer.events()))
        since = len(viewer.events())
        path.write_bytes(before)
        viewer.wait_for_event("shape", since=since)
        viewer.assert_shows(View(), SIZE)
        frames = [event for event in viewer.events()[since:] if event["event"] == "frame"]
        assert len(frames) < 8


def test_the_difference_and_the_wipe(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("w")
        viewer.wait_for_panel("nothing to wipe to")
        path.write_bytes(disc(0.25))
        viewer.wait_for(lambda event: event["event"] == "frame" and event["picture"] > 1)
        first, second = (
            picture(source, View(), SIZE)[..., np.newaxis] > 0 for source in (disc(), disc(0.25))
        )
        since = len(viewer.events())
        viewer.move_to(500, 300)
        viewer.key("w")
        viewer.wait_for_panel("wipe: before", since=since)
        quiet(viewer, since)
        wiped = np.where(np.arange(SIZE[0])[:, np.newaxis] < 500, first, second) * 255
        assert_shows(viewer, np.repeat(wiped, 3, axis=2), 0.008)
        viewer.key("w", "shift+m")
        viewer.wait_for_panel("only before the change")
        quiet(viewer, len(viewer.events()))
        inks = [np.array(colour) for colour in DARK]
        wanted = np.where(first & second, inks[2], np.where(first, inks[0], inks[1]))
        wanted = np.where(first | second, wanted, inks[3])
        assert_shows(viewer, wanted, 0.03)  # and its legend


def test_what_is_saved_is_what_is_shown(display: str, tmp_path: Path) -> None:
    path = tmp_path / "waves.vm"
    path.write_bytes(WAVES)
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("c", "c", "s")
        viewer.wait_for_event("save", path=str(tmp_path / "waves.png"))
        look = Look("fill", PALETTES["light"])
        with Image.open(tmp_path / "waves.png") as image:
            assert image.mode == "P"
            found = np.asarray(image.convert("RGB")).astype(int)
        assert (np.abs(found - expected(WAVES, look)).max(axis=2) > 2).mean() < 1e-3
        viewer.key("m", "s")
        viewer.wait_for_event("save", path=str(tmp_path / "waves-2.png"))
        with Image.open(tmp_path / "waves-2.png") as image:
            found = np.asarray(image).astype(int)
        wanted = expected(WAVES, replace(look, mode="distance"))
        assert (np.abs(found - wanted).max(axis=2) > 4).mean() < 0.002
