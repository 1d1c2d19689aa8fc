"""The layers that tests stand on: a GL context, an X display, the shared folder, the models.

A test asks for what it needs by fixture (`ctx`, `display`, `shared`, `models`, `model`) and skips
with the reason where that is missing. In CI (`CI` is set) a layer that is missing is a failure,
so that a green run means that everything ran; only the shared folder and a GPU may be absent.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import moderngl

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CI = bool(os.environ.get("CI"))
MAY_BE_ABSENT = ("../shared", "a GPU")  # words of a skip's reason that CI accepts

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", UNHURRIED, max_examples=100)
settings.register_profile("ci", UNHURRIED, max_examples=100, derandomize=True, database=None)
settings.register_profile("long", UNHURRIED, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if CI else "dev"))

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def context() -> Iterator[moderngl.Context]:
    """The one GL context of the run, without a window; tests ask for `ctx`."""
    from viewer.errors import NoDeviceError
    from viewer.gpu.context import standalone

    try:
        ctx = standalone()
    except NoDeviceError as error:
        pytest.skip(f"no GL context: {error}")
    yield ctx
    ctx.release()


def _make_current(context: moderngl.Context) -> None:
    # Engines make contexts of their own the current one and leave none; so does `with context`.
    context.__enter__()  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True)
def _current(request: pytest.FixtureRequest) -> None:
    """A test that draws with the run's context finds it current, and nothing of another's in it."""
    if "context" in request.fixturenames:
        context = request.getfixturevalue("context")
        _make_current(context)
        # moderngl returns to the framebuffer in use after making another: not to one that is gone.
        context.detect_framebuffer(0).use()
        assert context.error in ("GL_NO_ERROR", "GL_INVALID_OPERATION")


@pytest.fixture
def ctx(context: moderngl.Context) -> Iterator[moderngl.Context]:
    """The GL context, without an error before the test and without one after it."""
    assert context.error == "GL_NO_ERROR", "an earlier user of the context left an error"
    yield context
    _make_current(context)
    assert context.error == "GL_NO_ERROR"


@pytest.fixture(scope="session")
def llvmpipe(context: moderngl.Context) -> None:
    """Skips what is promised, bit for bit, of Mesa's software renderer only."""
    _make_current(context)
    if "llvmpipe" not in context.info["GL_RENDERER"]:
        pytest.skip("bits are promised for llvmpipe only, and here is a GPU")


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name (":7") of an X display of 1280x1024 pixels that only this run uses."""
    with x_server(tmp_path_factory.mktemp("xvfb"), (1280, 1024)) as name:
        yield name


@contextmanager
def x_server(folder: Path, size: tuple[int, int]) -> Iterator[str]:
    """An X display of that many pixels for a while, by its name; its log goes to the folder."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("Xvfb is missing (`prospero doctor` says how to install it)")
    log = folder / "log"
    read, write = os.pipe()
    screen = ["-screen", "0", f"{size[0]}x{size[1]}x24", "+extension", "GLX", "+extension", "RANDR"]
    command = [xvfb, "-displayfd", str(write), *screen, "-noreset", "-nolisten", "tcp"]
    with log.open("wb") as out, os.fdopen(read) as ready:
        server = subprocess.Popen(command, pass_fds=[write], stdout=out, stderr=out)
        os.close(write)
        try:
            number = ready.readline().strip()  # empty when the server ended without a display
            assert number, f"Xvfb did not start: {log.read_text(errors='replace')}"
            yield f":{number}"
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared` with the challenge's model and pictures."""
    if not SHARED.is_dir():
        pytest.skip("../shared is missing")
    return SHARED


def model_paths() -> list[Path]:
    """Every `.vm` at hand: the bundled shapes, then those of `../shared` where it is there."""
    return sorted((ROOT / "assets").glob("*.vm")) + sorted((SHARED / "models").glob("*.vm"))


@pytest.fixture(scope="session")
def models() -> list[Path]:
    """Every `.vm` at hand (see `model_paths`)."""
    return model_paths()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with an argument `model` runs once for every model."""
    if "model" in metafunc.fixturenames:
        metafunc.parametrize("model", model_paths(), ids=lambda path: path.stem)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by the layers that they ask for, so that `-m "not gl and not window"` works."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "ctx" in asked:
            item.add_marker("gl")
        if "display" in asked:
            item.add_marker("window")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skip is a failure, but for what a machine may lack."""
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself (`importorskip`)."""
    report = yield
    if CI and report.skipped:
        refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Makes a skipped report a failed one, unless its reason is one that CI accepts."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(words in reason for words in MAY_BE_ABSENT):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where every layer must be there: {reason}"
