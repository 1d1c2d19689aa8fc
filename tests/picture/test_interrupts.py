"""`prospero render` while it is stopped by signals: what it says, and what stays."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.picture.commands import (
    CPU,
    ENVIRONMENT,
    PROSPERO,
    SLOW,
    folder,
    mortal,
    new_names,
    prospero,
)
from viewer.picture.patience import patient

__all__ = ["folder"]


def hidden(folder: Path) -> list[str]:
    return sorted(name for name in new_names(folder) if name.startswith(".prospero-"))


LONG = ("slow.vm", "-o", "a.png", "--size", "8192", "--force", *CPU)


def interrupted(
    folder: Path, *numbers: signal.Signals, options: Sequence[str] = LONG
) -> tuple[int, str]:
    """Exit status and stderr of a render that gets signals while it draws."""
    command = [*PROSPERO, "render", *options]
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    )
    with process, mortal(process):
        assert process.stderr
        patience = time.monotonic() + 60
        while not hidden(folder):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < patience
            time.sleep(0.01)
        said = ""
        for count, number in enumerate(numbers, 1):
            time.sleep(0.3)
            process.send_signal(number)
            if number == signal.SIGINT and count < len(numbers):
                said += process.stderr.readline()  # a busy machine may take a while to say so
        said += process.stderr.read()
    return process.returncode, said


def test_once_is_a_question_and_twice_an_end() -> None:
    said: list[str] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with patient(said.append, "a strip") as stop:
            assert not stop()
            signal.raise_signal(signal.SIGINT)
            assert stop()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert said == ["finishing a strip, Ctrl-C again stops at once"]
        assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_ignores_ctrl_c_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with patient(print, "a strip") as stop:
            signal.raise_signal(signal.SIGINT)
            assert not stop()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


PATIENCE = "finishing a strip, Ctrl-C again stops at once\n"


@pytest.mark.parametrize(
    ("numbers", "status", "lines"),
    [
        ((signal.SIGINT, signal.SIGINT), 130, f"{PATIENCE}interrupted\n"),
        ((signal.SIGTERM,), 143, ""),
        ((signal.SIGINT, signal.SIGTERM), 143, PATIENCE),
    ],
)
def test_a_render_stopped_in_its_first_strip_leaves_the_old_file(
    folder: Path, numbers: Sequence[signal.Signals], status: int, lines: str
) -> None:
    (folder / "a.png").write_bytes(b"old")
    assert interrupted(folder, *numbers) == (status, lines)
    assert new_names(folder) == {"a.png"}
    assert (folder / "a.png").read_bytes() == b"old"


def test_an_interrupted_render_finishes_its_strip_and_says_how_to_go_on(folder: Path) -> None:
    (folder / "slow.vm").write_text(SLOW[: SLOW.index("v80 ")])
    options = ("slow.vm", "-o", "a.tif", "--size", "2048x1400", *CPU)
    status, lines = interrupted(folder, signal.SIGINT, options=options)
    said, last = lines.splitlines()
    assert (status, f"{said}\n") == (130, PATIENCE)
    assert hidden(folder) == [".prospero-a.tif.journal", ".prospero-a.tif.part"]
    refused = prospero(folder, "render", *options)
    assert (refused.returncode, refused.stderr) == (
        1,
        "a.tif: was begun and is not finished (--resume goes on, --force begins anew)\n",
    )
    command = shlex.split(last.removeprefix("interrupted: ").removesuffix(" goes on"))
    assert command == ["prospero", "render", *options, "--resume"]
    done = prospero(folder, *command[1:])
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search("2048 x 1400 pixels, (512|1024) rows of them from before", done.stdout)
    whole = prospero(folder, "render", *(option.replace("a.tif", "b.tif") for option in options))
    assert whole.returncode == 0
    assert (folder / "a.tif").read_bytes() == (folder / "b.tif").read_bytes()
    assert new_names(folder) == {"a.tif", "b.tif"}


def test_what_another_program_asked_for_leaves_nothing(folder: Path) -> None:
    (folder / "slow.vm").write_text(SLOW[: SLOW.index("v80 ")])
    options = ("slow.vm", "-o", "a.png", "--size", "2048x9999", "--progress", *CPU)
    assert interrupted(folder, *[signal.SIGCONT] * 5, signal.SIGINT, options=options) == (
        130,
        "interrupted\n",
    )
    assert new_names(folder) == set()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("-o a.svg", "an outline is drawn as a whole, expected no --resume"),
        ("-o - --format png", "standard output is not kept, expected no --resume beside -o -"),
    ],
)
def test_what_cannot_be_gone_on_with_is_said(folder: Path, arguments: str, line: str) -> None:
    done = prospero(folder, "render", "disc.vm", *arguments.split(), "--resume")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{line}\n")


def test_what_a_killed_render_left_is_removed_by_the_next(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"old")
    assert interrupted(folder, signal.SIGKILL) == (-signal.SIGKILL, "")
    assert (folder / "a.png").read_bytes() == b"old"
    assert len(hidden(folder)) == 1
    assert prospero(folder, "render", "disc.vm", "-o", "b.png", *CPU).returncode == 0
    assert new_names(folder) == {"a.png", "b.png"}
