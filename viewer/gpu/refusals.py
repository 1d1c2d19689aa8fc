"""What a driver refuses, as an error for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl

from viewer.errors import DrawError


@contextmanager
def refusals() -> Iterator[None]:
    """Makes what moderngl raises in here a `DrawError`: about a size, or a context that is lost."""
    try:
        yield
    except moderngl.Error as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        reason = lines[0].strip() if lines else "without a reason"
        raise DrawError(f"the graphics driver refused to draw: {reason}") from error
