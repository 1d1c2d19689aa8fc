"""Makes a checkout ready to run: system packages, `.venv`, the viewer in it.

Standard library only, for a machine that has nothing but Python. Every step looks first and does
only what is missing, so that the second run costs a fraction of a second.
"""

import sys

if sys.version_info < (3, 11):
    version = "{}.{}.{}".format(*sys.version_info[:3])
    sys.exit(f"Prospero Viewer needs Python 3.11 or newer, and this is {version}: {sys.executable}")

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "prospero-setup"  # written when all is installed: a key, and the extras
APT = tomllib.loads((ROOT / "viewer" / "needs.toml").read_text(encoding="utf-8"))["apt"]


def say(message: str) -> None:
    """One line of progress, in order with the output of the commands that are run."""
    print(f"set-up: {message}", flush=True)


def set_up(layers: Iterable[str], extras: Iterable[str] = ()) -> Path:
    """Makes the checkout ready and returns the path of its Python.

    `layers` are keys of `needs.toml`, `extras` tables of `pyproject.toml`. Packages that cannot
    be installed are named and done without; exits only where no `.venv` can be made.
    """
    packages = missing_packages(layers)
    if packages:
        install_packages(packages)
        importlib.invalidate_caches()
    if not has_ensurepip():
        sys.exit(f"set-up: {sys.executable} has no ensurepip, which `python -m venv` needs")
    install_viewer(set(extras))
    return PYTHON


def has_ensurepip() -> bool:
    """Whether this Python can make a virtual environment; Debian packages that apart."""
    return importlib.util.find_spec("ensurepip") is not None


def missing_packages(layers: Iterable[str]) -> list[str]:
    """The Debian packages of the layers that are not installed; none where there is no apt."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return []
    wanted = [package for layer in layers for package in APT[layer]]
    if not has_ensurepip():
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *wanted]
    answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in installed]


def install_packages(packages: Sequence[str]) -> None:
    """Installs with apt where that needs no password; otherwise prints the line that does it."""
    by_hand = f"sudo apt-get update && {APT['install']}"
    prefix = root_prefix()
    if prefix is None:
        say(f"these packages are missing: {' '.join(packages)}. This line installs them:")
        print(f"\n    {by_hand} {' '.join(packages)}\n", flush=True)
        return
    say(f"installs {' '.join(packages)}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    apt += ["-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "-y", "--no-install-recommends"]
    ask([*apt, "update"])
    if ask([*install, *packages]) is None:
        return
    # One that is not to be had (Ubuntu's Chromium is no package) does not take the others with it.
    errors = {package: ask([*install, package]) for package in packages}
    failed = {package: error for package, error in errors.items() if error is not None}
    if failed:
        say(f"apt-get failed (below). By hand: {by_hand} {' '.join(failed)}")
        print("\n".join(dict.fromkeys(failed.values())), file=sys.stderr, flush=True)


def ask(command: Sequence[str]) -> str | None:
    """Runs a command that asks nothing back. What it says on stderr where it fails, else None."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.stderr.rstrip() or f"status {done.returncode}" if done.returncode else None


def root_prefix() -> list[str] | None:
    """What to put before a command that needs root: nothing, sudo, or None where neither may."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    return sudo if shutil.which("sudo") and run([*sudo, "true"], quiet=True) == 0 else None


def install_viewer(extras: set[str]) -> None:
    """Makes `.venv` where it is missing or broken, and installs the checkout into it, editable."""
    works = PYTHON.exists() and run([PYTHON, "-c", "import pip, tomllib"], quiet=True) == 0
    key = hashlib.sha256(os.fsencode(ROOT) + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = STAMP.read_text(encoding="utf-8").split() if works and STAMP.exists() else []
    current, have = stamp[:1] == [key], set(stamp[1:])
    if current and extras <= have:
        return
    if not works:
        say(f"makes {VENV}")
        if run([sys.executable, "-m", "venv", "--clear", VENV]):
            sys.exit(f"set-up: cannot make {VENV} (above)")
    say("installs the viewer and what it needs (the first time this takes a minute)")
    chosen = sorted(extras | have)
    target = f".[{','.join(chosen)}]" if chosen else "."
    STAMP.unlink(missing_ok=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if run([PYTHON, "-m", "pip", "install", *options, "--editable", target]):
        sys.exit("set-up: pip could not install the viewer (above)")
    STAMP.write_text(" ".join([key, *chosen]), encoding="utf-8")


def run(command: Sequence[str | Path], quiet: bool = False) -> int:
    """Runs a command in the checkout and returns its exit status."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, stdout=out, stderr=out, check=False).returncode


def hand_over(command: Sequence[str | Path]) -> int:
    """Becomes the command, in the user's own folder, so that signals and status are its own."""
    if os.name == "posix":
        os.execv(command[0], [os.fspath(word) for word in command])
    return subprocess.run(command, check=False).returncode


def start(main: Callable[[list[str]], int]) -> NoReturn:
    """Runs a script with the arguments of the command line; Ctrl-C is no traceback."""
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
