"""The time, asked for at the edge only and handed on as `now`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app


def system_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the application's time; tests put a clock of their own in `app.extensions["forum.clock"]`."""
    clock: Callable[[], datetime] = current_app.extensions.get("forum.clock", system_now)
    return clock()
