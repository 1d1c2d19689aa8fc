"""Tries to open a window and says what was found: `python -m viewer.window.probe pyglet`.

The window stays hidden. The answer is that of `viewer.gpu.probe`.
"""

from __future__ import annotations

import sys

from viewer.gpu.probe import answer, facts
from viewer.window.backends import library

if __name__ == "__main__":
    answer(lambda: facts(library(sys.argv[1]).hidden_context()))
