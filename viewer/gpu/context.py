"""A GL context, without a window or in one."""

import sys
from typing import Any

import moderngl

from viewer.errors import NoDeviceError

GL_VERSION = 330
"""GL 3.3 core is the floor: macOS stops at 4.1, old integrated GPUs before that."""


def standalone() -> moderngl.Context:
    """A context of its own that needs neither a window nor a display (EGL on Linux).

    Raises NoDeviceError where there is no driver, or none of GL 3.3. It belongs to the calling
    thread; give it back with `release()`.
    """
    settings: dict[str, Any] = {"backend": "egl"} if sys.platform.startswith("linux") else {}
    try:
        return moderngl.create_context(standalone=True, require=GL_VERSION, **settings)
    except Exception as error:  # glcontext raises plain Exception, ImportError, OSError, ValueError
        reason = " ".join(str(error).split()) or type(error).__name__
        raise NoDeviceError(
            f"no OpenGL {GL_VERSION / 100} without a window here ({reason}); "
            "'prospero doctor' says what to install"
        ) from error


def attached() -> moderngl.Context:
    """The context that a window has made the thread's current one; its `screen` is the window."""
    return moderngl.create_context(require=GL_VERSION)
