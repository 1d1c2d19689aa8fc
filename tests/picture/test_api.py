"""The public face: arrays at once and in strips, in any look, and what notebooks show."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
from ast import literal_eval
from inspect import Parameter, signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import viewer
from tests.conftest import ROOT
from tests.picture.shapes import DISC, WAVES
from viewer.engines import registry
from viewer.picture import api, render
from viewer.picture.notebook import SIDE
from viewer.view import View

KEYWORD_ONLY = Parameter.KEYWORD_ONLY
SIDES = st.integers(1, 40)
LOOKS: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({}, ()),
    ({"aa": 3}, ()),
    ({"exact": True}, ()),
    ({"palette": "light"}, (3,)),
    ({"colors": "white,#203040", "aa": 2}, (3,)),
    ({"colors": "white,none"}, (4,)),
    ({"mode": "iso"}, (3,)),
    ({"mode": "distance", "palette": "safe"}, (3,)),
    ({"mode": "gradient"}, (3,)),
]


@given(SIDES, SIDES, st.sampled_from(LOOKS), st.integers(1, 500))
def test_strips_are_the_picture(
    width: int, height: int, look: tuple[dict[str, Any], tuple[int, ...]], block: int
) -> None:
    options, channels = look
    given = dict(options) if "exact" in options else {"engine": "blocks", **options}
    picture = viewer.render(WAVES, View.parse("0.1,0.2@2"), (width, height), **given)
    assert picture.shape == (height, width, *channels)
    assert picture.dtype == np.uint8
    strips = list(viewer.render_rows(WAVES, View.parse("0.1,0.2@2"), (width, height), **given))
    assert np.array_equal(np.concatenate(strips), picture)


@pytest.mark.parametrize("look", [{}, {"palette": "dark"}, {"mode": "iso"}])
def test_what_has_no_value_is_red_in_colours(look: dict[str, Any]) -> None:
    """The square root of a negative number: the left half of the waves."""
    picture = viewer.render(WAVES, View(), (40, 30), engine="blocks", **look)
    red = (picture == (255, 0, 0)).all(axis=2) if look else picture > 255
    assert red[:, :20].all() == bool(look)
    assert not red[:, 20:].any()


def test_large_pictures_come_in_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the engine lives as long as they are asked for."""
    closed = []
    made = registry.create("blocks", DISC)
    monkeypatch.setattr(type(made), "close", lambda _: closed.append(True), raising=False)
    strips = viewer.render_rows(DISC, View(), (1_000_000, 1_000_000), engine="blocks")
    first = next(strips)
    assert first.shape == (max(1, render.BLOCK // 1_000_000), 1_000_000)
    assert not closed
    strips.close()  # type: ignore[attr-defined]
    assert closed == [True]


LARGE = """
import resource, sys, viewer
resource.setrlimit(resource.RLIMIT_AS, 2 * (4 * 2**30,))
from viewer.bench.machine import peak_memory
inside = rows = 0
program = viewer.parse(sys.stdin.buffer.read())
for strip in viewer.render_rows(program, viewer.View(), (20_000, 20_000)):
    rows += len(strip)
    inside += int((strip == 255).sum())
print(rows, inside, peak_memory())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_picture_may_be_larger_than_memory() -> None:
    """400 million pixels: as many are inside as the disc's area says."""
    done = subprocess.run(
        [sys.executable, "-c", LARGE],
        input=DISC.text(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    rows, inside, peak = map(int, done.stdout.split())
    assert rows == 20_000
    assert inside == pytest.approx(math.pi * 0.5 * 10_000**2, rel=1e-6)
    assert peak < 300 * 10**6


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"engine": "none"}, "unknown engine 'none', expected one of auto "),
        ({"exact": True, "engine": "tiles"}, "exact pictures have their own engine, expected no"),
        ({"exact": True, "mode": "iso"}, "the engine exact knows only what is inside, not mode"),
        ({"mode": "wild"}, "unknown mode 'wild', expected one of fill distance iso"),
        ({"palette": "dark", "colors": "red,blue"}, "palette and colors both give colours"),
        ({"palette": "mauve"}, "unknown palette 'mauve', expected one of dark"),
        ({"colors": "red"}, "bad colours 'red', expected IN,OUT"),
        ({"grid": "hex"}, "unknown grid 'hex', expected centers or reference"),
        ({"aa": 0}, "bad aa 0, expected 1 to 64"),
        ({"z": float("nan")}, "bad height nan, expected a finite number"),
    ],
)
def test_bad_options_are_told_at_once(options: dict[str, Any], line: str) -> None:
    for function in (viewer.render, viewer.render_rows):
        with pytest.raises(viewer.UsageError) as error:
            function(DISC, View(), (10, 10), **options)
        assert str(error.value).startswith(line)


@pytest.mark.parametrize("program", [DISC, WAVES])
def test_a_notebook_shows_a_program_s_picture(program: viewer.Program) -> None:
    assert isinstance(program, viewer.Program)  # asked for by name, as a user does
    shown = program._repr_png_
    assert shown is not None
    with Image.open(io.BytesIO(shown())) as found:
        assert found.format == "PNG"
        expected = api.render(program, View(), (SIDE, SIDE), aa=2, engine="blocks")
        assert np.array_equal(np.asarray(found), expected)


def test_both_take_the_options_that_help_shows() -> None:
    options = signature(viewer.render_rows).parameters.values()
    defaults = {option.name: option.default for option in options if option.kind is KEYWORD_ONLY}
    assert list(defaults) == list(api.Options.__annotations__)
    told = re.findall(r"^ +(\w+)=(\S+) ", viewer.render.__doc__ or "", re.MULTILINE)
    assert {name: literal_eval(value) for name, value in told} == defaults


def test_beside_its_picture_is_one_line() -> None:
    assert repr(DISC) == "<Program disc.vm: 4 operations>"


@pytest.mark.parametrize("use", ["viewer.parse(b'x var-x')", "viewer.Program(())"])
def test_however_a_program_came_about_it_has_a_picture(use: str) -> None:
    """Importing it takes nothing that draws."""
    code = f"import sys, viewer; print(callable({use}._repr_png_), 'moderngl' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "True False\n"
