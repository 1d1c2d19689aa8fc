"""`cupy`: the engine `numpy-gc` with its arrays on a GPU, in the library CuPy."""

from viewer.engines.numpy_gc import NumpyGc
from viewer.errors import NoDeviceError
from viewer.program import Program


def on_cupy(program: Program) -> NumpyGc:
    """Raises `NoDeviceError` where CuPy, or a GPU that it can use, is missing."""
    try:
        import cupy
    except ImportError:
        raise NoDeviceError(
            "the engine 'cupy' needs CuPy and a GPU: pip install cupy-cuda12x (NVIDIA, CUDA 12)"
        ) from None
    if not cupy.is_available():
        raise NoDeviceError("the engine 'cupy' needs a GPU, and CuPy finds none here")
    return NumpyGc(program, arrays=cupy, host=cupy.asnumpy)
