"""Tries to open a window and says what was found: `python -m viewer.window.probe pyglet`.

The window stays hidden. The answer is that of `viewer.gpu.probe`.
"""

from __future__ import annotations

import sys

import moderngl_window

from viewer.gpu.probe import Facts, answer, facts


def window(backend: str) -> Facts:
    """The facts of a window's context; `backend` is a name of moderngl-window's."""
    window_class = moderngl_window.get_local_window_cls(backend)
    hidden = window_class(size=(64, 64), gl_version=(3, 3), visible=False, vsync=False)
    return facts(hidden.ctx)


if __name__ == "__main__":
    answer(lambda: window(sys.argv[1]))
