"""Tries to draw without a window and says what was found: `python -m viewer.gpu.probe`.

A process of its own, because a broken driver may take its process down. The answer is one line of
JSON on standard output: the facts, or `{"error": why not}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TypedDict

import moderngl

from viewer.errors import DrawError
from viewer.gpu.context import standalone


class Facts(TypedDict):
    """What a route can do: sizes in pixels, `precise` as in GLSL 4.00 and ARB_gpu_shader5."""

    vendor: str
    renderer: str
    version: str
    glsl: str
    texture: int
    viewport: tuple[int, int]
    precise: bool


def facts(ctx: moderngl.Context) -> Facts:
    """What the context says of itself, once it has drawn a pixel; DrawError where it cannot."""
    pixel = ctx.simple_framebuffer((1, 1))
    pixel.clear(1.0, 0.0, 1.0, 1.0)
    if (drawn := pixel.read(components=3)) != b"\xff\x00\xff" or ctx.error != "GL_NO_ERROR":
        raise DrawError(f"drew {drawn.hex()} for ff00ff ({ctx.error})")
    width, height = ctx.info["GL_MAX_VIEWPORT_DIMS"]
    return Facts(
        vendor=ctx.info["GL_VENDOR"],
        renderer=ctx.info["GL_RENDERER"],
        version=ctx.info["GL_VERSION"],
        glsl=f"{ctx.version_code // 100}.{ctx.version_code % 100}",
        texture=ctx.info["GL_MAX_TEXTURE_SIZE"],
        viewport=(width, height),
        precise=ctx.version_code >= 400 or "GL_ARB_gpu_shader5" in ctx.extensions,
    )


def answer(probe: Callable[[], Facts]) -> None:
    """Writes what the probe found, or why it failed, as one line of JSON."""
    try:
        found: Facts | dict[str, str] = probe()
    except Exception as error:  # whatever a driver or a library throws is the finding
        cause = error.__cause__ or error  # the driver's own words, not our advice to ask doctor
        found = {"error": str(cause) or type(cause).__name__}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    answer(lambda: facts(standalone()))
