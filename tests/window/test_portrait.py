"""The small pictures of marked places: they show what the window would there."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from viewer.program import parse
from viewer.view import Size, View
from viewer.window.files import thumbnails
from viewer.window.places import portrait as module
from viewer.window.places.history import Spot
from viewer.window.places.portrait import portrait

HALF = parse(b"x var-x\nz var-z\nd sub x z\n")
"""Inside at the left of z."""
INSET = 140, 105


def opened(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)))


@given(st.integers(200, 3000), st.integers(200, 3000), st.sampled_from([INSET, (280, 210)]))
def test_it_has_the_window_s_shape_and_fits(width: int, height: int, inset: Size) -> None:
    found = opened(portrait(HALF, Spot(View()), (width, height), inset))
    across, down = found.shape[1], found.shape[0]
    assert across <= inset[0]
    assert down <= inset[1]
    assert across == inset[0] or down == inset[1]
    assert across / down == pytest.approx(width / height, rel=1.2 / min(across, down))


@given(st.integers(-60, 60), st.integers(0, 40))
def test_it_is_of_the_place(right: int, exponent: int) -> None:
    """The edge is where it is in the window at that view and that slice."""
    zoom = Fraction(10) ** exponent
    view = View(Fraction(1, 3) + Fraction(right, 100) / zoom, Fraction(2), base=zoom)
    found = opened(portrait(HALF, Spot(view, Fraction(1, 3)), (800, 600), INSET))
    assert found.shape == (105, 140)
    edge = 70 - right / 100 * 52.5
    assert (found[:, : int(edge)] == 255).all()
    assert not found[:, int(edge) + 1 :].any()


def test_what_takes_too_long_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 2)
    assert portrait(HALF, Spot(View()), (800, 600), INSET) == b""
    assert thumbnails.LARGEST > 50_000
