"""Every way to install the viewer gives a `prospero` that finds its shaders and shapes.

The environments borrow the libraries of the one that runs the tests (a `.pth` line), so that only
the viewer itself is built and installed, without the network. The slow tests download everything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from viewer import resources
from viewer.errors import FileError
from viewer.resources import asset, assets, shader

BIN = "Scripts" if os.name == "nt" else "bin"
NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "PYGLET_HEADLESS", "PYTHONPATH")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command says on standard output, without a display; it must succeed."""
    environment = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    ("find", "name"), [(asset, "assets/no.vm"), (shader, "shaders/no.vm"), (asset, "assets/")]
)
def test_a_missing_resource_is_one_clear_error(find: Callable[[str], object], name: str) -> None:
    with pytest.raises(FileError, match=f"^{name} is missing from this installation"):
        find(name.partition("/")[2])


def test_the_package_comes_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = (tmp_path / "viewer", tmp_path)
    for root in roots:
        (root / "assets").mkdir(parents=True)
        (root / "assets" / "a.vm").touch()
    (tmp_path / "assets" / "b.vm").touch()
    monkeypatch.setattr(resources, "ROOTS", roots)
    assert asset("a.vm") == roots[0] / "assets" / "a.vm"
    assert asset("b.vm") == roots[1] / "assets" / "b.vm"
    assert assets() == [roots[0] / "assets" / "a.vm"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, and the wheel that is built from it: `{"sdist": path, "wheel": path}`."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def below(folder: str, pattern: str) -> set[str]:
    """The files of a folder of the checkout, as paths from its root."""
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern)}


def test_wheel_holds_the_package_and_nothing_else(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    code = below("viewer", "*.py")
    shapes = {f"viewer/{name}" for name in below("assets", "*.vm")}
    shaders = {f"viewer/{name}" for name in below("shaders", "*") if "." in name}
    assert code | shapes | shaders | {"viewer/needs.toml", "viewer/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {"viewer"}
    assert {name for name in names if name.endswith(".py")} == code


def test_sdist_holds_all_that_rebuilds_and_tests(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"pyproject.toml", "LICENSE", "README.md", ".ci/run"}
    for folder, pattern in (
        *(("viewer", "*.py"), ("tests", "*.py"), ("scripts", "*.py")),
        *(("assets", "*.vm"), ("assets", "*.py"), ("shaders", "*.*")),
    ):
        wanted |= below(folder, pattern)
    assert wanted - names == set()


@pytest.mark.parametrize("way", ["wheel", "sdist", "folder", "editable"])
def test_installed_by(way: str, built: dict[str, Path], tmp_path: Path) -> None:
    target = ["--editable"] * (way == "editable") + [str(built.get(way, ROOT))]
    python = borrowing_environment(tmp_path / "env")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--ignore-installed"]
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", *target, cwd=tmp_path)

    where = run(python, "-c", "import viewer; print(viewer.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(ROOT if way == "editable" else tmp_path)
    smallest = (
        "import os; from viewer.resources import *; print(min(assets(), key=os.path.getsize))"
    )
    shape = run(python, "-c", smallest, cwd=tmp_path)
    prospero = python.with_name("prospero")
    assert run(prospero, "--help", cwd=tmp_path).startswith("usage: prospero")
    assert run(python, "-m", "viewer", "--help", cwd=tmp_path).startswith("usage: prospero")
    assert "slots" in run(prospero, "info", shape.strip(), cwd=tmp_path)
    run(prospero, "render", shape.strip(), "-o", "out.pgm", "--size", "64", cwd=tmp_path)
    assert (tmp_path / "out.pgm").read_bytes().startswith(b"P5\n64 64\n255\n")


def borrowing_environment(folder: Path) -> Path:
    """The Python of a new environment without pip that sees the libraries of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / BIN / Path(sys.executable).name
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    # The lines of a .pth are folders to search; .pth files in those are not read, so an editable
    # install of the viewer in this environment stays out of sight.
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(site.strip()) / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")
    return python


def assert_one_picture(folder: Path) -> None:
    """Without a display the viewer draws the bundled shape, from assets/ and with shaders/."""
    (picture,) = folder.glob("*.png")
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_without_a_display_it_draws_the_default_shape(tmp_path: Path) -> None:
    code = f"import sys; sys.path.append({str(ROOT)!r}); import viewer.__main__"
    run(sys.executable, "-c", code, cwd=tmp_path)
    assert_one_picture(tmp_path)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, in a folder with a space in its name."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("this is not a git checkout, so that it cannot be cloned")
    run("git", "clone", "--quiet", ROOT, tmp_path / "a clone", cwd=tmp_path)
    return tmp_path / "a clone"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_clone_draws_with_one_command(clone: Path, tmp_path: Path) -> None:
    view = [sys.executable, str(clone / "scripts" / "view.py")]
    assert "set-up: makes" in run(*view, cwd=tmp_path)
    assert_one_picture(tmp_path)
    assert "set-up" not in run(*view, cwd=tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == 2


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("uv", ["uvx", "--no-cache", "--python", sys.executable, "--from", ROOT, "prospero"]),
        ("pipx", ["pipx", "run", "--no-cache", "--spec", ROOT, "prospero"]),
    ],
)
def test_run_by(tool: str, command: list[str | Path], tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    run(tmp_path / "env" / BIN / "python", "-m", "pip", "install", tool, cwd=tmp_path)
    program = tmp_path / "env" / BIN / str(command[0])
    run(program, *command[1:], cwd=tmp_path)
    assert_one_picture(tmp_path)
