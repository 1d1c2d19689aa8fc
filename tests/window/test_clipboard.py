"""A picture on the clipboard, as another program gets it; and where there is no way to do that."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.window.desktop import Viewer
from tests.window.paste import Paster
from viewer.errors import FileError
from viewer.view import View
from viewer.window.saving.clipboard import png_of, put, put_picture

GREYS = np.arange(60, dtype=np.uint8).reshape(6, 10)
COLOURS = np.stack([GREYS, GREYS + 1, 255 - GREYS], axis=2)
DISC = b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.25\nd sub s r\n"


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch, display: str) -> str:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return display


def decoded(png: bytes | None) -> Image.Image:
    assert png is not None
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize("picture", [GREYS, COLOURS])
def test_a_picture_as_png_has_its_pixels_and_notes(picture: np.ndarray) -> None:
    image = decoded(png_of(picture, {"Title": "größer \udcff", "Prospero View": "0,0@1"}))
    assert np.array_equal(np.asarray(image), picture)
    assert image.info["Prospero View"] == "0,0@1"


def test_another_program_gets_the_picture(desktop: str) -> None:
    assert put_picture(GREYS, {}, "disc") == "copied the picture"
    with Paster(desktop) as other:
        assert other.targets() == {"TARGETS", "image/png"}
        for _ in range(2):
            assert np.array_equal(np.asarray(decoded(other.paste("image/png"))), GREYS)
        assert other.paste("UTF8_STRING") is None
        assert np.array_equal(np.asarray(decoded(other.paste("image/png"))), GREYS)


@pytest.mark.parametrize("size", [200_000, 200_001, 400_000, 1_000_003])
def test_what_is_long_comes_in_pieces(desktop: str, size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert put(data, "disc") is None
    with Paster(desktop) as one, Paster(desktop) as other:
        found: dict[str, bytes | None] = {}
        thread = threading.Thread(target=lambda: found.update(one=one.paste("image/png")))
        thread.start()
        found["other"] = other.paste("image/png")
        thread.join()
    assert found["one"] == found["other"] == data


def test_it_is_given_up_when_something_else_is_copied(desktop: str) -> None:
    def serving() -> int:
        return sum(thread.name == "clipboard" for thread in threading.enumerate())

    for _ in range(3):
        assert put(b"picture", "disc") is None
    with Paster(desktop) as other:
        assert other.paste("image/png") == b"picture"
        other.own()
        end = time.monotonic() + 10
        while serving() and time.monotonic() < end:
            time.sleep(0.01)
    assert serving() == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Xlib's sockets
def test_where_there_is_no_clipboard_it_is_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for display in ("", ":4294"):
        monkeypatch.setenv("DISPLAY", display)
        found = put_picture(GREYS, {}, "disc")
        assert isinstance(found, Path)
        assert found.parent == tmp_path
        assert found.name.startswith("disc-")
        assert np.array_equal(np.asarray(decoded(found.read_bytes())), GREYS)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(FileError, match="none: no such file or directory"):
        put_picture(GREYS, {}, "disc")


@pytest.mark.parametrize("status", [0, 1])
def test_on_wayland_it_is_handed_to_a_tool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int
) -> None:
    """A stand-in for wl-copy: it goes on in the background with its output open, as that does."""
    tool = tmp_path / "wl-copy"
    tool.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/said\ncat > {tmp_path}/taken\n'
        f"sleep 60 &\necho $! > {tmp_path}/pid\nexit {status}\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = put(b"picture", "disc")
    os.kill(int((tmp_path / "pid").read_text()), 15)
    assert (found is None) == (status == 0)
    assert (tmp_path / "said").read_text() == "--type image/png\n"
    assert (tmp_path / "taken").read_bytes() == b"picture"


@pytest.fixture
def viewer(display: str, tmp_path: Path) -> Iterator[Viewer]:
    path = tmp_path / "disc.vm"
    path.write_bytes(DISC)
    with Viewer(display, path, "--still") as viewer:
        viewer.wait_for_frame()
        yield viewer


def test_the_window_copies_what_it_shows(viewer: Viewer, display: str) -> None:
    viewer.key("Tab", "plus", "ctrl+shift+c")
    viewer.wait_for(lambda event: event.get("message") == "copied the picture")
    size = tuple(viewer.frames()[-1]["size"])
    view = View().zoomed(0.5, (size[0] / 2, size[1] / 2), size)
    with Paster(display) as other:
        image = decoded(other.paste("image/png"))
    assert image.size == size
    assert image.info["Prospero View"] == str(view)
    viewer.key("Tab", "Escape")
    viewer.assert_shows(view, size)
    shown = viewer.screenshot(size)
    assert (np.asarray(image.convert("RGB")) != shown).any(axis=2).sum() == 0
    viewer.key("ctrl+c")  # text again, and what was the picture's is the window's
    viewer.wait_for(lambda event: event.get("message") == "copied the view")
    with Paster(display) as other:
        assert other.paste("image/png") is None
