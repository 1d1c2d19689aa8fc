"""Folders that are the same bytes whoever draws them, and however often they are stopped."""

from __future__ import annotations

import importlib
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.picture.shapes import TEXT
from tests.pyramid.sites import ALONE, built, content, site
from viewer.cli import main
from viewer.errors import DrawError, FileError, NoDeviceError
from viewer.pyramid import folder as folders
from viewer.pyramid.build import build
from viewer.pyramid.crew import here, on_dask
from viewer.pyramid.folder import JOURNAL

DEEP = site(300, 200, "0.5,0.5@1e3")
TILE_FILE = re.compile(r"(\w[\w-]*)_files/(\d+)/(\d+)_(\d+)\.png")


class StoppedError(Exception):
    """What stops a run in a test."""


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(tmp_path_factory.mktemp("whole") / "disc", DEEP)


def test_files_are_a_deep_zoom_folder(wanted: dict[str, bytes]) -> None:
    image = ET.fromstring(wanted["picture.dzi"])
    space = {"z": "http://schemas.microsoft.com/deepzoom/2008"}
    size = image.find("z:Size", space)
    assert size is not None
    assert image.attrib == {"Format": "png", "Overlap": "1", "TileSize": "256"}
    top = (max(int(size.attrib["Width"]), int(size.attrib["Height"])) - 1).bit_length()
    found = {match.groups() for name in wanted if (match := TILE_FILE.fullmatch(name))}
    assert {int(level) for _, level, _, _ in found} == set(range(top + 1))
    for _, level, column, row in found:
        assert shown(image, int(level), int(column), int(row), top)
    others = {name for name in wanted if not TILE_FILE.fullmatch(name)}
    assert others == {
        *("index.html", "picture.dzi", JOURNAL),
        *("openseadragon.min.js", "openseadragon.LICENSE.txt"),
    }


def shown(image: ET.Element, level: int, column: int, row: int, top: int) -> bool:
    """Whether a description says that there is a tile, by its corner in the finest pixels."""
    x, y = (at * 256 << (top - level) for at in (column, row))
    for element in image.iterfind("{*}DisplayRects/{*}DisplayRect"):
        rect = {key: int(value) for key, value in element[0].attrib.items()}
        if int(element.attrib["MinLevel"]) <= level <= int(element.attrib["MaxLevel"]):
            across = rect["X"] <= x < rect["X"] + rect["Width"]
            if across and rect["Y"] <= y < rect["Y"] + rect["Height"]:
                return True
    return False


@pytest.mark.parametrize("batches", [1, 5, 11])
def test_a_stopped_run_goes_on_to_the_same_bytes(
    batches: int, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    def stop(done: int) -> None:
        if done == batches:
            raise StoppedError

    with pytest.raises(StoppedError):
        build(tmp_path / "disc", DEEP, ALONE, stop)
    assert "index.html" not in content(tmp_path / "disc")
    told: list[int] = []
    left = build(tmp_path / "disc", DEEP, ALONE, told.append)
    assert left == DEEP.steps - batches
    assert told == list(range(batches + 1, DEEP.steps + 1))
    assert content(tmp_path / "disc") == wanted
    assert build(tmp_path / "disc", DEEP, ALONE, told.append) == 0


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "disc.vm").write_bytes(TEXT)
    large = ["disc.vm", "--size", "4000", "--engine", "blocks", "-o"]
    command = [sys.executable, "-m", "viewer", "pyramid", *large, "out"]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.DEVNULL
    ) as run:
        tiles = tmp_path / "out" / "picture_files"
        until(lambda: len(list(tiles.glob("11/*"))) > 2)
        drawing = psutil.Process(run.pid).children(recursive=True)
        run.kill()
    assert not (tmp_path / "out" / "index.html").exists()
    until(lambda: not any(process.is_running() for process in drawing))
    same = site(4000, 4000)
    assert built(tmp_path / "out", same) == built(tmp_path / "other", same)


def _killed(process: psutil.Process) -> bool:
    """Kills a process where it is a worker that lives."""
    with suppress(psutil.NoSuchProcess):
        if any("spawn_main" in word for word in process.cmdline()):
            process.kill()
            return True
    return False


def test_lost_processes_are_survived(wanted: dict[str, bytes], tmp_path: Path) -> None:
    lost = 0

    def lose(done: int) -> None:
        nonlocal lost
        if done in (2, 9):  # those that were lost may not have their successors yet
            lost += any(map(_killed, psutil.Process().children(recursive=True)))

    build(tmp_path / "disc", DEEP, here(2), lose)
    assert lost
    assert content(tmp_path / "disc") == wanted


def test_processes_that_are_always_lost_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DrawError, match=r"^the drawing processes were lost 3 times in a row$"):
        list(here(1).done(os._exit, [1, 2, 3, 4, 5]))


def test_a_lost_worker_of_a_cluster_is_survived(wanted: dict[str, bytes], tmp_path: Path) -> None:
    distributed: Any = importlib.import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path / "d"
    ) as cluster:

        def lose(done: int) -> None:
            if done == 2:
                os.kill(cluster.workers[0].pid, signal.SIGKILL)

        build(tmp_path / "disc", DEEP, on_dask(cluster.scheduler_address), lose)
    assert content(tmp_path / "disc") == wanted


def test_a_cluster_that_is_not_there_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.pyramid.crew.PATIENCE", 0.2)
    with pytest.raises(NoDeviceError, match=r"^tcp://127.0.0.1:9: found no Dask scheduler \("):
        list(on_dask("tcp://127.0.0.1:9").done(abs, [1]))
    with pytest.raises(NoDeviceError, match=r"^no address: found no Dask scheduler \("):
        list(on_dask("no address").done(abs, [1]))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoDeviceError, match=r"^--dask needs the extra 'distributed': pip install"):
        list(on_dask("tcp://127.0.0.1:9").done(abs, [1]))


def test_what_fails_in_another_process_is_one_error() -> None:
    with pytest.raises(DrawError, match=r"^drawing failed in another process: math domain error$"):
        list(here(1).done(math.sqrt, [-1.0]))
    with pytest.raises(FileError, match=r"^no$"):
        list(ALONE.done(refuse, [1]))


def refuse(_: int) -> None:
    raise FileError("no")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_equal_tiles_of_one_colour_are_one_file(tmp_path: Path) -> None:
    built(tmp_path / "disc", site(2048, 2048))
    files = {path: path.stat().st_ino for path in tmp_path.rglob("1[01]/*.png")}
    flat = {path: ino for path, ino in files.items() if len(set(pixels(path))) == 1}
    assert len(flat) > 30 and len(set(flat.values())) < 12
    assert len(set(files.values())) == len(files) - len(flat) + len(set(flat.values()))


def pixels(path: Path) -> bytes:
    with Image.open(path) as picture:
        return picture.convert("L").tobytes()


def test_without_links_tiles_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, bytes]
) -> None:
    def refuse_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse_links)
    assert built(tmp_path / "disc", DEEP) == wanted


def test_another_pyramid_is_replaced_only_by_force(tmp_path: Path) -> None:
    first = built(tmp_path / "disc", site(300, 200, aa=2))
    other = site(130, 100)
    with pytest.raises(FileError, match=r"disc: holds another pyramid \(--force replaces it\)$"):
        build(tmp_path / "disc", other, ALONE, lambda _: None)
    assert content(tmp_path / "disc") == first
    build(tmp_path / "disc", other, ALONE, lambda _: None, force=True)
    assert content(tmp_path / "disc") == built(tmp_path / "new", other)


def test_a_journal_cut_short_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    whole = built(tmp_path / "disc", DEEP)
    journal = tmp_path / "disc" / JOURNAL
    first = journal.read_bytes().splitlines(keepends=True)[0]
    journal.write_bytes(first + b"0 0 0 0\n0 1 0 0")
    shutil.rmtree(tmp_path / "disc" / "picture_files" / "1")
    assert build(tmp_path / "disc", DEEP, ALONE, lambda _: None) == DEEP.steps - 1
    assert content(tmp_path / "disc") == whole


def test_places_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "file").touch()
    for name, message in (
        ("full", "holds other files, expected a new folder or an empty one"),
        ("file", "found a file, expected a folder"),
        ("no/where", f"there is no folder {tmp_path / 'no'}"),
    ):
        with pytest.raises(FileError, match=f"{re.escape(f'{name}: {message}')}$"):
            build(tmp_path / name, DEEP, ALONE, lambda _: None)
    assert set(content(tmp_path)) == {"full/a", "file"}


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with (
        folders.opened(tmp_path / "disc", "a"),
        pytest.raises(FileError, match=r"disc: another process is writing to it$"),
    ):
        build(tmp_path / "disc", DEEP, ALONE, lambda _: None)


def test_a_full_disk_is_one_error_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, bytes]
) -> None:
    kept, replace = [0], Path.replace

    def full(path: Path, target: Path) -> Path:
        kept[0] += 1
        if kept[0] > 10:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(FileError, match=r"disc: no space left on device$"):
            build(tmp_path / "disc", DEEP, ALONE, lambda _: None)
    assert not list(tmp_path.rglob("*.part"))
    assert built(tmp_path / "disc", DEEP) == wanted


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "disc.vm", tmp_path / "out"
    source.write_bytes(TEXT)
    command = ["pyramid", str(source), "-o", str(out), "--size", "300x200", "--engine", "blocks"]
    command += ["--around", "0.5,0.5@1e3"]
    assert main(command) == 0
    assert (
        f"out/index.html: {DEEP.steps} batches of tiles, engine blocks," in capsys.readouterr().out
    )
    assert main(command) == 0
    assert capsys.readouterr().out == f"{out}: was there already, as a whole\n"
    assert main([*command, "--aa", "2"]) == 1
    assert capsys.readouterr().err == f"{out}: holds another pyramid (--force replaces it)\n"
    assert main([*command, "--around", "0.5,0.5@1e9", "--aa", "40"]) == 2
    assert "524289 pixels of 40 samples a side, expected at most" in capsys.readouterr().err
    assert main([*command, "--around", "-3,0"]) == 2
    assert "lies outside the picture" in capsys.readouterr().err
