"""The window libraries behind one small face (`protocols.Backend`): a file each."""

from __future__ import annotations

from viewer.errors import NoDeviceError
from viewer.view import Size
from viewer.window.backends.protocols import Backend, Changes, Inputs

__all__ = ["Backend", "Changes", "Inputs", "open_window"]


def open_window(title: str, size: Size, inputs: Inputs, changes: Changes) -> Backend:
    """Opens a window with a GL 3.3 context. `NoDeviceError` where there is no display or no GL."""
    try:
        from viewer.window.backends.pyglet import Pyglet

        return Pyglet(title, size, inputs, changes)
    except Exception as error:
        # The libraries raise ImportError, their own classes and ValueError for the same thing.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NoDeviceError(
            f"cannot open a window: {reason[0]} (`prospero doctor` says what is missing)"
        ) from error
