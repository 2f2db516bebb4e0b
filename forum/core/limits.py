"""How often strangers may knock: `@knock("10 per minute")` on a view that takes a form or a token guess."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItemPerMinute
from limits.storage import Storage

from forum.core.refusals import Refusal
from forum.core.words import lazy_gettext as _

View = TypeVar("View", bound=Callable[..., Any])

limiter = Limiter(lambda: request.remote_addr or "unknown", headers_enabled=False, in_memory_fallback_enabled=True)


class TooOften(Refusal):
    """One address knocked too often."""

    code = "too-often"
    status = 429
    sentence = _("Too many attempts from your connection. Wait a minute, then try again: nothing you did is lost.")


class SharedFileStorage(Storage):
    """Counts in one SQLite file for all processes of this machine: with two workers, five a minute are five.

    What is counted is worth nothing after a power cut, so nothing here waits for the disk.
    """

    STORAGE_SCHEME = ["forum-file"]  # noqa: RUF012 (the base class declares it so)

    COUNT = """
    INSERT INTO knock (key, count, expires) VALUES (:key, :amount, :now + :expiry)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN expires <= :now THEN :amount ELSE count + :amount END,
      expires = CASE WHEN expires <= :now THEN :now + :expiry ELSE expires END
    RETURNING count
    """

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        """Take the file's path from an address: forum-file:///var/lib/forum/knocks.sqlite3."""
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = Path((uri or "").partition("://")[2])
        self.lock = threading.Lock()
        self.owner = 0
        self.knocks = 0
        self.connection: sqlite3.Connection | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what goes wrong here."""
        return sqlite3.Error

    def run(self, statement: str, **values: Any) -> Any:
        """Carry one statement out; a process that was forked opens the file anew."""
        with self.lock:
            if self.connection is None or self.owner != os.getpid():
                self.connection, self.owner = self.opened(), os.getpid()
            return self.connection.execute(statement, values | {"now": time.time()}).fetchone()

    def opened(self) -> sqlite3.Connection:
        """Open the file, made when it is not there."""
        connection = sqlite3.connect(self.path, timeout=2, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS knock (key TEXT PRIMARY KEY, count INTEGER, expires REAL)")
        return connection

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and forget from time to time what is over."""
        self.knocks += 1
        if self.knocks % 500 == 1:
            self.run("DELETE FROM knock WHERE expires <= :now")
        return int(self.run(self.COUNT, key=key, expiry=expiry, amount=amount)[0])

    def get(self, key: str) -> int:
        """Return a count."""
        row = self.run("SELECT count FROM knock WHERE key = :key AND expires > :now", key=key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        """Return when a count is over."""
        row = self.run("SELECT expires FROM knock WHERE key = :key", key=key)
        return float(row[0]) if row else time.time()

    def check(self) -> bool:
        """Tell whether the file can be read."""
        return bool(self.run("SELECT 1"))

    def reset(self) -> int | None:
        """Forget all counts."""
        self.run("DELETE FROM knock")
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        self.run("DELETE FROM knock WHERE key = :key", key=key)


def install(app: Flask) -> None:
    """Count in Redis when there is one (several nodes), else in a file that all processes of this machine share."""
    settings = app.extensions["forum.settings"]
    shared = f"forum-file://{(settings.instance / 'knocks.sqlite3').resolve()}"
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or shared
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    limiter.init_app(app)


def knock(rule: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Limit how often one address may call a view, e.g. `"10 per minute"`."""

    def decorate(view: View) -> View:
        return cast(View, limiter.limit(rule, methods=list(methods), exempt_when=is_switched_off)(view))

    return decorate


def tries_left(what: str, most: int) -> int:
    """Return how many wrong tries at something this connection still has this minute."""
    if is_switched_off():
        return most
    return limiter.limiter.get_window_stats(RateLimitItemPerMinute(most), what, request.remote_addr or "").remaining


def count_wrong_try(what: str, most: int) -> None:
    """Note a wrong try of this connection at something: a PIN, a code."""
    if not is_switched_off():
        limiter.limiter.hit(RateLimitItemPerMinute(most), what, request.remote_addr or "")


def is_switched_off() -> bool:
    """Tell whether this installation switched its limits off (a load test)."""
    return not current_app.extensions["forum.settings"].rate_limits
