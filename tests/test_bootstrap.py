"""The scripts that set a checkout up, on machines that are told to lack things.

`scripts/` is run in processes of their own, with a `PATH` on which apt-get and its relatives are
small recording programs, so that nothing is installed here.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the recording programs are for sh")
SCRIPTS = ("bootstrap.py", "view.py", "test.py")
PACKAGES = "libegl1 libgl1 libgl1-mesa-dri"
LINE = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {PACKAGES}"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for `PATH`, with a dpkg-query that knows no package and an apt-get that records."""
    folder = tmp_path / "a bin"
    folder.mkdir()
    program(folder, "dpkg-query", "exit 1")
    program(folder, "apt-get", f'echo "$DEBIAN_FRONTEND: $*" >> "{tmp_path}/apt.log"')
    return folder


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def bootstrap(machine: Path, code: str, uid: int) -> str:
    """What this code prints in `scripts/bootstrap.py`'s namespace, run as the user `uid`."""
    prelude = f"import os, sys; os.geteuid = lambda: {uid}; sys.path.insert(0, 'scripts')\n"
    prelude += "from bootstrap import *\n"
    (machine / "env").unlink(missing_ok=True)
    (machine / "env").symlink_to(shutil.which("env") or "/usr/bin/env")
    done = subprocess.run(
        [sys.executable, "-c", prelude + code],
        cwd=ROOT,
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr


def apt_log(machine: Path) -> list[str]:
    log = machine.parent / "apt.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def test_root_installs_what_is_missing(machine: Path) -> None:
    said = bootstrap(machine, "install_packages(missing_packages(['gl']))", uid=0)
    assert said == f"set-up: installs {PACKAGES}\n"
    options = "noninteractive: -qq -o DPkg::Lock::Timeout=120"
    assert apt_log(machine) == [
        f"{options} update",
        f"{options} install -y --no-install-recommends {PACKAGES}",
    ]


def test_a_user_with_passwordless_sudo_installs(machine: Path) -> None:
    program(machine, "true", "exit 0")
    program(
        machine,
        "sudo",
        f'test "$1" = -n || exit 1; echo sudo >> "{machine.parent}/apt.log"\nshift; exec "$@"',
    )
    bootstrap(machine, "install_packages(missing_packages(['gl']))", uid=1000)
    assert [line.split()[0] for line in apt_log(machine)] == [
        *("sudo", "sudo", "noninteractive:", "sudo", "noninteractive:")
    ]


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_a_user_without_is_told_the_line(machine: Path, sudo: str | None) -> None:
    if sudo:
        program(machine, "sudo", sudo)
    said = bootstrap(machine, "install_packages(missing_packages(['gl']))", uid=1000)
    assert f"    {LINE}\n" in said
    assert apt_log(machine) == []


def test_a_failure_of_apt_is_shown_with_the_line(machine: Path) -> None:
    program(machine, "apt-get", "echo E: no network >&2; exit 100")
    said = bootstrap(machine, "install_packages(missing_packages(['gl']))", uid=0)
    assert said == (
        f"set-up: installs {PACKAGES}\n"
        f"set-up: apt-get failed (below). By hand: {LINE}\n"
        "E: no network\n"
    )


def test_one_that_is_not_to_be_had_does_not_take_the_others_with_it(machine: Path) -> None:
    log = machine.parent / "apt.log"
    fails = 'case "$*" in *libgl1*) echo "E: no libgl1" >&2; exit 100; esac'
    program(machine, "apt-get", f'echo "$*" >> "{log}"; {fails}')
    said = bootstrap(machine, "install_packages(['libegl1', 'libgl1', 'xvfb'])", uid=0)
    assert said == (
        "set-up: installs libegl1 libgl1 xvfb\n"
        f"set-up: apt-get failed (below). By hand: {LINE.removesuffix(PACKAGES)}libgl1\n"
        "E: no libgl1\n"
    )
    alone = [line.split("recommends ")[1] for line in apt_log(machine)[2:]]
    assert alone == ["libegl1", "libgl1", "xvfb"]


def test_what_is_installed_is_left_alone(machine: Path) -> None:
    program(machine, "dpkg-query", 'echo "libegl1 installed"; echo "libgl1 config-files"')
    assert bootstrap(machine, "print(missing_packages(['gl']))", uid=0) == (
        "['libgl1', 'libgl1-mesa-dri']\n"
    )


def test_the_tests_need_a_display_and_a_browser_too(machine: Path) -> None:
    said = bootstrap(machine, "print(*missing_packages(['gl', 'tests', 'browser']))", uid=0)
    assert said == f"{PACKAGES} xvfb xdotool chromium-headless-shell\n"


def test_a_python_without_ensurepip_needs_a_package(machine: Path) -> None:
    code = (
        "import importlib.util as u; u.find_spec = lambda name: None\nprint(*missing_packages([]))"
    )
    assert bootstrap(machine, code, uid=0) == f"python3.{sys.version_info.minor}-venv\n"


def test_without_apt_nothing_is_missing(machine: Path) -> None:
    (machine / "apt-get").unlink()
    assert bootstrap(machine, "print(missing_packages(['gl']))", uid=0) == "[]\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_python_can_read_the_scripts(name: str) -> None:
    ast.parse((ROOT / "scripts" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_python_is_told_so_in_one_line(name: str) -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.path.insert(0, 'scripts')"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; runpy.run_path('scripts/{name}', run_name='__main__')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = f"Prospero Viewer needs Python 3.11 or newer, and this is 3.9.2: {sys.executable}\n"
    assert (done.returncode, done.stderr) == (1, wanted)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_use_the_standard_library_alone(name: str) -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / "scripts" / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    assert {n.split(".")[0] for n in names} - {"bootstrap"} <= sys.stdlib_module_names
