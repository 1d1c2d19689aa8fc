"""The command line: reads arguments, calls the rest, prints. Nothing else here prints.

Exit status: 0 done, 1 the input or the drawing failed, 2 usage, 3 no way to draw here. An error is
one line on stderr. Heavy imports wait until a command needs them: `--help` is instant.
"""

import argparse
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from viewer.errors import ExistsError, NoDeviceError, ViewerError

if TYPE_CHECKING:
    from viewer.picture.work import Work

COMMANDS = ("view", "render", "film", "pyramid", "bench", "info", "doctor")

_NUMERIC = ("--around", "--center", "--from", "--to", "--to-z", "--via", "--view", "--zoom", "--z")


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
        _say(str(error) + _again(error, arguments))
        return error.exit_status
    except KeyboardInterrupt as stop:
        _say("interrupted" + _again(stop, arguments))
        return 128 + signal.SIGINT
    except SystemExit as stop:
        if again := _again(stop, arguments):
            _say("terminated" + again)
        raise
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain again while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _say(line: str) -> None:
    """One line for the user, beside the command's own output, and a bar where there is one."""
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.write(line, file=sys.stderr)
    else:
        print(line, file=sys.stderr, flush=True)


def _again(error: BaseException, arguments: Sequence[str]) -> str:
    """How to go on with what is left of a picture, where something is."""
    if "kept" not in getattr(error, "__notes__", ()):
        return ""
    flags = ["--resume", "--force"] if isinstance(error, ExistsError) else ["--resume"]
    more = [flag for flag in flags if flag not in arguments]
    return f": {shlex.join(['prospero', *arguments, *more])} goes on"


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
    from viewer.bench import command as bench
    from viewer.picture import command as render
    from viewer.picture.film import command as film
    from viewer.pyramid import command as pyramid
    from viewer.window import command as view
    from viewer.window.hands.told import columns as controls

    parser = argparse.ArgumentParser(
        prog="prospero",
        description="Explore shapes written as arithmetic: 'prospero FILE' opens a window.",
        epilog="in the window:\n\n" + controls(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which one this is")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], help_: str) -> Any:
        command = commands.add_parser(name, help=help_)
        command.set_defaults(run=run)
        return command

    view.add_options(add("view", _view, "open the window (the default)"))
    render.add_options(add("render", _render, "write a picture, without a window"))
    film.add_options(add("film", _film, "fly from view to view: a video, or a file a frame"))
    pyramid.add_options(add("pyramid", _pyramid, "write tiles at every scale, and a web page"))
    bench.add_options(add("bench", _bench, "every engine side by side, its picture checked"))
    add("info", _info, "what a program consists of").add_argument("file", metavar="FILE")
    add("doctor", _doctor, "which GL routes work here, what to install")
    return parser


class _Version(argparse.Action):
    """Looks it up when it is asked for: what knows it takes its time to import."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Says it."""
        print(_version())
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"prospero {version('prospero-viewer')}"
    except PackageNotFoundError:
        return "prospero (not installed)"


def _view(options: argparse.Namespace) -> int:
    from viewer.doctor import has_display
    from viewer.picture.command import prepare_instead
    from viewer.window.command import prepare

    opening = prepare(options)
    try:
        if not has_display():
            raise NoDeviceError("there is no display here")
        status = opening.run()
        # A thread may still be at work on a program that nobody will see. Python would stop it in
        # the middle of native code, which ends in an abort; all else is closed by now.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    except NoDeviceError as error:
        _say(f"{error}: drawing a picture instead of opening a window")
    return _finish(prepare_instead(opening.path, opening.view, opening.z, _say))


def _render(options: argparse.Namespace) -> int:
    from viewer.picture.command import prepare

    work = prepare(options, _say)
    return _told(work) if options.progress else _finish(work)


def _film(options: argparse.Namespace) -> int:
    from viewer.picture.film.command import prepare

    return _finish(prepare(options, _say))


def _pyramid(options: argparse.Namespace) -> int:
    from viewer.pyramid.command import prepare

    return _finish(prepare(options, _say))


def _told(work: "Work") -> int:
    """The drawing for another program, which reads lines."""
    print(work.before, work.steps, flush=True)
    print(work.run(lambda done: print(done, work.steps, flush=True)))
    if work.doubts:
        _say(work.doubts)
    return 0


def _finish(work: "Work") -> int:
    from tqdm import tqdm

    with tqdm(
        total=work.steps,
        initial=work.before,
        unit=work.unit,
        disable=None,
        leave=False,
        desc=work.target.name,
    ) as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.n)

        line = work.run(progress)
    (_say if str(work.target) == "-" else print)(line)  # "-": standard output is the picture's
    if work.doubts:
        _say(work.doubts)
    return 0


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
