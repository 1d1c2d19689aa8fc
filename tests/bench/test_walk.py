"""`prospero bench --path`: its walks, and what it reports of them."""

import json

import pytest

from viewer.bench.command import PATHS
from viewer.bench.walk import EDGES_MS, VIEWS, Walk
from viewer.program import parse
from viewer.view import View

DISC = b"x var-x\ny var-y\na square x\nb square y\ns add a b\nr const 0.5\nd sub s r"


def test_the_options_name_the_walks() -> None:
    assert tuple(VIEWS) == PATHS


def test_the_scripted_walk_goes_in_and_comes_back() -> None:
    views = list(VIEWS["scripted"]((1024, 1024)))
    assert len(views) == 600
    assert 0.99e4 < max(view.zoom for view in views[:500]) < 1.01e4
    home, back = views[99], views[499]
    assert (home.x, home.y, home.zoom) == (back.x, back.y, back.zoom)


def test_the_deep_walk_goes_to_1e100() -> None:
    views = list(VIEWS["deep"]((512, 512)))
    assert len(views) == 3000
    assert views[0] == View()
    assert 0.9e100 < views[-1].zoom < 1.1e100


@pytest.mark.gl
def test_a_walk_counts_every_frame_once(context: object) -> None:
    walk = Walk(parse(DISC, "disc.vm"), "scripted", (64, 48))
    assert len(list(walk.run())) == walk.steps == 600
    found = json.loads(walk.text(as_json=True))
    assert found["frames"] == sum(count for _, count in found["histogram"]) == 600
    assert len(found["histogram"]) == len(EDGES_MS) + 1
    assert found["p50_ms"] <= found["p90_ms"] <= found["p99_ms"] <= found["max_ms"]
    assert 0 < found["complete"] <= 1
    assert "path scripted: 600 frames of 64x48 pixels by tiles" in walk.text(as_json=False)
