"""Engines that are given back, or that skip a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from viewer.engines.engine import Engine
from viewer.engines.registry import Row
from viewer.errors import NoDeviceError
from viewer.program import Program


@contextmanager
def running(row: Row, program: Program) -> Iterator[Engine]:
    """The engine of a row for a program, or a skip."""
    try:
        engine = row.make(program)
    except NoDeviceError as error:
        pytest.skip(f"{row.name}: {error}")
    try:
        yield engine
    finally:
        engine.close()
