"""The architecture as laws: who may import whom, who may print, how long a file may be.

Read from the source with `ast`, so that an import inside a function counts as well.
"""

from __future__ import annotations

import ast
import graphlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

import viewer
from tests.conftest import ROOT

PACKAGE = ROOT / "viewer"

# Each may import those before it. `__init__` is the public face of what stands before it.
ORDER = (
    *(
        "errors",
        "resources",
        "program",
        "passes",
        "view",
        "flight",
        "sign",
        "zoom",
        "exact",
        "gpu",
        "engines",
        "picture",
        "pyramid",
        "bench",
    ),
    *("__init__", "window", "info", "doctor", "cli", "__main__"),
)
# Libraries that are used in one folder alone; elsewhere their types may be named.
HOMES = {
    **dict.fromkeys(("moderngl", "glcontext"), "gpu"),
    **dict.fromkeys(("moderngl_window", "pyglet", "glfw"), "window"),
}
LONGEST = 300  # lines of a file


def sources() -> dict[str, str]:
    """Every module of the package, by dotted name (`viewer.gpu.context`, `viewer.__init__`)."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        relative = path.relative_to(ROOT).with_suffix("")
        is_folder = relative.name == "__init__" and relative.parent != Path("viewer")
        parts = relative.parent.parts if is_folder else relative.parts
        found[".".join(parts)] = path.read_text(encoding="utf-8")
    return found


def imported(name: str, source: ast.AST, modules: Mapping[str, str]) -> Iterator[str]:
    """The dotted names that a module's source imports; a module of ours by its full name."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield "viewer.__init__" if alias.name == "viewer" else alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} line {node.lineno}: a relative import"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                outer = "viewer.__init__" if node.module == "viewer" else node.module
                yield inner if inner in modules else outer


def folder(module: str) -> str:
    """The folder or file just under `viewer` that a module of ours belongs to."""
    return module.split(".")[1]


def place(module: str) -> int:
    """Where a module of ours stands in the order."""
    return ORDER.index(folder(module))


class WithoutTypes(ast.NodeTransformer):
    """Drops what only a type checker reads, `if TYPE_CHECKING:` blocks."""

    def visit(self, node: ast.AST) -> ast.AST:
        # No expression imports anything.
        return node if isinstance(node, ast.expr) else cast("ast.AST", super().visit(node))

    def visit_If(self, node: ast.If) -> ast.AST:
        return ast.Pass() if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def breaches(modules: Mapping[str, str]) -> list[str]:
    """Every import that goes up the order, or takes a library out of its home."""
    found = []
    for name, text in modules.items():
        source = ast.parse(text)
        for target in imported(name, source, modules):
            if target.startswith("viewer.") and place(target) > place(name):
                found.append(f"{name} imports {target}, which stands later")
        for target in imported(name, WithoutTypes().visit(source), modules):
            library = target.split(".")[0]
            if HOMES.get(library, folder(name)) != folder(name):
                found.append(f"{name} imports {library}, which is for {HOMES[library]} alone")
    return found


def printers(modules: Mapping[str, str]) -> list[str]:
    """The modules that call `print`, but for the command line."""
    return [
        name
        for name, text in modules.items()
        if name != "viewer.cli"
        and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
            for node in ast.walk(ast.parse(text))
        )
    ]


@pytest.mark.parametrize(
    ("name", "text", "breach"),
    [
        ("passes.fold", "import viewer.cli", "imports viewer.cli, which stands later"),
        ("gpu.x", "def f():\n from viewer.engines import y", "imports viewer.engines, which"),
        ("program.x", "from viewer import view", "imports viewer.view, which stands later"),
        ("picture.x", "from viewer import render", "imports viewer.__init__, which stands later"),
        ("engines.glsl", "import moderngl", "imports moderngl, which is for gpu alone"),
        ("gpu.x", "from pyglet import window", "imports pyglet, which is for window alone"),
        (
            "gpu.x",
            "if TYPE_CHECKING:\n import viewer.cli",
            "imports viewer.cli, which stands later",
        ),
        ("window.x", "if TYPE_CHECKING:\n import moderngl", None),
        ("window.x", "if debug:\n import moderngl", "imports moderngl, which is for gpu alone"),
        ("gpu.x", "import moderngl; from viewer.errors import DrawError", None),
        ("cli", "from viewer import render, doctor", None),
    ],
)
def test_a_breach_is_seen(name: str, text: str, breach: str | None) -> None:
    modules = {**dict.fromkeys((f"viewer.{n}" for n in ORDER), ""), f"viewer.{name}": text}
    found = breaches(modules)
    assert (breach is None and not found) or (breach is not None and breach in found[0])


def test_imports_go_from_later_to_earlier() -> None:
    assert not breaches(sources())


def test_every_module_has_a_place_in_the_order() -> None:
    assert {folder(name) for name in sources()} <= set(ORDER)


def test_imports_have_no_circle() -> None:
    modules = sources()
    graph = {
        name: {*imported(name, ast.parse(text), modules)} & modules.keys() - {name}
        for name, text in modules.items()
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_only_the_command_line_prints() -> None:
    assert printers({"viewer.picture.x": "def f():\n    print(1)"}) == ["viewer.picture.x"]
    assert not printers(sources())


def test_no_file_is_long() -> None:
    lines = {name: text.count("\n") for name, text in sources().items()}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_all_is_sorted_and_true() -> None:
    ours = {
        name
        for name, value in vars(viewer).items()
        if str(getattr(value, "__module__", "")).startswith("viewer") and name[0] != "_"
    }
    assert viewer.__all__ == sorted(viewer.__all__)
    assert ours <= set(viewer.__all__)
    assert all(hasattr(viewer, name) for name in viewer.__all__)


@pytest.mark.parametrize(
    "command",
    [(), ("view",), ("render",), ("film",), ("pyramid",), ("info",), ("doctor",), ("bench",)],
)
def test_help_imports_neither_numpy_nor_gl(command: tuple[str, ...]) -> None:
    timed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "viewer", *command, "--help"],
        cwd=ROOT,
        env=dict(os.environ, PYTHONWARNINGS=""),
        capture_output=True,
        text=True,
        check=False,
    )
    assert timed.returncode == 0, timed.stderr.splitlines()[-1]
    assert timed.stdout.startswith("usage: prospero")
    names = {line.rpartition("|")[2].strip().split(".")[0] for line in timed.stderr.splitlines()}
    assert "argparse" in names
    assert not names & {"numpy", "moderngl", "moderngl_window", "pyglet", "PIL", "flint"}
