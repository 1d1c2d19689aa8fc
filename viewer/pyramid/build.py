"""Drawing a pyramid into its folder: what is not there yet, by a crew, and the page at the end."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from viewer.pyramid.crew import Crew
from viewer.pyramid.draw import Recipe, Tile, draw
from viewer.pyramid.folder import Key, opened
from viewer.pyramid.levels import Batch, Pyramid
from viewer.pyramid.page import files
from viewer.pyramid.plan import Stage
from viewer.view import View


@dataclass(frozen=True)
class Site:
    """All that is to be in a folder. `views` are those that the stages go deeper around."""

    recipe: Recipe
    stages: tuple[Stage, ...]
    views: tuple[View, ...] = ()

    @property
    def steps(self) -> int:
        """How many batches there are."""
        return sum(1 for stage in self.stages for _ in stage.batches())

    @property
    def digest(self) -> str:
        """What tells it from others."""
        parts = self.recipe.digest, self.recipe.name, self.stages
        return hashlib.sha256(repr(parts).encode()).hexdigest()


class _Item(NamedTuple):
    """A batch, and where its tiles go."""

    key: Key
    level: Path
    pyramid: Pyramid
    batch: Batch


def build(
    target: Path, site: Site, crew: Crew, progress: Callable[[int], None], *, force: bool = False
) -> int:
    """Draws a site into the folder `target` and returns how many batches were drawn for it.

    What is there already of the same site stays. Stopped at any moment, it goes on from there
    when it is called again; files are the same bytes then, and whoever the crew is. `progress` is
    told the batches that are there. Raises `FileError`, see `opened`, or the engine's errors.
    """
    drawn = 0
    with opened(target, site.digest, force=force) as folder:
        if folder.whole:
            return 0
        there = len(folder.done)
        left = (item for item in _items(site) if item.key not in folder.done)
        for item, tiles in crew.done(partial(_draw, site.recipe), left):
            folder.keep(item.key, item.level, tiles)
            drawn += 1
            progress(there + drawn)
        recipe = site.recipe
        for name, data in files(site.stages, site.views, recipe.name, recipe.palette):
            folder.write(name, data)
        folder.finish()
    return drawn


def _draw(recipe: Recipe, item: _Item) -> list[Tile]:
    return draw(recipe, item.pyramid, item.batch)


def _items(site: Site) -> Iterator[_Item]:
    for index, stage in enumerate(site.stages):
        for batch in stage.batches():
            level = Path(f"{stage.name}_files") / str(batch.level)
            yield _Item((index, *batch), level, stage.pyramid, batch)
