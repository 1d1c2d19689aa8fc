"""`jit`: the program as machine code for this processor, run over tiles on all cores.

Straight-line vector code by LLVM (the package llvmlite), as the challenge's write-ups do it. It is
compiled without LLVM's optimiser: on `prospero.vm` with it the code is 3 % faster and takes four
times as long to make (measured: 40 against 39 ms a picture of 1024 x 1024, 0.13 against 0.51 s).
"""

import ctypes
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cached_property
from itertools import product
from time import perf_counter
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.blocks import all_cores
from viewer.engines.engine import ArrayEngine
from viewer.engines.greys import greys_of
from viewer.engines.kernel import Kernel, translate
from viewer.engines.llvm import Lanes
from viewer.engines.pieces import Y, Z
from viewer.errors import NoDeviceError
from viewer.passes.bounds import DOMAIN
from viewer.passes.cells import nan_possible
from viewer.program import Program
from viewer.program.number import nearest
from viewer.view import Block, Grid

TILE_WIDTH, TILE_HEIGHT = 256, 64
"""Points of a tile, at most: the unit of work of a thread, about a millisecond of `prospero.vm`."""
FRAME_BYTES = 2**19
"""Tiles are lower where their frame would leave the processor's cache: two to three times as fast
on large programs that keep thousands of values alive (measured)."""
ANALYSED = 20_000
"""Instructions that bounds are computed for, in about half a second. In a longer program any value
counts as possibly NaN."""
LIMIT = 200_000
"""Instructions that are compiled, in half a minute at worst. More are refused."""
_ALIGNMENT = 64  # bytes; the widest vector


class Processor(NamedTuple):
    """What code is made for: names that LLVM knows, and the bytes of a vector register."""

    name: str
    features: str
    vector_bytes: int

    @staticmethod
    def host() -> "Processor":
        """This machine's. Raises `NoDeviceError` without llvmlite."""
        llvm = _llvm()
        try:
            features = llvm.get_host_cpu_features()
        except RuntimeError:  # LLVM cannot tell for every kind of processor
            return Processor.plain()
        wide = 64 if features.get("avx512f") else 32 if features.get("avx") else 16
        return Processor(llvm.get_host_cpu_name(), features.flatten(), wide)

    @staticmethod
    def plain() -> "Processor":
        """The least of this machine's kind: on x86-64 one without AVX."""
        return Processor("", "", 16)


class Jit(ArrayEngine):
    """Compiles on construction; `compile_seconds` is what that took.

    Where bounds say that no operand is NaN, min and max are one instruction. The bounds hold for
    coordinates in the domain; others get code of their own, made when they are first met.
    """

    def __init__(
        self,
        program: Program,
        dtype: Any = np.float32,
        threads: int | None = None,
        processor: Processor | None = None,
    ) -> None:
        if len(program) > LIMIT:
            found = f"at most {LIMIT} operations, {program.name} has {len(program)}"
            raise NoDeviceError(f"the engine 'jit' compiles {found}")
        self._processor = processor or Processor.host()
        self._program, self._dtype = program, np.dtype(dtype)
        start = perf_counter()
        analysed = len(program) <= ANALYSED
        self._inside_domain = self._compile(nan_possible(program)) if analysed else self._anywhere
        self.compile_seconds = perf_counter() - start
        self._pool = ThreadPoolExecutor(threads or all_cores())

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        return greys_of(self._program, self.inside, grid, block, samples)

    @cached_property
    def _anywhere(self) -> "Machine":
        return self._compile(np.ones(len(self._program), np.bool_))

    def _compile(self, maybe_nan: NDArray[np.bool_]) -> "Machine":
        width = self._processor.vector_bytes // self._dtype.itemsize
        kernel = translate(self._program, Lanes(self._dtype.type, width), maybe_nan)
        return Machine(kernel, self._processor)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        xs, ys = grid.xs(block, self._dtype), grid.ys(block, self._dtype)
        z = nearest(grid.z, self._dtype)
        farthest = max(np.abs(xs).max(), np.abs(ys).max(), np.abs(z))
        machine = self._inside_domain if farthest <= DOMAIN else self._anywhere
        return machine.draw(xs, ys, z, self._pool)

    def close(self) -> None:
        self._pool.shutdown()
        for machine in {self._inside_domain, self.__dict__.get("_anywhere", self._inside_domain)}:
            machine.close()


class Machine:
    """A kernel that has been compiled."""

    def __init__(self, kernel: Kernel, processor: Processor) -> None:
        llvm = _llvm()
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=processor.name, features=processor.features, opt=0
        )
        self._kernel = kernel
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(kernel.text), target)
        self._engine.finalize_object()
        arguments = [ctypes.c_void_p] * 5 + [ctypes.c_int64] * 3
        # Calling it lets go of the interpreter's lock, so threads run at once.
        self._tile = ctypes.CFUNCTYPE(None, *arguments)(self._engine.get_function_address("tile"))
        row_bytes = kernel.frame_size * processor.vector_bytes
        self._height = min(TILE_HEIGHT, max(4, FRAME_BYTES // max(1, row_bytes)))
        self._free: list[_Memory] = []

    def draw(
        self, xs: NDArray[Any], ys: NDArray[Any], z: Any, pool: Executor
    ) -> NDArray[np.floating[Any]]:
        """The field at all of xs and ys, shape (len(ys), len(xs)), one tile a task."""
        width = self._kernel.lanes.width
        padded = np.zeros(-(-len(xs) // width) * width, xs.dtype)
        padded[: len(xs)] = xs
        picture = np.empty((len(ys), len(padded)), xs.dtype)

        def compute(corner: tuple[int, int]) -> None:
            j, i = corner
            # list.pop and list.append are atomic, which is all the locking needed here.
            memory = self._free.pop() if self._free else _Memory.of(self._kernel, self._height)
            part = picture[j : j + self._height, i : i + TILE_WIDTH]
            height, length = part.shape
            memory.rows[:height, Y], memory.rows[:height, Z] = ys[j : j + height], z
            self._tile(
                *[array.ctypes.data for array in (padded[i:], *memory, part)],
                *(length // width, height, len(padded)),
            )
            self._free.append(memory)

        corners = product(range(0, len(ys), self._height), range(0, len(padded), TILE_WIDTH))
        for _ in pool.map(compute, corners):
            pass
        return picture[:, : len(xs)]

    def close(self) -> None:
        """Frees the code."""
        self._engine.close()


class _Memory(NamedTuple):
    """What a thread needs to compute a tile (see `Kernel`)."""

    rows: NDArray[Any]
    column: NDArray[Any]
    frames: NDArray[Any]

    @staticmethod
    def of(kernel: Kernel, height: int) -> "_Memory":
        width, dtype = kernel.lanes.width, kernel.lanes.dtype
        return _Memory(
            np.empty((height, kernel.row_size), dtype),
            _aligned(kernel.column_size * width, dtype),
            _aligned(height * kernel.frame_size * width, dtype),
        )


def _aligned(count: int, dtype: Any) -> NDArray[Any]:
    """An array of `count` numbers that begins at a multiple of `_ALIGNMENT` bytes."""
    size = count * np.dtype(dtype).itemsize
    room = np.empty(size + _ALIGNMENT, np.uint8)
    start = -room.ctypes.data % _ALIGNMENT
    return room[start : start + size].view(dtype)


def _llvm() -> ModuleType:
    """llvmlite, ready to make code for this machine. Raises `NoDeviceError` without it."""
    try:
        from llvmlite import binding
    except ImportError:
        raise NoDeviceError(
            "the engine 'jit' needs llvmlite: pip install 'prospero-viewer[jit]'"
        ) from None
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    module: ModuleType = binding
    return module
