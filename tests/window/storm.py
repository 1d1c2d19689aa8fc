"""A storm of events on a real window: whatever hands, files and other programs can do to it.

Which ones, and in which order, follows from a seed. What keys do is read from the table of
controls, so that a new control is in the storm at once.

    storm = Storm(viewer, display, folder, seed)
    storm.blow(500)         what it did is in storm.done
    storm.calm()            the window still answers; its memory, in bytes
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from tests.conftest import ROOT
from tests.window.desktop import Viewer
from tests.window.hand import BUTTONS, DOWN, UP, Hand
from tests.window.saves import SAVES
from tests.window.x11 import Clipboard, drop, resources, say
from viewer.bench.traces import Event
from viewer.window.hands.controls import BINDINGS, Action

SCREEN = (1280, 1024)
SIZES = ((640, 480), (641, 481))
"""Of these the window gets the other one to see whether it answers."""
FRAGILE = (Action.QUIT, Action.FULL_SCREEN)
"""Actions that a storm does with care: the window goes, or there is a new one."""
PAUSE = 0.03
"""Seconds between two events, at most."""

DISC = "x var-x\ny var-y\na square x\nb square y\nc add a b\nr const {}\nd sub c r\n"
BALL = "x var-x\ny var-y\nz var-z\na square x\nb square y\nc square z\nd add a b\ne add c d\n"
WAVES = "x var-x\ny var-y\nk const {}\na mul x k\nb sin a\nc mul y k\nd cos c\ne add b d\n"
NOWHERE = "x var-x\nm const -1\na sqrt m\nb mul a x\n"
BROKEN = "x var-x\ny vra-y\nz add x q\n"
CLIPS = (
    *(b"-0.25,0.5@3", b"0,0@1e40", b"1e400,0@1", b"no view", b"\xff\xfe\x00", b"", None),
    b"-0." + b"123456789" * 120 + b",0@1e1000",
)


class Storm:
    """What it does to one viewer."""

    def __init__(self, viewer: Viewer, display: str, folder: Path, seed: int) -> None:
        self._viewer, self._display, self._folder = viewer, display, folder
        self._random, self.seed = Random(seed), seed
        self._hand = Hand(display)
        self._keys = [
            trigger
            for trigger, binding in BINDINGS.items()
            if binding.action not in FRAGILE and self._hand.codes(trigger) is not None
        ]
        self._full = [
            trigger for trigger, binding in BINDINGS.items() if binding.action is Action.FULL_SCREEN
        ]
        self._files = [viewer.path, folder / "second.vm", folder / "third.vm"]
        self._large = folder / "gears.vm"
        self._calms = 0
        self.done: list[str] = []
        """All events so far."""
        for file in self._files[1:]:
            file.write_text(DISC.format(0.3))
        shutil.copy(ROOT / "assets" / "gears.vm", self._large)

    def blow(self, events: int) -> None:
        """So many events."""
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        with self._told():
            for kind in self._random.choices(kinds, weights, k=events):
                self.done.append(kind.__name__)
                kind(self)
                if self._random.random() < 0.3:
                    time.sleep(self._random.random() * PAUSE)

    def calm(self) -> int:
        """Waits until the window has answered, and checks what it has said meanwhile, which is then
        forgotten; returns its memory in bytes: what is resident and its own, not code that the
        system has read from files and may forget."""
        with self._told():
            self._hand.let_go()
            window = self._hand.window()
            self._hand.show(window)
            self._calms += 1
            size = list(SIZES[self._calms % 2])
            since = len(self._viewer.events())
            self._hand.place(window, *size)
            self._viewer.wait_for(
                lambda event: event["event"] == "frame" and event["size"] == size, since=since
            )
            self._check()
        status = Path(f"/proc/{self._viewer.process.pid}/status").read_text()
        kinds = dict(line.split(":") for line in status.splitlines())
        return sum(int(kinds[kind].split()[0]) * 1024 for kind in ("RssAnon", "RssShmem"))

    def close(self) -> None:
        """Lets everything go."""
        self._hand.__exit__()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Makes a failure say how to see it again."""
        try:
            yield
        except AssertionError as error:
            last = ", ".join(self.done[-30:])
            message = f"storm {self.seed}, after {len(self.done)} events, at last {last}: {error}"
            raise AssertionError(message) from None

    def _check(self) -> None:
        for event in self._viewer.events():
            assert event["event"] != "frame" or event["gl"] == "GL_NO_ERROR", event
            assert "driver" not in event.get("problem", ""), event
        self._viewer.forget()

    def _anywhere(self) -> tuple[int, int]:
        return self._random.randrange(SCREEN[0]), self._random.randrange(SCREEN[1])

    def _modifiers(self) -> list[int]:
        held = self._random.choices(["", "Shift", "Ctrl", "Alt"], [6, 2, 2, 1])[0]
        codes = self._hand.codes(f"{held}+A") if held else None
        return codes[:-1] if codes else []

    def _text(self) -> bytes:
        random = self._random
        shapes = [DISC, BALL, WAVES, NOWHERE, BROKEN, "", "\x00\xff\x80"]
        text = random.choices(shapes, [8, 3, 3, 1, 2, 1, 1])[0]
        return text.format(random.randrange(1, 90) / 100).encode("latin-1")

    # Hands

    def key(self) -> None:
        self._hand.type(self._random.choice(self._keys))

    def held_key(self) -> None:
        codes = self._hand.codes(self._random.choice(self._keys))
        assert codes
        self._hand.press(codes[-1:])
        if len(self._hand.down) > 3:
            self._hand.let_go()

    def wheel(self) -> None:
        modifiers = self._modifiers()
        self._hand.press(modifiers)
        self._hand.move(*self._anywhere())
        sideways = self._random.choice([6, 7])
        button = self._random.choices([UP, DOWN, sideways], [6, 6, 1])[0]
        self._hand.click(button, self._random.choice([1, 1, 2, 8, 30]))
        self._hand.release(modifiers)

    def drag(self) -> None:
        modifiers = self._modifiers()
        button = self._random.choice(list(BUTTONS.values()))
        self._hand.press(modifiers)
        self._hand.move(*self._anywhere())
        self._hand.hold(button)
        for _ in range(self._random.choice([0, 1, 2, 20])):
            self._hand.move(*self._anywhere())
        if self._random.random() < 0.8:  # else it goes on
            self._hand.lift(button)
        self._hand.release(modifiers)

    def click(self) -> None:
        modifiers = self._modifiers()
        self._hand.press(modifiers)
        self._hand.move(*self._anywhere())
        button = self._random.choice([*BUTTONS.values(), 8, 9])
        self._hand.click(button, self._random.choice([1, 2, 2, 3]))
        self._hand.release(modifiers)

    def wander(self) -> None:
        for _ in range(self._random.choice([1, 5, 50])):
            self._hand.move(*self._anywhere())

    def let_go(self) -> None:
        self._hand.let_go()

    # The desktop

    def resize(self) -> None:
        width, height = self._anywhere()
        sizes = [(1 + width, 1 + height), (1, 1 + height), (1 + width, 1), (1, 1), (2, 3)]
        self._hand.place(self._hand.window(), *self._random.choices(sizes, [6, 1, 1, 1, 1])[0])

    def minimise(self) -> None:
        self._hand.hide(self._hand.window())
        if self._random.random() < 0.5:
            time.sleep(self._random.random() * 3 * PAUSE)
        self._hand.show(self._hand.window())

    def look_away(self) -> None:
        self._hand.look_away()
        self._hand.show(self._hand.window())

    def full_screen(self) -> None:
        self._hand.let_go()  # a key that is held belongs to the window that goes
        for full in (True, False):
            self._hand.show(self._hand.window())
            since = len(self._viewer.events())
            self._hand.type(self._random.choice(self._full))
            self._viewer.wait_for(partial(_of_the_screen, full), since=since)

    def rescale(self) -> None:
        dpi = self._random.choice([48, 96, 120, 192, 300])
        with resources(self._display, f"Xft.dpi:\t{dpi}\n"):
            time.sleep(PAUSE)

    def copy_elsewhere(self) -> None:
        with Clipboard(self._display, self._random.choice(CLIPS)):
            self._hand.type("Ctrl+V")
            time.sleep(PAUSE)

    # Files

    def drop(self) -> None:
        good, bad = [*self._files, self._large], self._folder / "noise.bin"
        bad.write_bytes(bytes(range(256)))
        pictures = sorted(self._folder.glob("*.png"))[:3]
        nonsense = [bad, self._folder, self._folder / "missing.vm", *pictures]
        paths = self._random.choice([good, good, nonsense])
        chosen = self._random.sample(paths, self._random.choice([1, 1, 1, 2]))
        self._hand.show(self._hand.window())
        drop(self._display, str(self._hand.window().id), chosen, self._random.choice([1, 4]))

    def drop_nonsense(self) -> None:
        kinds = ["XdndEnter", "XdndPosition", "XdndDrop", "XdndLeave", "WM_PROTOCOLS", "_NONE"]
        say(self._display, str(self._hand.window().id), self._random.choice(kinds))

    def edit(self) -> None:
        file, save = self._random.choice(self._files), self._random.choice(SAVES)
        if not file.exists():
            file.write_bytes(b"")
        save(file, self._text())

    def vanish(self) -> None:
        self._random.choice(self._files).unlink(missing_ok=True)

    def come_back(self) -> None:
        for file in self._files:
            if not file.exists():
                file.unlink(missing_ok=True)  # a link to nothing
                file.write_bytes(self._text())

    def clean_up(self) -> None:
        """Somebody takes away what was saved."""
        keep = {file.resolve() for file in self._files} | {*self._files, self._large}
        for path in self._folder.iterdir():
            if path.suffix in (".png", ".vm", ".tif", ".svg") and path not in keep:
                path.unlink(missing_ok=True)
        with suppress(OSError):
            shutil.rmtree(self._folder / "config" / "prospero-viewer" / "places")


def _of_the_screen(full: bool, event: Event) -> bool:
    return event["event"] == "frame" and full is (event["size"] == list(SCREEN))


WEIGHTS: dict[Callable[[Storm], None], float] = {
    Storm.key: 30,
    Storm.held_key: 3,
    Storm.wheel: 15,
    Storm.drag: 12,
    Storm.click: 6,
    Storm.wander: 4,
    Storm.let_go: 2,
    Storm.resize: 5,
    Storm.minimise: 1.5,
    Storm.look_away: 1.5,
    Storm.full_screen: 0.3,
    Storm.rescale: 0.5,
    Storm.copy_elsewhere: 1,
    Storm.drop: 1.5,
    Storm.drop_nonsense: 0.5,
    Storm.edit: 4,
    Storm.vanish: 0.7,
    Storm.come_back: 1.5,
    Storm.clean_up: 0.3,
}
"""How often each kind comes."""
