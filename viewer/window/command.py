"""The options of `prospero view`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.view import View


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a .vm program; a bundled one if left out")
    add("--view", metavar="X,Y@ZOOM", help="where to look first")
    add("--z", default="0", metavar="H", help="height of the slice (var-z)")
    add("--trace", metavar="PATH", help="append what the window does to a file, as JSON lines")


@dataclass(frozen=True)
class Opening:
    """What to open a window on."""

    path: Path
    view: View
    z: Fraction
    trace: Path | None

    def run(self) -> int:
        """Shows it until the window is closed; returns the exit status. See `app.run`."""
        from viewer.window.app import run

        return run(self.path, self.view, z=self.z, trace=self.trace)


def prepare(options: argparse.Namespace) -> Opening:
    """What is asked for. Raises `UsageError`."""
    from viewer.resources import asset
    from viewer.view import View, parse_number

    view = View.parse(options.view) if options.view else View()
    path = Path(options.file) if options.file else asset("dreams.vm")
    trace = Path(options.trace) if options.trace else None
    return Opening(path, view, parse_number(options.z, "height"), trace)
