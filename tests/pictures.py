"""Takes the README's pictures of the window anew, all or those that are named:

    xvfb-run -s "-screen 0 1280x1024x24" python -m tests.pictures [hud tiles ...]

The shapes are copied to a folder first, whose name is in some of the pictures.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tests.conftest import ROOT
from tests.window.desktop import Viewer

IMAGES = ROOT / "docs" / "images"
SHAPES = Path("/home/ariel/shapes")
DISC = "x var-x\ny var-y\na const {}\nb const {}\nu sub x a\nv sub y b\nuu square u\nvv square v\n"
DISC += "s add uu vv\nr const 0.5\nd sub s r\n"
COLOURS = 128
GONE = 6.0
"""Seconds after which a message is."""

Size = tuple[int, int]


class Scene(NamedTuple):
    """A window on a file, and what is done in it before its picture is taken."""

    file: str
    act: Callable[[Viewer], None]
    size: Size = (800, 600)
    options: tuple[str, ...] = ()


def pressing(*keys: str, at: Size | None = None, wait: float = 1.5) -> Callable[[Viewer], None]:
    def act(viewer: Viewer) -> None:
        if at:
            viewer.move_to(*at)
        if keys:
            viewer.key(*keys)
        time.sleep(wait)

    return act


def misspelling(viewer: Viewer) -> None:
    text = viewer.path.read_text()
    viewer.path.write_text(text.replace(" sqrt ", " squrt ", 1))
    viewer.wait_for(lambda event: event["event"] == "frame" and "squrt" in event["problem"])
    time.sleep(0.5)


def moving_the_disc(viewer: Viewer) -> None:
    viewer.path.write_text(DISC.format(0.2, 0.15))
    viewer.wait_for_frame(picture=2)
    pressing("shift+m", wait=GONE)(viewer)


FORM = ("shift+s", "Right", "Right", "Down", "Right", "Down", "Right", "Down", "Right")
SCENES = {
    "window": Scene("dreams.vm", pressing(), (1024, 768)),
    "hud": Scene(
        "dreams.vm",
        pressing("plus", "minus", "Tab", at=(430, 330)),
        options=("--view=-0.25,0.65@12",),
    ),
    "tiles": Scene("dreams.vm", pressing("t")),
    "error": Scene("gears.vm", misspelling, (1024, 768)),
    "probe": Scene(
        "jellyfish.vm",
        pressing("i", "g", "n", at=(300, 330), wait=3),
        options=("--view=0.08,0.32@3",),
    ),
    "files": Scene("", pressing("o", wait=4)),
    "form": Scene("dreams.vm", pressing(*FORM)),
}
MODES = (
    Scene("jellyfish.vm", pressing("m", wait=GONE), (560, 420)),
    Scene("jellyfish.vm", pressing("m", "m", wait=GONE), (560, 420)),
    Scene("jellyfish.vm", pressing("m", "m", "m", wait=GONE), (560, 420)),
    Scene("disc.vm", moving_the_disc, (560, 420)),
)
BETWEEN = 8
"""White pixels between two modes, and half of them around all."""


def taken(scene: Scene) -> Image.Image:
    shutil.rmtree(SHAPES, ignore_errors=True)
    SHAPES.mkdir(parents=True)
    for path in (ROOT / "assets").glob("*.vm"):
        shutil.copy(path, SHAPES)
    if scene.file == "disc.vm":
        (SHAPES / scene.file).write_text(DISC.format(0, 0))
    options = "--still", *scene.options
    with Viewer(os.environ["DISPLAY"], SHAPES / scene.file, *options, folder=SHAPES) as viewer:
        viewer.xdotool("windowsize", viewer.window, *scene.size)
        viewer.wait_for_frame(size=list(scene.size))
        viewer.move_to(scene.size[0] + 50, scene.size[1] + 50)
        scene.act(viewer)
        return Image.fromarray(viewer.screenshot(scene.size))


def modes() -> Image.Image:
    pictures = [np.asarray(taken(scene)) for scene in MODES]
    half = BETWEEN // 2
    framed = [
        np.pad(picture, ((half, half), (half, half), (0, 0)), constant_values=255)
        for picture in pictures
    ]
    return Image.fromarray(np.vstack([np.hstack(framed[:2]), np.hstack(framed[2:])]))


def main(names: list[str]) -> None:
    if SHAPES.exists():
        sys.exit(f"{SHAPES} is there already, and would be lost")
    try:
        for name in names or [*SCENES, "modes"]:
            picture = modes() if name == "modes" else taken(SCENES[name])
            few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(IMAGES / f"{name}.png", optimize=True)
    finally:
        shutil.rmtree(SHAPES, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
