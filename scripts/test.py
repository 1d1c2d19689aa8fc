"""Sets everything up and runs all checks: `python3 scripts/test.py [pytest's arguments]`.

The exit status is that of the first check that failed; pytest's summary comes last.
"""

import shlex

import bootstrap

# A file's tests stay together: they share engines and windows that take long to make.
PYTEST = ["pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
CHECKS = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])


def main(arguments: list[str]) -> int:
    """Runs the checks, then pytest with the arguments; returns the worst exit status."""
    python = bootstrap.set_up(["gl", "tests", "browser"], ["test", "jit", "distributed", "film"])
    failed: list[str] = []
    status = 0
    for check in (*CHECKS, [*PYTEST, *arguments]):
        if check[0] == "pytest" and failed:
            print(f"\nfailed before pytest: {', '.join(failed)}", flush=True)
        print(f"\n$ python -m {shlex.join(check)}", flush=True)
        code = bootstrap.run([python, "-m", *check])
        if code:
            failed.append(shlex.join(check))
        status = max(status, abs(code))
    return status


if __name__ == "__main__":
    bootstrap.start(main)
