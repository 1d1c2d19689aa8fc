"""The README tells what is so: its tables come from the code, its files exist."""

import re

from tests.conftest import ROOT
from viewer.cli import COMMANDS
from viewer.window.hands.told import markdown

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_controls_is_the_windows_own() -> None:
    assert markdown().strip() in README


def test_every_command_is_shown() -> None:
    for command in COMMANDS:
        assert re.search(rf"^prospero \[?{command}\]? ", README, re.MULTILINE), command


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert links
    for link in links:
        assert (ROOT / link).is_file(), link
