"""The overview: the choice stays among the files and in sight; a click hits what is there."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.window.disc import disc
from viewer.window.errands import Errands
from viewer.window.files.gallery import STEPS, Gallery, sheet_of
from viewer.window.files.sheet import Sheet
from viewer.window.files.thumbnails import Thumbnails
from viewer.window.places.insets import Insets, Thumb
from viewer.window.text.overlay import COLOURS, Typesetter
from viewer.window.text.panels import Tone

SIZES = ((800, 600, 1.0), (1920, 1080, 1.0), (1600, 1200, 2.0), (200, 150, 1.0), (1, 1, 1.0))
PATIENCE = 20.0

counts = st.integers(0, 1000)
hands = st.lists(
    st.one_of(
        st.sampled_from([*STEPS, "Enter"]),
        st.floats(-20, 20).filter(lambda clicks: clicks != 0),
        st.integers(0, 200),
        st.tuples(counts, st.sampled_from(SIZES)),
    )
)


@given(counts, st.sampled_from(SIZES), hands)
@example(7, (800, 600, 1.0), ["Left", -1.0, "Up"])
def test_whatever_hands_do_the_choice_is_a_file(
    count: int,
    window: tuple[int, int, float],
    hands: list[str | float | int | tuple[int, tuple[int, int, float]]],
) -> None:
    sheet = sheet_of(count, window[:2], window[2])
    gallery = Gallery().shown(count // 2 if count else 0, sheet)
    for hand in hands:
        if isinstance(hand, tuple):
            count, window = hand
            sheet = sheet_of(count, window[:2], window[2])
            gallery = gallery.fitted(count, sheet)
        elif isinstance(hand, str):
            found = gallery.keyed(hand, count, sheet)
            assert found is not None
            gallery = found
            if hand != "Enter":
                assert gallery.top <= gallery.at // sheet.across < gallery.top + sheet.down
        elif isinstance(hand, float):
            gallery = gallery.wheeled(hand, count, sheet)
        elif hand < sheet.across * sheet.down:
            gallery = gallery.pressed(hand, count, sheet)
        assert 0 <= gallery.at <= max(0, count - 1)
        assert 0 <= gallery.top <= max(0, count - 1) // sheet.across
        assert count or not gallery.asked


@given(counts, st.sampled_from(SIZES), st.data())
def test_a_click_on_a_cell_is_that_cell(
    count: int, window: tuple[int, int, float], data: st.DataObject
) -> None:
    sheet = sheet_of(count, window[:2], window[2])
    n = data.draw(st.integers(0, sheet.across * sheet.down - 1))
    left, top = sheet.corner(n)
    x = data.draw(st.integers(0, sheet.inset[0] - 1))
    y = data.draw(st.integers(0, sheet.inset[1]))
    assert sheet.cell_at(left + x, top + y) == n
    assert sheet.cell_at(left - 1, top) is None
    assert sheet.cell_at(-1, top) is sheet.cell_at(left, sheet.size[1]) is None


@pytest.mark.parametrize(
    ("window", "across", "down"),
    [((800, 600, 1.0), 3, 2), ((1920, 1080, 1.0), 8, 5), ((1600, 1200, 2.0), 3, 2)],
)
def test_as_many_as_have_room(window: tuple[int, int, float], across: int, down: int) -> None:
    sheet = sheet_of(1000, window[:2], window[2])
    assert (sheet.across, sheet.down) == (across, down)
    assert sheet.size[0] <= window[0]
    assert sheet.size[1] <= window[1]
    assert sheet_of(2, window[:2], window[2])[:2] == (2, 1)


def known(thumbnails: Thumbnails, errands: Errands, paths: list[Path]) -> list[Thumb]:
    """What is known once nothing more is done."""
    end = time.monotonic() + PATIENCE
    found = thumbnails.of(paths, (60, 45))
    while errands.busy:
        assert time.monotonic() < end
        time.sleep(0.005)
        if errands.collect():
            found = thumbnails.of(paths, (60, 45))
    return found


def test_what_is_in_sight_is_drawn_and_what_is_broken_says_so(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.vm" for name in ("whole", "broken", "lost", "unseen")]
    paths[0].write_bytes(disc())
    paths[1].write_bytes(b"x var-x\ny frob x\n")
    errands = Errands()
    thumbnails = Thumbnails(errands)
    whole, broken, lost = known(thumbnails, errands, paths[:3])
    grey = np.frombuffer(whole.picture, np.uint8).reshape(45, 60)
    assert grey[22, 30] == 255
    assert grey[0, 0] == 0
    assert broken.problem.startswith("line 2: ")
    assert not broken.picture
    assert "no such file" in lost.problem
    assert str(tmp_path) not in lost.problem
    paths[1].write_bytes(disc())
    assert known(thumbnails, errands, paths[1:2])[0].picture == whole.picture
    errands.close()


def test_the_overview_as_pixels() -> None:
    insets = Insets(Typesetter())
    sheet = Sheet(2, 2, (105, 79), 14)
    thumbs = [
        Thumb("white.vm", b"\xff" * 105 * 79),
        Thumb("bad.vm", problem="line 2: no"),
        Thumb("a name much too long for it.vm", chosen=True),
    ]
    image, at = insets.gallery(thumbs, sheet, (800, 600))
    assert image.shape[1::-1] == sheet.size
    assert at == ((800 - sheet.size[0]) // 2, (600 - sheet.size[1]) // 2)
    left, top = sheet.corner(0)
    assert (image[top + 5 : top + 70, left + 5 : left + 90, :3] == 255).all()
    colours = {tuple(pixel) for pixel in image.reshape(-1, 4).tolist()}
    assert {COLOURS[Tone.BAD], COLOURS[Tone.KEY]} <= colours
    assert insets.gallery(thumbs, sheet, (800, 600)).image is image
    assert insets.gallery(thumbs[:1], sheet, (800, 600)).image is not image
