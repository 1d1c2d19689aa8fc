"""Laws of the sign form are about small shapes in small numbers: those become pieces here too."""

from collections.abc import Iterator

import pytest

from viewer.sign import pieces


@pytest.fixture(autouse=True, scope="module")
def crowds() -> Iterator[None]:
    """Two are a crowd."""
    before, pieces.CROWD = pieces.CROWD, 2
    yield
    pieces.CROWD = before
