"""Frames to a video, by ffmpeg: the system's, or the one that the extra `film` brings."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from viewer.errors import FileError, UsageError
from viewer.picture.look import Look
from viewer.view import Size

LARGEST = 8192
"""The most pixels a side: what players and encoders take."""

# Players want even sides, colours at half the resolution, and to be told which colours.
_PLAYABLE = (
    *("-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv"),
    *("-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
# Each frame has colours of its own: a palette for all would need all frames in memory.
_PALETTES = "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none"
VIDEOS: Mapping[str, tuple[str, ...]] = {
    ".mp4": ("-f", "mp4", *_PLAYABLE, "-crf", "18", "-movflags", "+faststart"),
    ".webm": ("-f", "webm", *_PLAYABLE, "-b:v", "0", "-crf", "30"),
    ".gif": ("-f", "gif", "-filter_complex", _PALETTES),
}
"""What ffmpeg is told, by the ending of the name in small letters."""
_SAME = ("-fflags", "+bitexact", "-flags:v", "+bitexact")  # no random numbers, no time


def is_video(output: Path) -> bool:
    """Whether a film of that name is one file."""
    return output.suffix.lower() in VIDEOS


def check_video(output: Path, size: Size, look: Look) -> None:
    """Refuses what no video can be made of, and to make one without ffmpeg.

    Raises `UsageError` or `FileError`.
    """
    if max(size) > LARGEST:
        raise UsageError(
            f"{output}: {size[0]}x{size[1]}, expected at most {LARGEST} pixels a side of a video"
        )
    if look.palette and not look.palette.opaque:
        raise UsageError(f"{output}: a video is not transparent, expected other colours")
    if ffmpeg() is None:
        raise FileError(
            f"{output}: ffmpeg, which makes videos, is not installed: your system has a package"
            " of that name, or pip install 'prospero-viewer[film]'; a name such as f%04d.png"
            " needs none"
        )


def ffmpeg() -> str | None:
    """Where it is."""
    found = shutil.which("ffmpeg")
    if found is None:
        with suppress(ImportError, RuntimeError):
            from imageio_ffmpeg import get_ffmpeg_exe

            return str(get_ffmpeg_exe())
    return found


@contextmanager
def encoder(path: Path, part: Path, size: Size, rate: int) -> Iterator[IO[bytes]]:
    """What takes frame after frame, RGB of so many pixels, `rate` for a second, and makes the video
    `part` of them, whose name will be `path`.

    Raises `FileError` with what ffmpeg says where it ends before they do.
    """
    read = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(rate))
    command = [ffmpeg() or "ffmpeg", "-loglevel", "error", "-y", *read, "-i", "-"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, *VIDEOS[path.suffix.lower()], *_SAME, f"file:{part}"],
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
