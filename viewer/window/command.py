"""The options of `prospero view`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.errors import UsageError
from viewer.picture.options import place
from viewer.window.backends import NAMES

if TYPE_CHECKING:
    from viewer.view import View


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE|DIR", help="programs, .vm; bundled ones if left out")
    add("--view", metavar="X,Y@ZOOM", help="where to look first; or a saved picture")
    add("--fly", action="store_true", help="fly there from home; any key stops it")
    moves = parser.add_mutually_exclusive_group()
    moves.add_argument("--still", action="store_true", help="moves take no time")
    moves.add_argument(
        "--glide", action="store_true", help="a picture let go in full swing moves on"
    )
    add("--wasd", action="store_true", help="W A S D move; what they did: with Alt")
    add("--z", default="0", metavar="H", help="height of the slice (var-z)")
    add("--backend", choices=NAMES, help="the window library; or PROSPERO_BACKEND=NAME")
    add("--trace", metavar="PATH", help="append what the window does to a file, as JSON lines")


@dataclass(frozen=True)
class Opening:
    """What to open a window on."""

    named: tuple[Path, ...]
    view: View
    z: Fraction
    trace: Path | None
    fly: bool
    still: bool
    glide: bool
    wasd: bool
    resume: bool
    backend: str | None

    @property
    def path(self) -> Path:
        """The first file. Raises `FileError` where there is none."""
        from viewer.window.files.listed import opened

        return opened(self.named).current

    def run(self) -> int:
        """Shows it until the window is closed; returns the exit status. See `app.run`."""
        from viewer.gpu.background import take_short_turns
        from viewer.view import View
        from viewer.window.app import run
        from viewer.window.hands.controls import CONTROLS
        from viewer.window.hands.presets import wasd
        from viewer.window.session import Session

        home = View() if self.fly else self.view
        start = Session(view=home, home=home, z=self.z, home_z=self.z)
        controls = wasd(CONTROLS) if self.wasd else CONTROLS
        moves = replace(start, animated=not self.still, glides=self.glide, controls=controls)
        session = moves.flying(self.view)
        take_short_turns()
        return run(self.named, session, self.trace, resume=self.resume, backend=self.backend)


def prepare(options: argparse.Namespace) -> Opening:
    """What is asked for. Raises `UsageError`, or `FileError` for a picture that carries no view."""
    from viewer.view import View, parse_number

    if options.fly and not options.view:
        raise UsageError("--fly goes to a view, expected --view X,Y@ZOOM beside it")
    view = place(options.view) if options.view else View()
    named = tuple(map(Path, options.files)) or _bundled()
    trace = Path(options.trace) if options.trace else None
    z = parse_number(options.z, "height")
    resume = not options.view
    backend = _backend(options.backend)
    return Opening(
        named,
        view,
        z,
        trace,
        fly=options.fly,
        still=options.still,
        glide=options.glide,
        wasd=options.wasd,
        resume=resume,
        backend=backend,
    )


def _bundled() -> tuple[Path, ...]:
    """The shapes that come with the viewer."""
    from viewer.resources import asset, assets

    first = asset("dreams.vm")
    return (first, *(path for path in assets() if path != first))


def _backend(name: str | None) -> str | None:
    """The window library that is asked for, by an option or by the environment."""
    found = name or os.environ.get("PROSPERO_BACKEND") or None
    if found is not None and found not in NAMES:
        raise UsageError(f"PROSPERO_BACKEND is {found!r}, expected {' or '.join(NAMES)}")
    return found
