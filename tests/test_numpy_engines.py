"""`numpy` keeps everything or refuses; `cupy` is `numpy-gc` on another library's arrays."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from tests import strategies
from tests.oracle import BINARY, UNARY
from viewer import DrawError, View, parse
from viewer.engines import registry
from viewer.engines.numpy_all import NumpyAll, free_memory
from viewer.engines.numpy_gc import NumpyGc
from viewer.errors import NoDeviceError
from viewer.view import Grid


@given(text=strategies.programs(), grid=strategies.grids())
@example(text="a const 2\nr sqrt a", grid=Grid(View(), 5, 2))
@example(text="x var-x", grid=Grid(View(), 5, 2))
def test_keeping_every_value_changes_none(text: str, grid: Grid) -> None:
    program = parse(text.encode())
    kept = NumpyAll(program).field(grid, grid.whole)
    assert kept.shape == (grid.height, grid.width)
    dropped = NumpyGc(program).field(grid, grid.whole)
    # NumPy's code for a single number and for an array may differ in the last bit of a function.
    with np.errstate(all="ignore"):
        near = np.abs(kept - dropped) <= 1e-9 * np.abs(dropped)
    assert np.array_equal(np.where(near, dropped, kept), dropped, equal_nan=True)


def test_the_memory_of_every_value_is_counted() -> None:
    # x, y and two operations at full size, and the result; sqrt(2) is one number.
    program = parse(b"x var-x\ny var-y\nc const 2\nr sqrt c\na mul x r\nb add a y")
    grid = Grid(View(), 100, 50)
    need = (2 + 2 + 1) * 100 * 50 * 8
    NumpyAll(program, free=lambda: need).field(grid, grid.whole)
    with pytest.raises(DrawError) as refused:
        NumpyAll(program, free=lambda: need - 1).field(grid, grid.whole)
    assert str(refused.value).count("\n") == 0


def test_a_picture_that_does_not_fit_is_refused_with_both_figures() -> None:
    lines = ["v0 var-x", *[f"v{index} neg v{index - 1}" for index in range(1, 7500)]]
    program = parse("\n".join(lines).encode())
    grid = Grid(View(), 1024, 1024)
    with pytest.raises(DrawError) as refused:
        NumpyAll(program, free=lambda: 23_400_000_000).field(grid, grid.whole)
    assert str(refused.value) == (
        "the engine 'numpy' keeps every value: 1024 x 1024 pixels need 62.9 GB, 23.4 GB are free"
    )


def test_the_free_memory_is_of_this_machine() -> None:
    assert 2**24 < free_memory() < 2**50


COMPARISONS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)


class Foreign(NDArrayOperatorsMixin):
    """An array of another library, as strict as CuPy's: NumPy's functions reach it by protocol,
    and it takes numbers and its own kind, but no NumPy array. Comparing a NumPy number hands it
    over as an array without dimensions (numpy/numpy#12142); CuPy allows that, and so does this."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        assert method == "__call__" and not options
        if ufunc in COMPARISONS:
            inputs = tuple(a[()] if isinstance(a, np.ndarray) and not a.ndim else a for a in inputs)
        return Foreign(np.asarray(ufunc(*map(opened, inputs))))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        result = function(*map(opened, args), **kwargs)
        return result if isinstance(result, np.dtype) else Foreign(np.asarray(result))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.values[key] = opened(value)

    def astype(self, dtype: Any) -> Foreign:
        return Foreign(self.values.astype(dtype))


def opened(value: Any) -> Any:
    if isinstance(value, Foreign):
        return value.values
    assert not isinstance(value, np.ndarray), "a NumPy array among another library's"
    return value


def library(made: list[str]) -> Any:
    """A stand-in for the module `cupy` that notes what was called."""

    def asarray(values: Any) -> Foreign:
        made.append("asarray")
        return Foreign(np.array(values))

    def empty(shape: tuple[int, ...], dtype: Any) -> Foreign:
        made.append("empty")
        return Foreign(np.empty(shape, dtype))

    def asnumpy(array: Foreign) -> NDArray[Any]:
        made.append("asnumpy")
        return array.values

    return SimpleNamespace(asarray=asarray, empty=empty, asnumpy=asnumpy, is_available=lambda: True)


@pytest.mark.parametrize("word", UNARY + BINARY)
@strategies.fewer(5)
@given(data=st.data(), grid=strategies.grids(largest=8))
def test_another_librarys_arrays_compute_the_same(
    word: str, data: st.DataObject, grid: Grid
) -> None:
    text = data.draw(strategies.programs(words=(word, "add", "min", "square")))
    program = parse(text.encode())
    made: list[str] = []
    foreign = library(made)
    engine = NumpyGc(program, arrays=foreign, host=foreign.asnumpy)
    field = engine.field(grid, grid.whole)
    assert isinstance(field, np.ndarray)
    assert np.array_equal(field, NumpyGc(program).field(grid, grid.whole), equal_nan=True)
    assert made == ["asarray", "asarray", "empty", "asnumpy"]


def test_the_row_cupy_computes_with_cupys_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setitem(sys.modules, "cupy", library(made))
    program, grid = parse(b"x var-x\ny var-y\nm min x y"), Grid(View(), 4, 4)
    inside = registry.create("cupy", program).inside(grid, grid.whole)
    assert made == ["asarray", "asarray", "empty", "asnumpy"]
    assert np.array_equal(inside, NumpyGc(program).inside(grid, grid.whole))


def without_gpu() -> Any:
    return SimpleNamespace(is_available=lambda: False)


@pytest.mark.parametrize(
    ("module", "words"),
    [(None, "needs CuPy and a GPU: pip install cupy-cuda12x"), (without_gpu(), "finds none here")],
)
def test_where_cupy_cannot_run_one_line_says_why(
    module: ModuleType | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cupy", module)
    with pytest.raises(NoDeviceError) as refused:
        registry.create("cupy", parse(b"x var-x"))
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert refused.value.exit_status == 3
