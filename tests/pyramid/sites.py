"""Small pyramids and crews for the tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.picture.shapes import TEXT
from viewer.pyramid.build import Site, build
from viewer.pyramid.crew import Crew
from viewer.pyramid.draw import Recipe
from viewer.pyramid.plan import plan
from viewer.view import Grid, View

ALONE = Crew(partial(ThreadPoolExecutor, 1), 2)
"""One thread of this process."""


def site(
    width: int = 1100, height: int = 700, *around: str, text: bytes = TEXT, aa: int = 1
) -> Site:
    """A disc's, from float64 on one core."""
    views = tuple(View.parse(view) for view in around)
    recipe = Recipe.of(text, "disc.vm", "blocks", aa, None)
    return Site(recipe, plan(Grid(View(), width, height), views), views)


def built(folder: Path, wanted: Site, crew: Crew = ALONE) -> dict[str, bytes]:
    """Builds it, and reads what is there."""
    build(folder, wanted, crew, lambda _: None)
    return content(folder)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
