"""`prospero doctor`: what it finds here, what it says of a broken machine, and its exit status."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest

from tests.conftest import ROOT
from viewer import doctor
from viewer.doctor import Finding

WORKING = Finding("Drawing", "without a window", True, "llvmpipe", ("Mesa, OpenGL 4.5",))
BROKEN = Finding("Drawing", "without a window", False, "no driver", layer="gl")
NO_XVFB = Finding("For the tests", "Xvfb", False, "not found", layer="tests")


def only(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Makes these the only programs on the machine."""
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name in programs else None)


def test_a_context_without_a_window_is_found(context: object) -> None:
    route = next(f for f in doctor.examine() if f.name == "without a window")
    assert route.works, route.text
    text = "\n".join((route.text, *route.details))
    assert re.search(r"OpenGL \d\.\d.*\nGLSL \d\.\d\d with.* `precise`\ntextures to \d{4,},", text)


def test_windows_are_found(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    found = {f.name: f for f in doctor.examine()}
    for library in ("pyglet", "glfw"):
        route = found[f"in a window ({library})"]
        assert route.works, route.text
    assert found["display"].text == f"DISPLAY={display}"
    assert doctor.exit_status(list(found.values())) == 0


def test_a_display_that_does_not_answer(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display + "999")
    route = next(f for f in doctor.examine() if f.name == "in a window (pyglet)")
    assert route.works is False
    assert route.text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere is always a display")
def test_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in doctor.DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    route = next(f for f in doctor.examine() if f.name == "in a window (pyglet)")
    assert (route.works, route.layer) == (False, None)
    assert route.text == "no display: neither DISPLAY nor WAYLAND_DISPLAY is set"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere is no Wayland")
def test_pyglet_has_no_wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in doctor.DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "nowhere-0")
    found = {f.name: f for f in doctor.examine()}
    assert found["in a window (pyglet)"].text == "no X display, and pyglet knows no Wayland"
    route = found["in a window (glfw)"]
    assert (route.works, route.text) == (False, "Wayland: Failed to connect to display")


def test_glfw_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    route = next(f for f in doctor.examine() if f.name == "in a window (glfw)")
    assert (route.works, route.layer) == (None, None)
    assert route.text.startswith("not installed; the extra `glfw`")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os; os.abort()", "the driver crashed (signal 6)"),
        ("import sys; sys.exit('libEGL warning\\nno screen')", "no screen"),
        ('print(\'{"error": "refused"}\')', "refused"),
        ("print('noise of a driver'); print('[1]')", "unreadable answer: [1]"),
        ("pass", "exit status 0"),
        ("import time; time.sleep(9)", "no answer within 1 s"),
    ],
)
def test_a_probe_that_fails_is_a_finding(
    code: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 1)
    assert doctor._ask([sys.executable, "-c", code]) == {"error": error}


def test_exit_status_is_3_where_nothing_draws() -> None:
    assert doctor.exit_status([WORKING, BROKEN]) == 0
    assert doctor.exit_status([BROKEN, NO_XVFB]) == 3


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("apt-get", "sudo apt-get install -y --no-install-recommends libegl1 libgl1"),
        ("dnf", "sudo dnf install -y mesa-libEGL mesa-libGL mesa-dri-drivers xorg-x11-server-Xvfb"),
        ("pacman", "sudo pacman -S --needed libglvnd mesa xorg-server-xvfb xdotool"),
        ("brew", "brew install xquartz xdotool"),
    ],
)
def test_says_what_to_install_here(
    program: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, program)
    (found,) = doctor.install_lines([BROKEN, NO_XVFB])
    assert found.startswith(line)


def test_says_what_to_install_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    lines = doctor.install_lines([NO_XVFB])
    assert [line.split(":")[0] for line in lines] == ["Debian, Ubuntu", "Fedora", "Arch", "macOS"]
    assert doctor.install_lines([WORKING]) == []


def test_report_is_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "apt-get")
    title, page = doctor.report([WORKING, NO_XVFB]).split("\n", 1)
    assert title.startswith("prospero ")
    assert (
        page
        == """
Drawing
  yes  without a window  llvmpipe
                         Mesa, OpenGL 4.5

For the tests
  no   Xvfb              not found

To install what is missing
  sudo apt-get install -y --no-install-recommends xvfb xdotool"""
    )


def test_packages_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["jit"], *extras["glfw"]]
    assert {re.split(r"[<>=]", need)[0] for need in wanted} == set(doctor.PACKAGES)
