"""A real browser without a window, led by the Chrome DevTools Protocol over two pipes.

Messages are JSON that ends in a zero byte; nothing but the standard library is needed for that.
"""

from __future__ import annotations

import base64
import io
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATIENCE = 60.0
SIZE = (1024, 768)
"""The page's width and height in pixels."""


class Page:
    """One page of the browser."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        self._number, self._rest, self._session = 0, b"", ""
        self.errors: list[str] = []
        """What the page's script failed with, and files that it did not get."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        width, height = SIZE
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._sink, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def value(self, script: str) -> Any:
        """What a script of the page comes to, if only in time."""
        how = {"returnByValue": True, "awaitPromise": True}
        found = self.call("Runtime.evaluate", expression=script, **how)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        """Until it is true."""
        self.until(lambda: bool(self.value(script)), script)

    def until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, f"never came true: {what}; {self.errors}"
            time.sleep(0.02)

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.mouse("mousePressed", *start, button="left", clickCount=1)
        for step in range(1, 11):
            at = (a + (b - a) * step / 10 for a, b in zip(start, end, strict=True))
            self.mouse("mouseMoved", *at, button="left", buttons=1)
        time.sleep(0.3)  # a hand that rests: no throw
        self.mouse("mouseMoved", *end, button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)

    def pixels(self) -> NDArray[np.uint8]:
        """What the page looks like: uint8, shape (height, width, 3)."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
            return np.asarray(picture.convert("RGB"))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._source], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            data = os.read(self._source, 2**16)
            assert data, "the browser has ended"
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        method, parameters = found.get("method"), found.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(parameters["exceptionDetails"]["exception"]["description"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url')}")
        return found


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page of a browser that is there for a while, with its profile in a folder."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("a Chromium is missing (scripts/test.py installs chromium-headless-shell)")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    options += ["--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={folder}"]
    command = [program, *options, "--remote-debugging-pipe"]
    their_source, our_sink = os.pipe()
    our_source, their_sink = os.pipe()
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{their_source} 4>&{their_sink}', "bash", *command],
            pass_fds=(their_source, their_sink),
            stdout=out,
            stderr=out,
        )
        os.close(their_source)
        os.close(their_sink)
        try:
            yield Page(our_source, our_sink)
        finally:
            process.kill()
            process.wait()
            os.close(our_source)
            os.close(our_sink)
