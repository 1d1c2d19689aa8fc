"""Smooth edges in a real window: greys once the view rests, saved as they are shown."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.window.desktop import PATIENCE, Size, Viewer, picture
from tests.window.disc import SIZE, disc
from viewer.engines.greys import box_filter
from viewer.view import View

SAMPLES = 4
SMALL = (400, 300)
WAVE = (
    b"x var-x\ny var-y\ns sin x\nq const 0.247403959254522929596848704849\nd sub s q\na const 0.4\n"
)
WAVE += b"e sub y a\nr add d e\n"  # through 0.25,0.4, falling


def smooth(source: bytes, view: View, size: Size) -> NDArray[np.uint8]:
    """The mean of the samples that the CPU draws."""
    fine = picture(source, view, (size[0] * SAMPLES, size[1] * SAMPLES))
    return box_filter(fine > 0, SAMPLES)


def wrong(found: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> int:
    """Pixels that are off by more than one sample, which drivers may round otherwise."""
    return int((abs(found.astype(int) - wanted) > 16).sum())


def shrink(viewer: Viewer) -> None:
    """Makes the window small, so that pictures of so many samples are soon drawn."""
    viewer.wait_for_frame()
    viewer.xdotool("windowsize", viewer.window, *SMALL)
    viewer.wait_for_frame(size=list(SMALL))


def assert_shows_greys(viewer: Viewer, view: View, size: Size) -> None:
    wanted = smooth(viewer.path.read_bytes(), view, size)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = viewer.screenshot(size)
        if (found == found[..., :1]).all() and wrong(found[..., 0], wanted) == 0:
            assert len(np.unique(found)) == SAMPLES**2 + 1
            return
        time.sleep(0.05)
    raise AssertionError(f"{wrong(found[..., 0], wanted)} pixels differ at {view}")


def test_edges_are_smooth_at_rest_and_sharp_again(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc(0.25, -0.125))
    with Viewer(display, path) as viewer:
        shrink(viewer)
        viewer.assert_shows(View(), SMALL)
        viewer.key("a")
        assert_shows_greys(viewer, View(), SMALL)
        viewer.key("plus", "Left")
        view = View().zoomed(0.5, (SMALL[0] / 2, SMALL[1] / 2), SMALL)
        view = view.panned(min(SMALL) / 20, 0, SMALL)
        assert_shows_greys(viewer, view, SMALL)
        viewer.key("a")
        viewer.assert_shows(view, SMALL)


def test_what_is_saved_is_what_is_shown(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        shrink(viewer)
        for keys, name, size in (
            ("a s", "disc.png", SMALL),
            ("S Right Right Return", "disc-1600x1200.png", (1600, 1200)),
        ):
            viewer.key(*keys.split())
            viewer.wait_for_event("save", path=str(path.with_name(name)))
            with Image.open(path.with_name(name)) as image:
                assert wrong(np.asarray(image), smooth(path.read_bytes(), View(), size)) == 0


def test_the_hand_does_not_wait_for_greys(display: str, tmp_path: Path) -> None:
    """The first frame of a new view is in black and white."""
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("a", "Tab")
        viewer.wait_for_panel("16 a pixel")
        viewer.wait_for_frame()
        viewer.key(*["Right"] * 6)
        end = View().panned(-6 * (min(SIZE) / 20), 0, SIZE)
        viewer.wait_for_frame(view=str(end))
        first = {frame["view"]: frame for frame in reversed(viewer.frames())}
        assert list(first)[-1] == str(View())
        assert not any(frame["complete"] for frame in list(first.values())[:-1])


def test_edges_are_smooth_where_there_are_no_tiles(display: str, tmp_path: Path) -> None:
    path = tmp_path / "wave.vm"
    path.write_bytes(WAVE)
    for view in ("0,0@1", "0.25,0.4@1e12"):
        with Viewer(display, path, "--view", view) as viewer:
            shrink(viewer)
            viewer.key("a", "Tab")
            viewer.wait_for_panel("16 a pixel")
            viewer.key("Tab")
            end = time.monotonic() + PATIENCE
            while len(np.unique(viewer.screenshot(SMALL))) != SAMPLES**2 + 1:
                assert time.monotonic() < end, view
                time.sleep(0.05)
