"""Films that are stopped or killed: whole frames stay, and --resume makes the same film of them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.picture.commands import ENVIRONMENT, PROSPERO, SLOW, mortal, picture, prospero
from tests.picture.films import (
    KEEP,
    LIKE_THIS,
    encoder,
    filmed,
    names,
)
from tests.picture.shapes import WAVES
from viewer.errors import FileError
from viewer.picture import patience
from viewer.picture.begun import KEPT
from viewer.picture.film import reel
from viewer.picture.film.reel import frames_begun
from viewer.picture.save import save

LONG = ("--size=64", "--aa=1", "--fps=10", "--engine=blocks", "--to=0,0@9", "--seconds=50")
AGAIN = ": prospero film slow.vm -o {} " + " ".join(LONG) + " --force --resume goes on\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "waves.vm").write_text(WAVES.text())
    (tmp_path / "slow.vm").write_text(SLOW)
    return tmp_path


def left(folder: Path) -> set[str]:
    return names(folder, ("waves.vm", "slow.vm"))


@contextmanager
def begun(
    folder: Path, output: str, ready: str, *more: str, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A long film of which a file is there."""
    process = subprocess.Popen(
        [*PROSPERO, "film", "slow.vm", "-o", output, *LONG, "--force", *more],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = time.monotonic() + 60
    with process, mortal(process):
        while not list(folder.glob(ready)):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < patience
            time.sleep(0.01)
        yield process


def test_a_stopped_film_leaves_whole_frames_only(folder: Path) -> None:
    with begun(folder, "f%d.png", "f2.png") as process:
        os.killpg(process.pid, signal.SIGINT)  # to all of them, as a terminal does
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr == (
        "finishing a frame, Ctrl-C again stops at once\ninterrupted" + AGAIN.format("f%d.png")
    )
    found = left(folder) - {".prospero-f%d.png.film"}
    assert found == {f"f{number}.png" for number in range(1, len(found) + 1)}
    assert 2 <= len(found) < 500
    assert all(picture(folder / name).shape == (64, 64) for name in found)


def test_the_second_interrupt_stops_in_the_middle_of_a_frame(folder: Path) -> None:
    (folder / "f1.png").write_bytes(b"old")
    with begun(folder, "f%d.png", ".prospero-*.part", "--size=8192") as process:
        for _ in range(2):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.3)
        _, stderr = process.communicate(timeout=60)
    told = "finishing a frame, Ctrl-C again stops at once\ninterrupted\n"
    assert (process.returncode, stderr) == (130, told)
    assert left(folder) == {"f1.png"}  # no frame was whole: there is nothing to go on with
    assert (folder / "f1.png").read_bytes() == b"old"


@pytest.mark.parametrize(
    "how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_stopped_video_leaves_the_old_one(folder: Path, how: signal.Signals) -> None:
    (folder / "a.webm").write_bytes(b"old")
    path = encoder(folder, f"echo $$ > {folder}/pid; {KEEP}; sleep 100")
    with begun(folder, "a.webm", ".prospero-a.webm.film/000002.png", PATH=path) as process:
        os.killpg(process.pid, how)
        _, stderr = process.communicate(timeout=60)
    word = "interrupted" if how == signal.SIGINT else "terminated"
    assert process.returncode == 128 + how
    assert stderr.endswith(word + AGAIN.format("a.webm"))
    assert left(folder) == {"a.webm", "pid", ".prospero-a.webm.film"}
    assert (folder / "a.webm").read_bytes() == b"old"
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


def killed(folder: Path, output: str, kills: int, seed: int) -> None:
    """A film of 40 frames whose process is killed that often, at random moments, then finished."""
    choose = random.Random(seed)
    asked = ("waves.vm", "-o", output, *LIKE_THIS, "4", "--resume")
    for _ in range(kills):
        process = subprocess.Popen(
            [*PROSPERO, "film", *asked],
            cwd=folder,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not list(folder.glob(".prospero-*.film/journal")) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(choose.uniform(0, 0.15))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.returncode == 0:
            return
    filmed(*asked)


def check_kills(
    folder: Path, monkeypatch: pytest.MonkeyPatch, output: str, kills: int, seed: int
) -> None:
    whole = folder / "whole"
    whole.mkdir()
    (whole / "waves.vm").write_text(WAVES.text())
    monkeypatch.chdir(whole)
    filmed("waves.vm", "-o", output, *LIKE_THIS, "4")
    monkeypatch.chdir(folder)
    killed(folder, output, kills, seed)
    expected = names(whole)
    assert left(folder) - {"whole"} == expected
    for name in expected:
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.parametrize(("output", "kills"), [("f%d.png", 1), ("a.gif", 1)])
def test_a_killed_film_is_the_same_in_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, output: str, kills: int
) -> None:
    check_kills(folder, monkeypatch, output, kills, 7)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("output", ["f%d.png", "a.mp4", "a.webm", "a.gif"])
@pytest.mark.parametrize("seed", range(25))
def test_films_that_are_killed_often_are_the_same_in_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, output: str, seed: int
) -> None:
    check_kills(folder, monkeypatch, output, 4, seed)


def test_what_is_begun_is_neither_lost_nor_mistaken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    path = encoder(folder, f"head -c {3 * 50 * 34 * 3} > /dev/null; kill -9 $PPID")
    (Path(path) / "head").symlink_to(shutil.which("head") or "")
    asked = ("waves.vm", "-o", "a.mp4", *LIKE_THIS, ".4")
    assert prospero(folder, "film", *asked, PATH=path).returncode == -signal.SIGKILL
    assert ".prospero-a.mp4.film" in left(folder)
    monkeypatch.setenv("PATH", encoder(folder, KEEP))

    def told(*more: str) -> str:
        with pytest.raises(FileError) as error:
            filmed(*asked, *more)
        return str(error.value)

    assert told() == "a.mp4: was begun and is not finished (--resume goes on, --force begins anew)"
    assert told("--resume", "--aa=3") == (
        "a.mp4: was begun with options '--size=50x34', found '--size=50x34 --aa=3'"
        " (--force without --resume begins anew)"
    )
    assert told("--resume", "--to=0,0@2").startswith("a.mp4: was begun with views '0,0@1 ")
    (folder / "waves.vm").write_text(WAVES.text() + "more var-x\n")
    assert told("--resume").startswith("a.mp4: was begun with program '")
    line, said = filmed(*asked, "--force")
    assert (line.split(", engine")[0], said) == ("a.mp4: 4 frames of 50 x 34 pixels", [])
    assert left(folder) == {"a.mp4"}


@pytest.fixture
def stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """What was asked of a film of 4 frames that was stopped after 2."""
    monkeypatch.chdir(folder)
    asked = ("waves.vm", "-o", "f%d.png", *LIKE_THIS, ".4")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(patience, "patient", lambda *_: nullcontext(Path("f2.png").exists))
        filmed(*asked)
    assert left(folder) == {"f1.png", "f2.png", ".prospero-f%d.png.film"}
    return asked


def test_going_on_draws_what_is_not_there(folder: Path, stopped: tuple[str, ...]) -> None:
    before = {name: (folder / name).stat().st_mtime_ns for name in ("f1.png", "f2.png")}
    (folder / "f3.png").write_bytes(b"ours: killed before the journal had it")
    told: list[int] = []
    line, said = filmed(*stopped, "--resume", progress=told.append)
    assert line.startswith("f%d.png: 4 frames of 50 x 34 pixels, 2 of them from before, engine ")
    assert (told, said) == ([3, 4], [])
    assert left(folder) == {"f1.png", "f2.png", "f3.png", "f4.png"}
    assert before == {name: (folder / name).stat().st_mtime_ns for name in before}
    assert all(picture(folder / f"f{n}.png").shape == (34, 50) for n in range(1, 5))


def test_files_of_others_are_not_replaced_by_going_on(
    folder: Path, stopped: tuple[str, ...]
) -> None:
    (folder / "f4.png").write_bytes(b"other")
    with pytest.raises(FileError, match=r"f4.png: exists already \(--force replaces it\)"):
        filmed(*stopped, "--resume")
    assert (folder / "f4.png").read_bytes() == b"other"


def test_a_journal_that_was_cut_off_is_believed_as_far_as_it_goes(
    folder: Path, stopped: tuple[str, ...]
) -> None:
    journal = folder / ".prospero-f%d.png.film" / "journal"
    text = journal.read_bytes()
    first, second = (text.rindex(b'{"frame": ' + digit) for digit in (b"1", b"2"))
    for length, done in ((len(text) - 1, 1), (second, 1), (first + 3, 0), (5, None), (0, None)):
        journal.write_bytes(text[:length])
        assert frames_begun(Path("f%d.png")) == done
    journal.write_bytes(text + b'{"frame": 7}\n')
    assert frames_begun(Path("f%d.png")) == 2
    journal.write_bytes(text[:-1])
    (journal.parent / "dead").write_bytes(b"a video in the making, when it was killed")
    asked = json.loads(text.splitlines()[0])["asked"]
    with reel.opened(Path("f%d.png"), asked, hidden=False, force=False, resume=True) as found:
        assert [file.name for file in journal.parent.iterdir()] == ["journal"]
        found.note(2)
        assert frames_begun(Path("f%d.png")) == 2


def test_two_do_not_film_the_same(stopped: tuple[str, ...]) -> None:
    with reel.opened(Path("f%d.png"), {}, hidden=False, force=True, resume=False):
        with pytest.raises(FileError) as error:
            filmed(*stopped, "--force")
        assert str(error.value) == "f%d.png: another process is filming it"


def test_frames_that_are_gone_are_missed(folder: Path, stopped: tuple[str, ...]) -> None:
    (folder / "f1.png").unlink()
    with pytest.raises(FileError) as error:
        filmed(*stopped, "--resume")
    assert str(error.value) == "f1.png: is gone (--force without --resume begins anew)"
    filmed(*stopped, "--force")
    assert left(folder) == {"f1.png", "f2.png", "f3.png", "f4.png"}


@pytest.mark.parametrize("output", ["f%d.png", "a.gif"])
def test_a_full_disk_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    """Frames of a film are pictures: those that are whole stay, and are gone on with. Of a video
    nothing is left on a disk that has no place for it."""
    monkeypatch.chdir(folder)
    asked = ("waves.vm", "-o", output, *LIKE_THIS, ".4")

    def full(path: Path, *given: Any, **more: Any) -> None:
        if "3" in path.name:
            raise FileError(f"{path.name}: no space left on device")
        save(path, *given, **more)

    with monkeypatch.context() as patch, pytest.raises(FileError) as error:
        patch.setattr("viewer.picture.film.film.save", full)
        filmed(*asked)
    assert str(error.value).endswith("3.png: no space left on device")
    kept = getattr(error.value, "__notes__", []) == [KEPT]
    assert kept == (output == "f%d.png")
    assert left(folder) == ({"f1.png", "f2.png", ".prospero-f%d.png.film"} if kept else set())
    filmed(*asked, "--resume")
    assert left(folder) == ({f"f{n}.png" for n in range(1, 5)} if kept else {"a.gif"})


def test_a_long_name_has_a_short_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    name = "n" * 250 + ".gif"
    filmed("waves.vm", "-o", name, *LIKE_THIS, ".4")
    assert left(folder) == {name}
