"""The tile view in a real window: what lies over the picture, and that it goes again."""

from __future__ import annotations

import math
import time
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import ROOT
from tests.window.desktop import PATIENCE, Viewer, picture
from tests.window.disc import SIZE, disc, folded
from tests.window.x11 import resources
from viewer.passes import optimise
from viewer.program import parse
from viewer.sign.atlas import Atlas, sheet
from viewer.sign.formula import sign_form
from viewer.sign.layout import lay_out
from viewer.sign.survey import Survey, survey
from viewer.view import Grid, View
from viewer.window.text.legend import layers, legend_panel
from viewer.window.text.overlay import Room, Typesetter

DENSE = (1152, 921)
"""The window's size on a display of twice the density: nine tenths of the screen."""


def surveyed(source: bytes, grid: Grid) -> Survey:
    """The tiles of a program's picture."""
    layout = lay_out(sign_form(optimise(parse(source)), Decimal(0)))
    atlas, wanted = Atlas(layout), sheet(grid, grid.whole)
    atlas.make(wanted.squares())
    return survey(atlas, grid, wanted, wanted.squares(), "")


def expected(source: bytes, view: View, size: tuple[int, int], scale: float) -> NDArray[np.float64]:
    """What the tile view should look like, shape (height, width, 3); NaN under the legend."""
    tiles = surveyed(source, Grid(view, *size))
    found = np.repeat(picture(source, view, size)[..., np.newaxis], 3, axis=2).astype(float)
    for (*tint, opacity), rectangles in layers(tiles, scale):
        for i, j, width, height in rectangles:
            part = found[j : j + height, i : i + width]
            part *= 1 - opacity
            part += opacity * 255 * np.array(tint)
    setter = Typesetter()
    panel = legend_panel(tiles, setter.columns(Room.of(size, scale)))
    for image, (i, j) in setter.place((panel,), Room.of(size, scale)):
        found[j : j + image.shape[0], i : i + image.shape[1]] = np.nan
    return found


def assert_looks_like(viewer: Viewer, wanted: NDArray[np.float64]) -> None:
    """That the window comes to show this, where it is a number."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = viewer.screenshot((wanted.shape[1], wanted.shape[0]))
        off = np.nanmax(abs(found - wanted), axis=2, initial=0)
        if (off > 3).sum() <= off.size / 50_000:
            return
        time.sleep(0.05)
    raise AssertionError(f"{int((off > 3).sum())} of {off.size} pixels differ")


@pytest.mark.parametrize(("density", "size"), [(1, SIZE), (2, DENSE)])
def test_the_tiles_are_shown_and_hidden_again(
    display: str, tmp_path: Path, density: int, size: tuple[int, int]
) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc(0.25, -0.125))
    dense = resources(display, "Xft.dpi:\t192\n") if density == 2 else nullcontext()
    with dense, Viewer(display, path) as viewer:
        viewer.assert_shows(View(), size)
        viewer.key("t")
        tests = surveyed(path.read_bytes(), Grid(View(), *size)).zones[1]
        share = 100 * tests.pixels / math.prod(size)
        viewer.wait_for_panel(f"{len(tests.rectangles):6,} {share:5.1f} %")
        assert_looks_like(viewer, expected(path.read_bytes(), View(), size, density))
        viewer.key("plus", "Left")
        view = View().zoomed(0.5, (size[0] / 2, size[1] / 2), size)
        view = view.panned(min(size) / 20, 0, size)
        viewer.wait_for_frame(view=str(view))
        assert_looks_like(viewer, expected(path.read_bytes(), view, size, density))
        viewer.key("t")
        viewer.assert_shows(view, size)
        viewer.key("t", "Escape")
        viewer.assert_shows(view, size)


def test_what_is_saved_has_no_tiles_in_it(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("t", "s")
        viewer.wait_for_panel("1 test")
        viewer.wait_for_event("save", path=str(tmp_path / "disc.png"))
        with Image.open(tmp_path / "disc.png") as image:
            found = np.asarray(image)
        wrong = (found != picture(path.read_bytes(), View(), SIZE)).sum()
        assert wrong <= found.size / 50_000


def test_without_tiles_the_pieces_are_shown(display: str, tmp_path: Path) -> None:
    path = tmp_path / "folded.vm"
    path.write_bytes(folded(30))
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("t")
        frame = viewer.wait_for_panel("operations")
        assert "a pixel on average" in frame["panels"][0]


def test_a_shape_of_many_kinds_has_them_in_its_legend(display: str, tmp_path: Path) -> None:
    path = ROOT / "assets" / "dreams.vm"
    kinds = [zone.name for zone in surveyed(path.read_bytes(), Grid(View(), *SIZE)).zones]
    assert len(kinds) > 4
    with Viewer(display, path, folder=tmp_path) as viewer:
        viewer.wait_for_frame()
        viewer.key("t")
        frame = viewer.wait_for_panel(kinds[-1])
        assert all(f"\u25a0 {kind} " in frame["panels"][0] for kind in kinds)
