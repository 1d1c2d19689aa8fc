"""What hands do between two frames is done at once, and comes to the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.window.test_inputs import SIZE, Stage, dragged
from viewer.window.hands.inputs import Inputs
from viewer.window.session import Session


def test_a_hundred_motions_are_one_move(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, moves = Stage(), []
    inputs = dragged(stage, (100, 100))

    def counted(session: Session, dx: float, dy: float) -> Session:
        moves.append((dx, dy))
        return whole(session, dx, dy)

    whole = Session.dragged
    monkeypatch.setattr(Session, "dragged", counted)
    for n in range(1, 101):
        inputs.pointer((100 + n, 100 + 2 * n))
    assert not moves
    inputs.repeat(0.0)
    inputs.repeat(0.0)
    assert moves == [(100, 200)]


@given(st.lists(st.sampled_from(["move", "wheel", "key", "press", "release"]), max_size=20))
def test_what_is_put_off_is_done_in_its_order(kinds: list[str]) -> None:
    """As if it had been done at once."""
    stages = Stage(), Stage()
    for late, stage in enumerate(stages):
        inputs, at = Inputs(stage), (400.0, 300.0)
        for number, kind in enumerate(kinds):
            if kind == "move":
                at = 400.0 + 16 * number, 300.0 - 8 * number
                inputs.pointer(at)
            elif kind == "wheel":
                inputs.wheel(0.25 * (number % 3), "")
            elif kind == "key":
                inputs.key("Left", pressed=True)
            else:
                inputs.button(at, kind == "press", "Left", "")
            if not late:
                inputs.settle()
        inputs.settle()
    now, then = (stage.session for stage in stages)
    assert (now.cursor, now.goal.steps) == (then.cursor, then.goal.steps)
    apart = abs(now.goal.x - then.goal.x) + abs(now.goal.y - then.goal.y)
    assert apart < now.goal.half(SIZE) / 10**6
