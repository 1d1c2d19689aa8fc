"""Which window library is taken, and what each has to do by itself."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import x_server
from tests.window.conftest import both
from tests.window.desktop import Viewer
from tests.window.disc import SIZE
from tests.window.paste import Paster
from tests.window.x11 import Clipboard, lose
from viewer.cli import main
from viewer.errors import NoDeviceError, UsageError
from viewer.view import View
from viewer.window import backends
from viewer.window.backends.protocols import held, largest, turned
from viewer.window.command import add_options, prepare

A, H = 38, 43
"""The keys of these letters on an English keyboard, as X counts them."""
NOBODY: Any = None
open_window: Any = partial(backends.open_window, "title", (8, 8), NOBODY, NOBODY)


def libraries(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> None:
    """Makes each library answer with a window, or with an error."""

    def library(name: str) -> SimpleNamespace:
        def open_window(*_: object) -> object:
            answer = answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return SimpleNamespace(open_window=open_window)

    monkeypatch.setattr(backends, "library", library)
    monkeypatch.setenv("DISPLAY", ":0")


def test_the_first_that_opens_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries(monkeypatch, pyglet="a", glfw="b")
    assert open_window() == ("a", "pyglet", "")
    assert open_window("glfw") == ("b", "glfw", "")


def test_another_one_is_taken_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries(monkeypatch, pyglet=RuntimeError("no screen\nat all"), glfw="b")
    opened = open_window()
    assert opened == ("b", "glfw", "pyglet: no screen; this window is of glfw")
    with pytest.raises(NoDeviceError, match=r"^cannot open a window: pyglet: no screen \(`pro"):
        open_window("pyglet")


def test_where_none_opens_each_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries(monkeypatch, pyglet=ValueError(), glfw=ImportError("No module"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "glfw" else name)
    with pytest.raises(NoDeviceError, match="pyglet: ValueError; glfw: not installed"):
        open_window()


@pytest.mark.parametrize(
    ("x11", "wayland", "first"),
    [(":0", "", "pyglet"), (":0", "w", "pyglet"), ("", "w", "glfw"), ("", "", "pyglet")],
)
def test_pyglet_is_first_where_it_can_be(
    x11: str, wayland: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", x11)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert backends.choices()[0] == first
    assert sorted(backends.choices()) == sorted(backends.NAMES)


def test_the_option_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    monkeypatch.setenv("PROSPERO_BACKEND", "glfw")
    assert prepare(parser.parse_args([])).backend == "glfw"
    assert prepare(parser.parse_args(["--backend", "pyglet"])).backend == "pyglet"
    monkeypatch.setenv("PROSPERO_BACKEND", "")
    assert prepare(parser.parse_args([])).backend is None
    monkeypatch.setenv("PROSPERO_BACKEND", "gtk")
    with pytest.raises(UsageError, match="PROSPERO_BACKEND is 'gtk', expected pyglet or glfw"):
        prepare(parser.parse_args([]))
    assert main(["view"]) == 2


def test_small_things_that_all_have() -> None:
    assert held(True, True, True) == "Ctrl+Alt+Shift+"
    assert held(False, False, False) == ""
    assert largest((1024, 1000), (1280, 800)) == (1024, 720)
    assert turned(1.5, 2.0, "") == turned(2.0, 0.0, "Ctrl+Shift+") == 2.0
    assert turned(1.5, 0.0, "") == 0.0  # sideways is no zoom


@contextmanager
def layout(display: str, name: str) -> Iterator[None]:
    """Another layout of the keyboard for a while."""
    command = ["setxkbmap", "-display", display]
    subprocess.run([*command, name], check=True)
    try:
        yield
    finally:
        subprocess.run([*command, "us"], check=True)


@pytest.mark.parametrize("name", backends.NAMES)
def test_letters_are_those_of_the_layout(display: str, path: Path, name: str) -> None:
    with layout(display, "fr"), Viewer(display, path, "--backend", name) as viewer:
        viewer.wait_for_frame()
        viewer.xdotool("key", A)  # a Q there
        assert viewer.wait_for_end() == 0


def test_letters_of_other_alphabets_are_found_by_their_place(display: str, path: Path) -> None:
    with layout(display, "ru"), Viewer(display, path, "--backend", "glfw") as viewer:
        viewer.wait_for_frame()
        viewer.xdotool("key", H)
        viewer.wait_for_panel("full screen")


@pytest.mark.parametrize("name", backends.NAMES)
def test_the_wheel_is_told_with_its_modifiers(display: str, path: Path, name: str) -> None:
    path.write_bytes(path.read_bytes().replace(b"_9 const 0.25", b"_9 var-z"))
    with Viewer(display, path, "--backend", name, "--z", "0.25", "--still") as viewer:
        viewer.move_to(700, 500)
        viewer.key("Tab")
        viewer.wait_for_panel("0.25")
        viewer.xdotool("keydown", "shift", "click", 4, "keyup", "shift")
        frame = viewer.wait_for_panel("0.27")
        assert frame["view"] == str(View())
        viewer.xdotool("click", 4)
        viewer.wait_for_frame(view=str(View().zoomed(0.25, (700.5, 500.5), SIZE)))


@both
def test_what_is_copied_outlives_late_news(viewer: Viewer, display: str) -> None:
    """That another program had the clipboard before, heard when it is the window's again."""
    viewer.key("ctrl+c")
    viewer.wait_for_frame(message="copied the view")
    lose(display, viewer.window)
    with Paster(display) as other:
        assert other.paste("UTF8_STRING") == str(View()).encode()


@both
@pytest.mark.parametrize("content", [b"0.25,-0.5@8", "ä".encode("latin-1"), None])
def test_a_clipboard_that_is_anybodys(viewer: Viewer, display: str, content: bytes | None) -> None:
    """A view, no text, and of a program that never says."""
    with Clipboard(display, content):
        since = len(viewer.events())
        viewer.key("ctrl+v")
        if content == b"0.25,-0.5@8":
            viewer.wait_for_frame(view="0.25,-0.5@8", since=since)
        else:
            viewer.wait_for(
                lambda event: event["event"] == "frame" and event["message"] != "", since=since
            )


@pytest.fixture
def nested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of an X display that shows nothing but a Wayland compositor, Weston."""
    if shutil.which("weston") is None:
        pytest.skip("weston is missing")
    settings = tmp_path / "weston.ini"
    settings.write_text("[core]\nidle-time=0\n[shell]\npanel-position=none\nlocking=false\n")
    options = ["--backend=x11-backend.so", "--use-pixman", "--width=1280", "--height=1024"]
    command = ["weston", "--config", str(settings), *options, "--socket=nested"]
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with x_server(tmp_path, (1280, 1024)) as display:
        environment = {**os.environ, "DISPLAY": display}
        weston = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 10
            while not (tmp_path / "nested").exists():
                assert time.monotonic() < end, "weston does not start"
                time.sleep(0.05)
            monkeypatch.setenv("WAYLAND_DISPLAY", "nested")
            yield display
        finally:
            weston.terminate()
            weston.wait()


@pytest.mark.slow
def test_native_wayland(nested: str, path: Path) -> None:
    """`apt-get install weston`, then `pytest -m slow tests/window/test_backends.py`. Weston with
    its headless backend has no seat, and there GLFW 3.4 crashes."""
    screen = (1280, 1024)
    with Viewer(nested, path, "--backend", "glfw", "--still") as viewer:
        viewer.wait_for_frame(size=list(SIZE))
        assert "Prospero" not in viewer.xdotool("search", "--name", ".*", "getwindowname", "%@")
        viewer.key("F11")
        viewer.wait_for_frame(size=list(screen))
        for at in ((0, 0), (9, 9), (700, 500)):  # Weston adds up how far it moves
            viewer.move_to(*at)
            time.sleep(0.2)
        viewer.xdotool("click", 4)
        view = View().zoomed(0.25, (700.5, 500.5), screen)
        viewer.wait_for_frame(view=str(view))
        viewer.xdotool("mousedown", 1, "mousemove", 650, 520, "mousemove", 600, 550, "mouseup", 1)
        view = view.panned(-100, 50, screen)
        viewer.wait_for_frame(view=str(view))
        viewer.move_to(1279, 1023)  # the cursor is in Weston's picture
        viewer.assert_shows(view, screen)
        viewer.key("ctrl+c", "Home")
        viewer.wait_for_frame(view=str(View()))
        viewer.key("ctrl+v", "F11")
        viewer.wait_for_frame(view=str(view), size=list(SIZE))
        viewer.key("q")
        assert viewer.wait_for_end() == 0
