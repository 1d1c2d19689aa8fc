"""What is saved at once and what by another process, without a window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.window.desktop import picture
from tests.window.disc import disc
from viewer.passes import optimise
from viewer.picture.look import Look
from viewer.program import parse
from viewer.view import Size, View
from viewer.window.hands.controls import Action
from viewer.window.saving.renders import Queue
from viewer.window.saving.save_desk import SaveDesk
from viewer.window.saving.saves import told_of
from viewer.window.saving.snapshot import Snapshot
from viewer.window.session import Session, Shape
from viewer.window.show.compiler import Compiler, Made
from viewer.window.show.looks import Looks
from viewer.window.show.screen import Screen
from viewer.window.trace import Trace

SIZE: Size = (60, 40)
PATIENCE = 30.0


class Painting:
    """A screen on which the picture is there, or not yet; and a compiler of that program."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        program = optimise(parse(data))
        shape = Shape(path, len(program), len(program), False)
        self.shown: Made | None = Made(shape, data, program, cast(Any, None))
        self.there, self.asked, self.version = True, 0, 1

    def ready(self, session: Session, _: object) -> bool:
        return self.there

    def samples(self, session: Session, _: object) -> int:
        return 1

    def picture(self, session: Session, _: object) -> NDArray[np.uint8]:
        self.asked += 1
        assert self.shown
        return picture(self.shown.data, session.view, session.size)


@pytest.fixture
def painting(tmp_path: Path) -> Painting:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc(0.25))
    return Painting(path)


@pytest.fixture
def snapshot(painting: Painting) -> Snapshot:
    return Snapshot(cast(Screen, painting), cast(Compiler, painting))


@pytest.fixture
def desk(painting: Painting, snapshot: Snapshot) -> Iterator[SaveDesk]:
    screen, compiler = cast(Screen, painting), cast(Compiler, painting)
    desk = SaveDesk(screen, compiler, snapshot, Trace(None))
    yield desk
    desk.close()


def settled(desk: SaveDesk, session: Session) -> Session:
    """After all that was asked for is done."""
    end = time.monotonic() + PATIENCE
    while True:
        session = desk.due(session, time.monotonic())
        if desk.pause == 1.0:
            return session
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("there", [True, False])
def test_nobody_waits_for_a_picture_that_is_being_painted(
    desk: SaveDesk, painting: Painting, tmp_path: Path, there: bool
) -> None:
    painting.there = there
    session = Session(size=SIZE, view=View.parse("0.25,0@2"))
    (tmp_path / "disc.png").touch()
    for name in ("disc-2.png", "disc-3.png") if there else ("disc-2.png",):
        before = desk.effects[Action.SAVE](session, 0.0)
        after = settled(desk, before)
        assert after.message == f"saved {tmp_path / name}: V opens it"
        with Image.open(tmp_path / name) as image:
            assert (np.asarray(image) == picture(disc(0.25), session.view, SIZE)).all()
    assert painting.asked == 2 * there
    assert after.saving == ""


def test_what_only_the_window_knows_is_not_asked_of_another(
    desk: SaveDesk, painting: Painting, snapshot: Snapshot
) -> None:
    """It is saved when it is there, and the window goes on meanwhile."""
    painting.there = False
    session = Session(size=SIZE, looks=Looks(wipe=True))
    for _ in range(3):
        session = snapshot.due(desk.effects[Action.SAVE](session, 0.0), 0.0)
        assert (painting.asked, session.message, desk.pause) == (0, "", 1.0)
    painting.there = True
    session = snapshot.due(snapshot.due(session, 0.0), 0.0)
    assert painting.asked == 1
    assert settled(desk, session).message.startswith("saved ")


@pytest.mark.parametrize("change", ["view", "looks", "version"])
def test_who_goes_on_before_a_picture_is_there_is_told(
    painting: Painting, snapshot: Snapshot, change: str
) -> None:
    painting.there = False
    session, taken = Session(size=SIZE), list[object]()

    def take(session: Session, picture: object, _: float) -> Session:
        taken.append(picture)
        return session

    assert snapshot.ask(session, take, 0.0) == session
    if change == "version":
        painting.version += 1
    else:
        changes: dict[str, Any] = {"view": View.parse("0,0@2"), "looks": Looks(wipe=True)}
        session = replace(session, **{change: changes[change]})
    painting.there = True
    told = snapshot.due(session, 0.0)
    assert told.message == "no picture was taken: the view changed before it was there"
    assert snapshot.due(told, 0.0) == told
    assert taken == []


def test_without_a_picture_there_is_nothing_to_save(desk: SaveDesk, painting: Painting) -> None:
    painting.shown = None
    session = Session(size=SIZE)
    assert desk.effects[Action.SAVE](session, 0.0) == session
    form = session.act(Action.SAVE_AS).form
    for asked in (False, True):
        after = desk.due(replace(session, form=replace(form, asked=asked)), 0.0)
        assert after.form.open
        assert after.form.refusal == "nothing is shown that could be saved"
        assert not after.form.asked
    for action, words in (
        (Action.SHOW_SAVED, "nothing is saved yet: S saves what is shown"),
        (Action.GIVE_UP, "nothing is being saved"),
    ):
        assert desk.effects[action](session, 0.0).message == words


def test_the_form_is_judged_as_it_changes_and_done_when_asked(
    desk: SaveDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = []
    monkeypatch.setattr(Queue, "add", lambda _, order: orders.append(order))
    (tmp_path / "disc.png").touch()
    session = desk.due(Session(size=SIZE).act(Action.SAVE_AS), 0.0)
    assert session.form.target == str(tmp_path / "disc-2.png")
    npy = replace(session, form=session.form.with_value("format", "npy").with_value("samples", "2"))
    refused = desk.due(replace(npy, form=npy.form.keyed("Enter") or npy.form), 0.0)
    assert refused.form.open
    assert refused.form.refusal == "a field has one sample a pixel, expected no --aa"
    mended = desk.due(replace(refused, form=refused.form.with_value("samples", "1")), 0.0)
    assert (mended.form.target, mended.form.refusal) == (str(tmp_path / "disc.npy"), "")
    assert not orders
    closed = mended.act(Action.CLOSE)
    assert desk.due(closed, 0.0).form == closed.form
    again = desk.due(closed.act(Action.SAVE_AS), 0.0)
    assert again.form.target == str(tmp_path / "disc.npy")
    moved = replace(again, view=View.parse("3,4@5"), z=Fraction(1, 8))
    done = desk.due(replace(moved, form=moved.form.keyed("Enter") or moved.form), 0.0)
    assert not done.form.open
    (order,) = orders
    assert order.target == tmp_path / "disc.npy"
    assert order.options == ("--view=3,4@5", "--z=0.125", "--size=60x40")
    assert order.data == disc(0.25)


def test_what_is_told_of_what_is_shown() -> None:
    session = Session(size=SIZE, view=View.parse("0.1,-2@1e30"), z=Fraction(1, 8))
    told = told_of(session.grid, 4, Look("iso"))
    assert told == ["--view=0.1,-2@1e30", "--size=60x40", "--aa=4", "--z=0.125", "--mode=iso"]
