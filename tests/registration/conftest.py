"""What the tests of registration share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from forum.core.db import db

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(app: Flask) -> Statements:
    """Return a way to see the SQL that something takes: `with statements() as seen: …`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def write_down(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", write_down)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", write_down)

    return counting
