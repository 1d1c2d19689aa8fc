"""The page, as text, and in a real browser from the disk."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import viewer
from tests.conftest import ROOT
from tests.picture.shapes import TEXT
from tests.pyramid.browser import SIZE, Page, browser
from tests.pyramid.sites import site
from viewer.picture.palettes import palette_of
from viewer.pyramid.build import Site, build
from viewer.pyramid.crew import here
from viewer.pyramid.draw import Recipe
from viewer.pyramid.page import page
from viewer.resources import asset
from viewer.view import View

DEEP = "0.100000000001,0.7@1e9"
READY = (
    "typeof viewer !== 'undefined' && !changing && viewer.world.getItemCount() === 1"
    " && viewer.world.getItemAt(0).getFullyLoaded()"
)
NEXT_PICTURE = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
BAR = 48
"""Rows at the bottom that the buttons may cover."""


def test_what_is_vendored_is_as_the_note_says() -> None:
    note = (ROOT / "assets" / "web" / "README.md").read_text(encoding="utf-8")
    found = hashlib.sha256(asset("web/openseadragon.min.js").read_bytes()).hexdigest()
    assert f"| `openseadragon.min.js` | SHA-256 `{found}` |" in note


def test_names_and_views_are_text_on_the_page() -> None:
    wanted = site(300, 200, DEEP)
    text = page(wanted.stages, wanted.views, "a/<b>&{{page}}.vm", palette_of("red,#1234"))
    assert "<title>&lt;b&gt;&amp;{{page}}.vm</title>" in text
    assert "background: #11223344;" in text
    (line,) = re.findall(r"const page = (.*);\n", text)
    assert "<" not in line
    found = json.loads(line)
    assert [stage["name"] for stage in found["stages"]] == ["picture", "view1-1"]
    assert found["places"] == [{"label": DEEP, "stage": 1, "box": pytest.approx(box(wanted))}]


def box(wanted: Site) -> list[float]:
    """The square of a view that `prospero render` shows, in the last stage: it is in its middle."""
    pyramid = wanted.stages[-1].pyramid
    side = float(2 / wanted.views[0].zoom / (pyramid.width * pyramid.pixel))
    return [0.5 - side / 2, 0.5 - side / 2, side, side]


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Path]:
    """A disc of 3000 x 2000 pixels, and deeper."""
    folder = tmp_path_factory.mktemp("page") / "disc"
    found = site(3000, 2000, DEEP)
    wanted = Site(Recipe.of(TEXT, "disc.vm", "tiles", 1, None), found.stages, found.views)
    build(folder, wanted, here(2), lambda _: None)
    return wanted, folder


@pytest.fixture
def shown(disc: tuple[Site, Path], tmp_path: Path) -> Iterator[Page]:
    """Its page in a browser, from file://."""
    with browser(tmp_path) as opened:
        opened.open((disc[1] / "index.html").as_uri())
        opened.wait(READY)
        yield opened
        assert opened.errors == []


def bounds(shown: Page) -> NDArray[np.float64]:
    """What is shown, in widths of the stage: left, top, width, height."""
    script = "(b => [b.x, b.y, b.width, b.height])(viewer.viewport.getBounds(true))"
    return np.array(shown.value(script))


def show(shown: Page, left: float, top: float, width: float) -> None:
    height = width * SIZE[1] / SIZE[0]
    rect = f"new OpenSeadragon.Rect({left!r}, {top!r}, {width!r}, {height!r})"
    shown.value(f"viewer.viewport.fitBounds({rect}, true); 0")
    shown.value(NEXT_PICTURE)
    shown.wait(READY)
    shown.value(NEXT_PICTURE)


def assert_shows(shown: Page, expected: NDArray[np.uint8]) -> None:
    found = shown.pixels()[:-BAR]
    assert (found == found[..., :1]).all()
    wrong = np.argwhere(found[..., 0] != expected[:-BAR])
    assert len(wrong) == 0, f"{len(wrong)} pixels differ, the first at row, column {wrong[0]}"


def test_tiles_are_shown_as_they_are(shown: Page) -> None:
    program = viewer.parse(TEXT)
    whole = viewer.render(program, View(), (3000, 2000))
    show(shown, 1100 / 3000, 300 / 3000, 1024 / 3000)
    assert_shows(shown, whole[300 : 300 + SIZE[1], 1100 : 1100 + SIZE[0]])
    half = viewer.render(program, View(), (1500, 1000))  # a level of its own, not a mean
    show(shown, 2 * 400 / 3000, 2 * 10 / 3000, 2 * 1024 / 3000)
    assert_shows(shown, half[10 : 10 + SIZE[1], 400 : 400 + SIZE[0]])


def test_dragging_moves_and_the_wheel_zooms_about_the_cursor(shown: Page) -> None:
    show(shown, 0.2, 0.1, 0.5)
    pixel = 0.5 / SIZE[0]
    shown.drag((500, 400), (380, 330))
    shown.until(lambda: abs(bounds(shown)[0] - (0.2 + 120 * pixel)) < pixel, "moved")
    assert np.abs(bounds(shown) - [0.2 + 120 * pixel, 0.1 + 70 * pixel, 0.5, 0.375]).max() < pixel
    left, top, width, _ = bounds(shown)
    shown.mouse("mouseWheel", 300, 200, deltaX=0, deltaY=-100)
    shown.until(lambda: bounds(shown)[2] < 0.9 * width, "zoomed")
    shown.wait("viewer.viewport.getBounds(true).equals(viewer.viewport.getBounds())")
    after = bounds(shown)
    before_cursor = left + 300 * pixel, top + 200 * pixel
    after_cursor = after[:2] + np.array([300, 200]) * after[2] / SIZE[0]
    assert np.abs(after_cursor - before_cursor).max() < pixel


def test_a_deep_view_is_shown_and_left(disc: tuple[Site, Path], shown: Page) -> None:
    stage = disc[0].stages[-1].pyramid
    (view,) = disc[0].views
    shown.value("[...document.querySelectorAll('button')].pop().click()")
    shown.wait(f"stage === 1 && {READY}")
    assert shown.value("document.getElementById('zoom').value") == "zoom 1.0e9"
    width = float(Fraction(SIZE[0], stage.width))
    show(shown, 0.5 - width / 2, 0.5 - width * SIZE[1] / SIZE[0] / 2, width)
    same = View(view.x, view.y, 2 / (SIZE[1] * stage.pixel))
    expected = viewer.render(viewer.parse(TEXT), same, SIZE)
    assert 0 < np.count_nonzero(expected) < expected.size
    assert_shows(shown, expected)
    for factor, at_last in ((0.02, 0), (50, 1)):
        for _ in range(20):
            if shown.value("stage") != at_last:
                shown.value(f"viewer.viewport.zoomBy({factor}, undefined, true); 0")
                shown.value(NEXT_PICTURE)
                shown.wait(READY)
        assert shown.value("stage") == at_last
    show(shown, 0.5 - width / 2, 0.5 - width * SIZE[1] / SIZE[0] / 2, width)
    assert_shows(shown, expected)
