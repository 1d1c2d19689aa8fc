"""What the run in CI promises: a test that skips for lack of a layer is a failure there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SUITE = {
    "test_tests.py": """
import pytest

def test_absent_layer():
    pytest.skip("Xvfb is missing")

def test_absent_shared():
    pytest.skip("../shared is missing")

def test_absent_gpu():
    pytest.skip("needs a GPU")

@pytest.mark.xfail
def test_known_fault():
    assert False
""",
    "test_module.py": "import pytest; pytest.importorskip('no_such_library')",
}


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("true", "1 failed, 2 skipped, 1 xfailed, 1 error"), ("", "4 skipped, 1 xfailed")],
)
def test_a_skip_fails_in_ci(ci: str, summary: str, tmp_path: Path) -> None:
    for name, text in SUITE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = ["-p", "tests.conftest", "--continue-on-collection-errors", "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"= {summary} in" in done.stdout.splitlines()[-1], done.stdout
    assert done.returncode == (1 if ci else 0)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "exec python3 scripts/test.py"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
