"""A zoom as a film: a picture file for each frame, or one video by the ffmpeg that is installed.

    Flight -> a grid for each frame -render-> rows -+- save -> f0001.png, f0002.png, ...
                                                    +- ffmpeg -> zoom.mp4

Frames are equal steps to the eye (see `viewer.flight`), the first and the last exactly the views
that were asked for. One engine draws them all.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from viewer.engines.engine import Engine
from viewer.errors import FileError, UsageError
from viewer.flight import Flight
from viewer.picture.formats.table import ENDINGS
from viewer.picture.render import render_rows
from viewer.picture.save import check_target, save
from viewer.picture.target import Output, check_place, whole_file
from viewer.program import Program
from viewer.view import Grid, Size

RATE = 30
"""Frames a second of a video."""

# Players want even sides, and colours at half the resolution.
_EVEN = ("-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p")
VIDEOS: Mapping[str, tuple[str, ...]] = {
    ".mp4": ("-f", "mp4", *_EVEN, "-movflags", "+faststart"),
    ".webm": ("-f", "webm", *_EVEN, "-b:v", "0", "-crf", "30"),
    ".gif": ("-f", "gif", "-pix_fmt", "gray"),
}
"""What ffmpeg is told, by the ending of the name in small letters."""


def film(
    output: Path,
    program: Program,
    flight: Flight,
    grid: Grid,
    frames: int,
    engine: Engine,
    aa: int,
    force: bool,
    progress: Callable[[int], None],
) -> None:
    """Draws a flight in so many frames (2 or more) of the size and slice of `grid`.

    `output` is a name with a place for the number, from 1 on, such as `f%04d.png`, or one that
    ends in .mp4, .webm or .gif. A file appears when it is whole: where the drawing is stopped,
    whole frames stay and a video does not. `progress` is told the frames done. Raises
    `UsageError`, `FileError`, or the engine's errors.
    """
    grids = (replace(grid, view=flight.at(k / (frames - 1))) for k in range(frames))
    if not is_video(output):
        for number, frame in enumerate(grids, 1):
            path = frame_path(output, number)
            save(path, program, frame, engine=engine, aa=aa, force=force)
            progress(number)
        return
    with whole_file(output, force=force) as file, _encoder(output, file, grid.size) as pipe:
        for number, frame in enumerate(grids, 1):
            for rows in render_rows(engine, frame, aa):
                pipe.write(rows.data)
            progress(number)


def check_film(output: Path, frames: int, *, source: Path, force: bool) -> None:
    """Refuses at once what `film` would refuse, and to overwrite the program `source`.

    Raises `UsageError` for a name that is no film's, else `FileError`.
    """
    if is_video(output):
        check_place(output, source=source, force=force)
        if shutil.which("ffmpeg") is None:
            raise FileError(
                f"{output}: ffmpeg, which makes videos, is not installed; a name such as"
                " f%04d.png needs none"
            )
    else:
        for number in range(1, frames + 1):
            check_target(frame_path(output, number), source=source, force=force)


def is_video(output: Path) -> bool:
    """Whether a film of that name is one file."""
    return output.suffix.lower() in VIDEOS


def frame_path(output: Path, number: int) -> Path:
    """Where a frame goes. Raises `UsageError` for a name without a place for the number."""
    if not re.fullmatch(r"[^%]*%(0[1-9])?d[^%]*", output.name):
        raise UsageError(
            f"{output}: found no place for the number of a frame, expected a name such as"
            f" f%04d.png ({' '.join(ENDINGS)}), or one that ends in {' '.join(VIDEOS)}"
        )
    return output.with_name(output.name % number)


@contextmanager
def _encoder(path: Path, file: Output, size: Size) -> Iterator[IO[bytes]]:
    """What takes the greys of frame after frame, of so many pixels, and makes a video of them.

    Raises `FileError` with what ffmpeg says where it ends before they do.
    """
    read = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(RATE))
    command = ["ffmpeg", "-loglevel", "error", "-y", *read, "-i", "-"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, *VIDEOS[path.suffix.lower()], f"file:{file.part}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for us, who stop it
        )
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError), process.stdin as pipe:
                yield pipe
            status = process.wait()
        finally:
            process.kill()
            process.wait()
        if status:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()
            raise FileError(f"{path}: ffmpeg: {lines[-1] if lines else f'status {status}'}")
