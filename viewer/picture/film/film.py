"""Filming: the frames of a tour, one after the other, and what is made of them."""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from viewer.engines.engine import Engine
from viewer.errors import FileError, UsageError
from viewer.flight import Tour
from viewer.picture.film import reel, video
from viewer.picture.film.steps import Steps, steps_of
from viewer.picture.formats.table import ENDINGS
from viewer.picture.look import Look, usual_step
from viewer.picture.modes import MODES
from viewer.picture.provenance import Provenance
from viewer.picture.save import check_target, save
from viewer.picture.target import check_place, reported, whole_file
from viewer.program import Program
from viewer.view import Grid, Size


@dataclass(frozen=True)
class Film:
    """A tour of a program, `rate` frames a second, each of so many pixels and `aa` x `aa` samples.

    The slice goes from the first of `heights` to the second as the tour goes from its first view to
    its last. `digest` is the program's.
    """

    program: Program
    digest: str
    tour: Tour
    size: Size
    rate: int
    aa: int
    look: Look
    heights: tuple[Fraction, Fraction]

    def grid(self, frame: int) -> Grid:
        """The samples of a frame, numbered from 0."""
        start, end = self.heights
        z = start + (end - start) * Fraction(self.tour.passed(frame))
        return Grid(self.tour.at(frame), *self.size, z)

    @property
    def deepest(self) -> Grid:
        """The samples of the view that is zoomed in most."""
        return Grid(max(self.tour.views, key=lambda view: view.zoom), *self.size, self.heights[0])

    @property
    def shows_field(self) -> bool:
        """Whether it shows more than what is inside."""
        return self.look.mode in MODES

    def asked(self, engine: str) -> Mapping[str, str]:
        """Everything that its frames follow from, by name."""
        ends = (self.grid(0), self.grid(self.tour.frames - 1))
        first, last = (shlex.join(Provenance.of(end, self.aa, self.look).options) for end in ends)
        return {
            "program": self.digest,
            "views": " ".join(map(str, self.tour.views)),
            "frames": f"{self.tour.frames} {self.tour.ramp} {self.rate}",
            "options": first,
            "options at the end": last,
            "engine": engine,
        }


def film(
    output: Path,
    wanted: Film,
    engine: Engine,
    engine_name: str,
    *,
    force: bool,
    resume: bool,
    progress: Callable[[int], None],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Draws all frames and has them be files: `output` is a name with a place for their number,
    from 1 on, such as `f%04d.png`, or that of one video.

    A file appears when it is whole. Where it is stopped, or killed, frames that are whole stay, and
    with `resume` it is gone on with from there; the result is the same. `progress` is told the
    frames done, `stop` is asked after each. Raises `FileError`, the engine's errors, or
    `KeyboardInterrupt` where it was told to stop.
    """
    asked, hidden = wanted.asked(engine_name), video.is_video(output)
    draw = _drawer(wanted, engine)
    with (
        reel.opened(output, asked, hidden=hidden, force=force, resume=resume) as frames,
        _receiver(output, wanted, frames.folder, force) as receive,
    ):
        before = frames.done
        for number in range(1, wanted.tour.frames + 1):
            place = frames.folder / f"{number:06}.png" if hidden else frame_path(output, number)
            if number > before:
                # One that the journal does not have yet may be there all the same.
                again = frames.resumed and number == before + 1
                draw(place, number - 1, force or hidden or again)
                frames.note(number)
                progress(number)
            elif not place.exists():
                raise FileError(f"{place}: is gone (--force without --resume begins anew)")
            receive(place)
            if number < wanted.tour.frames and stop():
                raise KeyboardInterrupt


def check_film(output: Path, wanted: Film, *, source: Path, force: bool, resume: bool) -> None:
    """Refuses at once what `film` would refuse, and to overwrite the program `source`.

    Raises `UsageError` for a name or a look that is no film's, else `FileError`.
    """
    begun = reel.frames_begun(output) if resume else None
    if video.is_video(output):
        check_place(output, source=source, force=force)
        video.check_video(output, wanted.size, wanted.look)
        return
    for number in range(1, wanted.tour.frames + 1):
        again = force or (begun is not None and number <= begun + 1)
        path = frame_path(output, number)
        check_target(path, source=source, look=wanted.look, force=again)


def frame_path(output: Path, number: int) -> Path:
    """Where a frame goes. Raises `UsageError` for a name without a place for the number."""
    if not re.fullmatch(r"[^%]*%(0[1-9])?d[^%]*", output.name):
        raise UsageError(
            f"{output}: found no place for the number of a frame, expected a name such as"
            f" f%04d.png ({' '.join(ENDINGS)}), or one that ends in {' '.join(video.VIDEOS)}"
        )
    return output.with_name(output.name % number)


def _drawer(wanted: Film, engine: Engine) -> Callable[[Path, int, bool], None]:
    """What saves the picture of a frame, numbered from 0, in place of another or not."""
    steps = _steps(wanted, engine)

    def draw(place: Path, frame: int, force: bool) -> None:
        look = replace(wanted.look, steps=steps(frame)) if steps else wanted.look
        given: dict[str, Any] = {"engine": engine, "aa": wanted.aa, "digest": wanted.digest}
        save(place, wanted.program, wanted.grid(frame), look=look, force=force, **given)

    return draw


def _steps(wanted: Film, engine: Engine) -> Callable[[int], Steps] | None:
    """What tells the steps of a frame, where the look has any."""
    mode = MODES.get(wanted.look.mode)
    if mode is None:
        return None
    lines = bool(mode.steps)
    return steps_of(
        lambda frame: usual_step(engine, wanted.grid(frame), mode),
        lambda frame: wanted.grid(frame).half if lines else Fraction(1),
        wanted.tour.frames,
        wanted.rate,
        lines=lines,
    )


@contextmanager
def _receiver(
    output: Path, wanted: Film, folder: Path, force: bool
) -> Iterator[Callable[[Path], None]]:
    """What takes the files of whole frames: an encoder, where they are to be one video."""
    if not video.is_video(output):
        yield lambda _: None
        return
    # In the film's folder, under a name of its own: encoders may outlive a process that is killed.
    made = folder / secrets.token_hex(8)
    with video.encoder(output, made, wanted.size, wanted.rate) as pipe:
        yield lambda frame: _send(frame, pipe)
    with whole_file(output, force=force) as file, reported(output), made.open("rb") as data:
        while part := data.read(2**20):
            file.write(part)


def _send(frame: Path, pipe: IO[bytes]) -> None:
    """Hands a frame to the encoder."""
    try:
        with Image.open(frame) as picture:
            pixels = np.asarray(picture.convert("RGB"))
    except OSError as error:
        raise FileError(f"{frame}: {(error.strerror or str(error)).lower()}") from None
    pipe.write(pixels.data)
