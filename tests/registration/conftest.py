"""What the tests of registration share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.statements import statements_of

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(app: Flask) -> Statements:
    """Return a way to see the SQL that something takes: `with statements() as seen: …`."""
    return lambda: statements_of(app)
