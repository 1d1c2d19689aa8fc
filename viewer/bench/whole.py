"""One picture in a process of its own: `python -m viewer.bench.whole ARGUMENTS`, which are those of
`prospero render`.

Its standard output is one line, the JSON object {"cpu_s": 1.2, "peak_mb": 160.0}: the seconds that
all of its threads took, and the most memory that it had.
"""

import argparse
import json
import sys
from time import process_time

from viewer.bench.machine import peak_memory
from viewer.errors import ViewerError
from viewer.picture.command import add_options, prepare


def main(arguments: list[str]) -> int:
    """Draws the picture. What fails is said in a line of standard error."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    try:
        prepare(parser.parse_args(arguments), _no_word).run(_no_word)
    except ViewerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps({"cpu_s": process_time(), "peak_mb": peak_memory() / 1e6}) + "\n")
    return 0


def _no_word(_: object) -> None:
    """Nobody listens."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
