"""A process for one engine: `python -m viewer.bench.worker NAME`.

Every line of its standard input is an order, a JSON object {"do": "first", "size": 1024}; every
line of its standard output the answer, {"done": ...} or {"failed": ["DrawError", "why"]}. What
drivers print goes to standard error. It ends when its input does, and leaves Ctrl-C to whoever
started it.
"""

import base64
import json
import os
import signal
import sys
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.bench.fill import fill
from viewer.bench.machine import peak_memory
from viewer.bench.stand import Stand
from viewer.engines import registry
from viewer.errors import ViewerError

FILL = "fill"
"""The name of the empty fill; no engine is called that."""


def main(name: str) -> int:
    """Answers orders until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)
        stand = Stand(fill if name == FILL else registry.row(name).make)
        for order in sys.stdin:
            try:
                answer: dict[str, Any] = {"done": obey(stand, json.loads(order))}
            except ViewerError as error:
                answer = {"failed": [type(error).__name__, str(error)]}
            except MemoryError:
                answer = {"failed": ["DrawError", "there is not enough memory"]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        stand.close()
    return 0


def obey(stand: Stand, order: dict[str, Any]) -> Any:
    """Does what is ordered; the answer is fit for JSON."""
    match order:
        case {"do": "set_up", "source": str(source), "name": str(name), "view": str(view)}:
            return stand.set_up(source.encode("latin-1"), name, view)
        case {"do": "scout", "largest": int(largest)}:
            return stand.scout(largest)
        case {"do": "first", "size": int(size)}:
            return stand.first(size)
        case {"do": "frames", "size": int(size), "enough_ms": float(enough)}:
            return stand.frames(size, enough)
        case {"do": "picture", "size": int(size)}:
            peak = peak_memory()
            inside, read_ms = stand.picture(size)
            return {"bits": pack(inside), "read_ms": read_ms, "peak_mb": peak / 1e6}
    raise AssertionError(f"no such order: {order}")


def pack(inside: NDArray[np.bool_]) -> str:
    """A picture as text."""
    return base64.b64encode(zlib.compress(np.packbits(inside).tobytes(), 1)).decode("ascii")


def unpack(bits: str, size: int) -> NDArray[np.bool_]:
    """The picture of `size` x `size` pixels that was packed."""
    packed = np.frombuffer(zlib.decompress(base64.b64decode(bits)), np.uint8)
    return np.unpackbits(packed, count=size * size).astype(np.bool_).reshape(size, size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
