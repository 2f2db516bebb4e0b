"""What everybody asks for at the same moment, kept for a second in each process: on an opening day hundreds do.

Only what may be a second old without harm, as if the reader had come a second earlier; never what is somebody's own.
Whoever keeps something here says what is wrong with it after a second, and why that harms nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from flask import current_app

from forum.core.assembly import this_application

SECONDS = 1.0
MOST = 64

Value = TypeVar("Value")


def seconds() -> float:
    """Return how long things are kept; tests, which change tables and look at once, keep none unless they say so."""
    chosen: float | None = current_app.extensions.get("forum.kept_seconds")
    if chosen is not None:
        return chosen
    return 0.0 if current_app.testing else SECONDS


_all: WeakSet[Kept[Any]] = WeakSet()


def forget_all() -> None:
    """Forget everything that is kept anywhere: tests write the same ids anew."""
    for kept in _all:
        kept.values.clear()


class Kept(Generic[Value]):
    """Values by key, each with the moment at which it was made."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Keep nothing yet; each value for so long."""
        self.seconds = seconds
        self.values: dict[tuple[int, Hashable], tuple[float, Value]] = {}
        _all.add(self)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of the last second, if there is one."""
        made_at, value = self.values.get(self.place(key), (0.0, None))
        return value if time.monotonic() - made_at < seconds() * self.seconds else None

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value that was made just now; return it."""
        if len(self.values) >= MOST:
            self.values.clear()
        self.values[self.place(key)] = (time.monotonic(), value)
        return value

    def get_or_make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of the last second, else a new one."""
        found = self.get(key)
        return self.keep(key, make()) if found is None else found

    def forget(self, key: Hashable) -> None:
        """Forget one value."""
        self.values.pop(self.place(key), None)

    @staticmethod
    def place(key: Hashable) -> tuple[int, Hashable]:
        """Return where a value is kept: each application (in tests there are several) has its own."""
        return id(this_application()), key
