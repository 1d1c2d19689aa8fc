"""The engines: what there is, in the order that people are shown them.

A row's `make` imports its engine only when it is asked for, since some need a driver or a package
that is not everywhere. Adding an engine is its file and a row here; the agreement suite, `--engine`
and `prospero bench` read this table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from viewer.engines.blocks import all_cores
from viewer.engines.engine import Engine
from viewer.errors import NoDeviceError, UsageError
from viewer.program import Program
from viewer.sign import sign_form
from viewer.view import Grid


@dataclass(frozen=True, slots=True)
class Row:
    """One engine. `make` raises `NoDeviceError` where it cannot run. `digits` says which float type
    it computes in, "float32" or "float64", or that it is "exact" (to a thousandth of a pixel at any
    depth; `tiles` where a formula is pure)."""

    name: str
    summary: str
    digits: str
    make: Callable[[Program], Engine]


def _numpy(program: Program) -> Engine:
    from viewer.engines.numpy_all import NumpyAll

    return NumpyAll(program)


def _numpy_gc(program: Program) -> Engine:
    from viewer.engines.numpy_gc import NumpyGc

    return NumpyGc(program)


def _blocks(program: Program) -> Engine:
    from viewer.engines.blocks import Blocks

    return Blocks(program)


def _blocks_mt(program: Program) -> Engine:
    from viewer.engines.blocks import Blocks

    return Blocks(program, threads=all_cores())


def _jit(program: Program) -> Engine:
    from viewer.engines.jit import Jit

    return Jit(program)


def _jit64(program: Program) -> Engine:
    from viewer.engines.jit import Jit

    return Jit(program, "float64")


def _cupy(program: Program) -> Engine:
    from viewer.engines.cupy import on_cupy

    return on_cupy(program)


def _interpreter(program: Program) -> Engine:
    from viewer.engines.interpreter import Interpreter

    return Interpreter(program)


def _glsl(program: Program) -> Engine:
    from viewer.engines.glsl import Glsl

    return Glsl(program)


def _glsl_whole(program: Program) -> Engine:
    from viewer.engines.glsl import Glsl

    return Glsl(program, whole=True)


def _tiles(program: Program) -> Engine:
    from viewer.engines.tiles import Tiles

    return Tiles(program)


def _deep(program: Program) -> Engine:
    from viewer.engines.deep import any_depth

    return any_depth(program)


def _exact(program: Program) -> Engine:
    from viewer.engines.exact import Exact

    return Exact(program)


ENGINES: tuple[Row, ...] = (
    Row("numpy", "whole picture, every value kept: the challenge's script", "float64", _numpy),
    Row("numpy-gc", "whole picture, each array dropped after its last use", "float64", _numpy_gc),
    Row("blocks", "register tape over small blocks, one core", "float64", _blocks),
    Row("blocks-mt", "the same on all cores", "float64", _blocks_mt),
    Row("jit", "straight-line vector code by LLVM, all cores", "float32", _jit),
    Row("jit64", "the same in double precision", "float64", _jit64),
    Row("cupy", "numpy-gc with its arrays on a GPU, in CuPy", "float64", _cupy),
    Row("interpreter", "bytecode and a loop in one fragment shader", "float32", _interpreter),
    Row("glsl-whole", "the whole program as one fragment shader", "float32", _glsl_whole),
    Row("glsl", "straight-line fragment shaders, split at the root", "float32", _glsl),
    Row("tiles", "a formula over quadratics, few of them open in each tile", "exact", _tiles),
    Row("deep", "any program at any depth, as it is around the view", "exact", _deep),
    Row("exact", "bounds in float64, and exact arithmetic where they leave doubt", "exact", _exact),
)

AUTO = ("tiles", "glsl", "jit", "deep")
"""What `auto` tries, in order. The last runs everywhere."""

FLOAT32_PIXELS = 16 * 1024
"""Samples to half a model unit up to which float32 coordinates are right to a thousandth of their
distance: at 1024 pixels a side that is zoom 16."""


def names() -> list[str]:
    """What `--engine` takes, in order."""
    return [row.name for row in ENGINES]


def row(name: str) -> Row:
    """The row of an engine. Raises `UsageError` for a name that is not in the table."""
    for candidate in ENGINES:
        if candidate.name == name:
            return candidate
    raise UsageError(f"unknown engine '{name}', expected one of auto {' '.join(names())}")


def create(name: str, program: Program) -> Engine:
    """Makes an engine by name. Raises `UsageError`, or `NoDeviceError` where it cannot run."""
    return row(name).make(program)


def choose(program: Program, grid: Grid, *, field: bool = False) -> tuple[Row, Engine, str]:
    """The first engine of `AUTO` that suits the program, runs here, and has digits for `grid`.
    With `field` it is the value that is wanted, which tiles do not know.

    Tiles suit formulas over quadratics only: with expressions a view's tiles take longer to work
    out than to draw the picture without them (see `viewer.gpu.trial`), so that they pay in a window
    but not for one picture.

    Also says why the first of them was passed over, in one line; empty when none was.
    """
    why = ""
    for name in AUTO:
        candidate = row(name)
        if name == "tiles" and (field or not sign_form(program).pure):
            continue
        if candidate.digits == "float32" and grid.half * FLOAT32_PIXELS < 1:
            why = why or f"{name} is too coarse for these pixels at zoom {grid.view.zoom_text()}"
            continue
        try:
            return candidate, candidate.make(program), why
        except NoDeviceError as error:
            why = why or str(error)
    raise NoDeviceError(why)
