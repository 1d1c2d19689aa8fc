"""Finds the files that travel with the code: GLSL in `shaders/`, shapes and fonts in `assets/`.

In a wheel they lie inside the package (`viewer/shaders/`), in a checkout beside it
(`viewer/../shaders/`); an editable install has only the second.
"""

from __future__ import annotations

from pathlib import Path

from viewer.errors import FileError

PACKAGE = Path(__file__).resolve().parent
ROOTS = (PACKAGE, PACKAGE.parent)


def shader(name: str) -> str:
    """The text of `shaders/<name>`; FileError where it is missing."""
    return _find("shaders", name).read_text(encoding="utf-8")


def asset(name: str) -> Path:
    """The path of `assets/<name>`; FileError where it is missing."""
    return _find("assets", name)


def assets() -> list[Path]:
    """The bundled shapes (`assets/*.vm`), by name."""
    for root in ROOTS:
        if found := sorted((root / "assets").glob("*.vm")):
            return found
    raise _missing("assets", "*.vm")


def _find(folder: str, name: str) -> Path:
    for root in ROOTS:
        path = root / folder / name
        if path.is_file():
            return path
    raise _missing(folder, name)


def _missing(folder: str, name: str) -> FileError:
    return FileError(f"{folder}/{name} is missing from this installation (looked in {PACKAGE})")
