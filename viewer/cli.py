"""The command line: reads arguments, calls the rest, prints. Nothing else here prints.

Exit status: 0 done, 1 the input or the drawing failed, 2 usage, 3 no way to draw here. An error is
one line on stderr. Heavy imports wait until a command needs them: `--help` is instant.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.errors import NoDeviceError, UsageError, ViewerError

if TYPE_CHECKING:
    from viewer.program import Program
    from viewer.view import View

COMMANDS = ("view", "render", "bench", "info", "doctor")
FALLBACK_SIZE = 1024
"""Pixels a side of the picture that stands in for the window where there is no display."""

_NUMERIC = ("--center", "--view", "--zoom", "--z")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    arguments = _protect(sys.argv[1:] if argv is None else list(argv))
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
        arguments.insert(0, "view")
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        # A terminated render cleans up behind itself, as an interrupted one does.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        return run(options)
    except ViewerError as error:
        _say(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        _say("interrupted")
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain again while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _say(line: str) -> None:
    """One line for the user, beside the command's own output."""
    print(line, file=sys.stderr, flush=True)


def _protect(arguments: list[str]) -> list[str]:
    """Joins `--center -0.4,0.5` with `=`: argparse takes a leading minus for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] in _NUMERIC and re.match(r"-[0-9.]", argument):
            joined[-1] += "=" + argument
        else:
            joined.append(argument)
    return joined


def _parser() -> argparse.ArgumentParser:
    from viewer.bench.command import add_options as add_bench_options
    from viewer.window.controls import columns as controls

    parser = argparse.ArgumentParser(
        prog="prospero",
        description="Explore shapes written as arithmetic: 'prospero FILE' opens a window.",
        epilog="in the window:\n\n" + controls(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    view = commands.add_parser("view", help="open the window (the default)")
    view.add_argument(
        "file", nargs="?", metavar="FILE", help="a .vm program; a bundled one if left out"
    )
    view.add_argument("--view", metavar="X,Y@ZOOM", help="where to look first")
    view.add_argument("--z", default="0", metavar="H", help="height of the slice (var-z)")
    view.add_argument(
        "--trace", metavar="PATH", help="append what the window does to a file, as JSON lines"
    )
    view.set_defaults(run=_view)

    render = commands.add_parser("render", help="write a picture, without a window")
    _add_render_options(render)
    render.set_defaults(run=_render)

    bench = commands.add_parser("bench", help="every engine side by side, its picture checked")
    add_bench_options(bench)
    bench.set_defaults(run=_bench)

    info = commands.add_parser("info", help="what a program consists of")
    info.add_argument("file", metavar="FILE")
    info.set_defaults(run=_info)

    doctor = commands.add_parser("doctor", help="which GL routes work here, what to install")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_render_options(render: argparse.ArgumentParser) -> None:
    add = render.add_argument
    add("file", metavar="FILE", help="a .vm program")
    add("-o", "--output", required=True, metavar="OUT", help="the picture: .png, .ppm or .pgm")
    add("--size", default="1024", metavar="N|WxH", help="pixels (default 1024)")
    add("--center", metavar="X,Y", help="model point at the centre (default 0,0)")
    add("--zoom", metavar="Z", help="1 shows [-1, 1] along the shorter side (default)")
    add("--view", metavar="X,Y@ZOOM", help="centre and zoom in one, as Ctrl+C copies it")
    add("--aa", default="1", metavar="N", help="N x N samples a pixel (default 1)")
    add("--z", default="0", metavar="H", help="height of the slice, for programs with var-z")
    add("--grid", choices=("centers", "reference"), default="centers", help="where samples lie")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--force", action="store_true", help="replace an existing file")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"prospero {version('prospero-viewer')}"
    except PackageNotFoundError:
        return "prospero (not installed)"


def _view(options: argparse.Namespace) -> int:
    from viewer.doctor import has_display
    from viewer.resources import asset
    from viewer.view import View

    view = View.parse(options.view) if options.view else View()
    path = Path(options.file) if options.file else asset("dreams.vm")
    z = _height(options.z)
    trace = Path(options.trace) if options.trace else None
    try:
        if not has_display():
            raise NoDeviceError("there is no display here")
        from viewer.window.app import run

        status = run(path, view, z=z, trace=trace)
        # A thread may still be at work on a program that nobody will see. Python would stop it in
        # the middle of native code, which ends in an abort; all else is closed by now.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    except NoDeviceError as error:
        _say(f"{error}: drawing a picture instead of opening a window")
    return _draw_instead(path, view, z)


def _draw_instead(path: Path, view: "View", z: Fraction) -> int:
    from viewer.picture import next_free
    from viewer.view import Grid

    grid = Grid(view, FALLBACK_SIZE, FALLBACK_SIZE, z=z)
    target = next_free(Path.cwd() / f"{path.stem}.png")
    return _save(path, target, grid, engine="auto", aa=1, force=False)


def _render(options: argparse.Namespace) -> int:
    from viewer.view import Grid

    width, height = _size(options.size)
    grid = Grid(
        _render_view(options), width, height, _height(options.z), options.grid == "reference"
    )
    samples = _count(options.aa, "--aa")
    return _save(
        Path(options.file), Path(options.output), grid, options.engine, samples, options.force
    )


def _render_view(options: argparse.Namespace) -> "View":
    from viewer.view import View

    if options.view and (options.center or options.zoom):
        raise UsageError("--view gives centre and zoom, expected no --center or --zoom beside it")
    if options.view:
        return View.parse(options.view)
    return View.parse(f"{options.center or '0,0'}@{options.zoom or '1'}")


def _save(path: Path, target: Path, grid: Any, engine: str, aa: int, force: bool) -> int:
    import time

    from tqdm import tqdm

    from viewer.picture import check_target, save

    check_target(target, source=path, force=force)
    program = _read(path)
    start = time.perf_counter()
    name, chosen = _engine(engine, program, grid.supersampled(aa))
    with tqdm(total=grid.height, unit="row", disable=None, leave=False, desc=target.name) as bar:

        def progress(done: int, _: int) -> None:
            bar.update(done - bar.n)

        try:
            save(target, program, grid, engine=chosen, aa=aa, force=force, progress=progress)
        finally:
            chosen.close()
    seconds = time.perf_counter() - start
    print(f"{target}: {grid.width} x {grid.height} pixels, engine {name}, {seconds:.2f} s")
    return 0


def _read(path: Path) -> "Program":
    from viewer.passes import optimise
    from viewer.program import read

    return optimise(read(path))


def _engine(name: str, program: "Program", grid: Any) -> tuple[str, Any]:
    """The engine asked for, or the best one here, with a word about what was passed over."""
    from viewer.engines import registry

    if name != "auto":
        return name, registry.create(name, program)
    row, engine, why = registry.choose(program, grid)
    if why:
        _say(f"{why}: drawing with {row.name}")
    return row.name, engine


def _bench(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from viewer.bench.command import finish, prepare

    race = prepare(options)
    status = 0
    with tqdm(total=race.steps, disable=None, leave=False) as bar:
        try:
            for step in race.run():
                bar.set_description_str(step)
                bar.update()
        except KeyboardInterrupt:  # what has been measured so far is worth having
            status = 128 + signal.SIGINT
    print(finish(options, race))
    return status


def _info(options: argparse.Namespace) -> int:
    from viewer.info import report
    from viewer.program import read

    print(report(read(options.file)))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from viewer import doctor

    findings = doctor.examine()
    print(doctor.report(findings))
    return doctor.exit_status(findings)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,9})(?:[xX]([0-9]{1,9}))?", text)
    if not match or int(match[1]) == 0 or int(match[2] or 1) == 0:
        raise UsageError(f"bad size '{text}', expected N or WxH in pixels, such as 1024 or 800x600")
    return int(match[1]), int(match[2] or match[1])


def _count(text: str, option: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0:
        raise UsageError(f"bad {option} '{text}', expected a whole number from 1")
    return int(text)


def _height(text: str) -> Fraction:
    from viewer.view import parse_number

    return parse_number(text, "height")
