"""`prospero doctor`: which ways to draw work here, what each found, and what to install.

Every route is tried in a process of its own (a driver may crash), on the real thing: a context is
made and a pixel drawn. `examine` returns values, `report` their text.
"""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from viewer.window.backends import NAMES

PACKAGE = Path(__file__).resolve().parent
PATIENCE = 60  # seconds that a route may take to answer; a cold driver needs a few
PACKAGES = (
    *("moderngl", "moderngl-window", "pyglet", "numpy", "pillow", "psutil", "pyglm", "tqdm"),
    *("platformdirs", "python-flint", "python-xlib", "tomli-w"),
    *("llvmlite", "glfw"),  # the extras `jit` and `glfw`
)
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "PYGLET_HEADLESS")  # pyglet's headless mode is one too
NO_GLFW = "not installed; the extra `glfw` adds windows of native Wayland"
NO_WAYLAND = "no X display, and pyglet knows no Wayland"
NO_DISPLAY = "neither DISPLAY nor WAYLAND_DISPLAY is set"


class Finding(NamedTuple):
    """One thing that was looked at.

    `works` is None where it is neither good nor bad. `layer` is the row of `needs.toml` that
    mends it where it does not work ("gl" or "tests"), or None where packages cannot.
    """

    group: str
    name: str
    works: bool | None
    text: str
    details: tuple[str, ...] = ()
    layer: str | None = None


def examine() -> list[Finding]:
    """Looks at everything; takes about a second, and at most `PATIENCE` for each route."""
    return [*_routes(), *_libraries(), _display(), *_tools(), *_packages()]


def exit_status(findings: Sequence[Finding]) -> int:
    """The exit status: 0 where at least one route draws, 3 where none does."""
    routes = [finding for finding in findings if finding.group == "Drawing"]
    return 0 if any(route.works for route in routes) else 3


def report(findings: Sequence[Finding]) -> str:
    """The findings as text, under their groups, and the line that installs what is missing."""
    lines = [f"prospero {_version('prospero-viewer')}, Python {platform.python_version()}"]
    lines[0] += f", {platform.platform()}"
    width = max(len(finding.name) for finding in findings)
    group = None
    for finding in findings:
        if finding.group != group:
            group = finding.group
            lines += ["", group]
        mark = {True: "yes", False: "no", None: ""}[finding.works]
        lines.append(f"  {mark:<4} {finding.name:<{width}}  {finding.text}".rstrip())
        lines += [f"  {'':<4} {'':<{width}}  {detail}" for detail in finding.details]
    if advice := install_lines(findings):
        lines += ["", "To install what is missing", *(f"  {line}" for line in advice)]
    return "\n".join(lines)


def install_lines(findings: Sequence[Finding]) -> list[str]:
    """The command that installs what is missing, for the package manager here or for each known."""
    layers = sorted({f.layer for f in findings if f.works is False and f.layer is not None})
    managers = tomllib.loads((PACKAGE / "needs.toml").read_text(encoding="utf-8")).values()
    here = [manager for manager in managers if shutil.which(manager["program"])][:1]
    lines = []
    for manager in here or managers:
        if packages := [package for layer in layers for package in manager[layer]]:
            prefix = "" if here else f"{manager['system']}: "
            lines.append(f"{prefix}{manager['install']} {' '.join(packages)}")
    return lines


def _routes() -> list[Finding]:
    """The ways to draw: without a window, and in a window of each library that is installed."""
    routes = [_route("without a window", "viewer.gpu.probe", layer="gl")]
    for backend in NAMES:
        name = f"in a window ({backend})"
        if why_not := _obstacle(backend):
            works = None if why_not == NO_GLFW else False
            routes.append(Finding("Drawing", name, works, why_not))
        else:
            routes.append(_route(name, "viewer.window.probe", backend, layer="gl"))
    return routes


def _obstacle(backend: str) -> str:
    """Why a library cannot open a window, where that is plain without trying."""
    if backend == "glfw" and importlib.util.find_spec("glfw") is None:
        return NO_GLFW
    if not has_display():
        return f"no display: {NO_DISPLAY}"
    shown = [name for name in DISPLAYS if os.environ.get(name)]
    return NO_WAYLAND if backend == "pyglet" and shown == ["WAYLAND_DISPLAY"] else ""


def _route(name: str, module: str, *arguments: str, layer: str) -> Finding:
    """Runs a probe (see `viewer.gpu.probe`) and reads its answer."""
    found = _ask([sys.executable, "-m", module, *arguments])
    if "error" in found:
        return Finding("Drawing", name, False, str(found["error"]), layer=layer)
    width, height = found["viewport"]
    precise = "with" if found["precise"] else "without"
    details = (
        f"{found['vendor']}, OpenGL {found['version']}",
        f"GLSL {found['glsl']} {precise} `precise`",
        f"textures to {found['texture']}, drawing to {width} x {height} pixels",
    )
    return Finding("Drawing", name, True, found["renderer"], details)


def _ask(command: Sequence[str]) -> Mapping[str, Any]:
    """A probe's answer; `{"error": ...}` where it crashed, hung or said nothing."""
    try:
        # In the folder that holds the package, so that it is found without being installed.
        done = subprocess.run(
            command,
            cwd=PACKAGE.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer within {PATIENCE} s"}
    if done.returncode < 0:
        return {"error": f"the driver crashed (signal {-done.returncode})"}
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return {"error": said[-1]}
    return answer if isinstance(answer, dict) else {"error": f"unreadable answer: {answer}"}


def _libraries() -> list[Finding]:
    """The libraries that a route loads, where they come from the system."""
    if not sys.platform.startswith("linux"):
        return []
    found = {name: ctypes.util.find_library(name) for name in ("EGL", "GL")}
    return [
        Finding("System", f"lib{name}", path is not None, path or "not found", layer="gl")
        for name, path in found.items()
    ]


def has_display() -> bool:
    """Whether a window can be asked for; macOS and Windows always have a display."""
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in DISPLAYS)


def _display() -> Finding:
    named = [f"{name}={os.environ[name]}" for name in DISPLAYS if os.environ.get(name)]
    text = ", ".join(named) or ("the system's own" if has_display() else NO_DISPLAY)
    return Finding("System", "display", has_display(), text)


def _tools() -> list[Finding]:
    """The programs that the tests of the window need."""
    found = {name: shutil.which(name) for name in ("Xvfb", "xdotool")}
    return [
        Finding("For the tests", name, path is not None, path or "not found", layer="tests")
        for name, path in found.items()
    ]


def _packages() -> list[Finding]:
    return [Finding("Packages", name, None, _version(name)) for name in PACKAGES]


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
