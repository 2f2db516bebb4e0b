"""How often strangers may knock: `@knock("10 per minute")` on a view that takes a form or a token guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from flask_limiter import Limiter

from forum.core.refusals import Refusal
from forum.core.words import lazy_gettext as _

View = TypeVar("View", bound=Callable[..., Any])

limiter = Limiter(lambda: request.remote_addr or "unknown", headers_enabled=False)


class TooOften(Refusal):
    """One address knocked too often."""

    code = "too-often"
    status = 429
    sentence = _("Too many attempts from your connection. Wait a minute, then try again: nothing you did is lost.")


def install(app: Flask) -> None:
    """Count in Redis when there is one (several nodes), else in each process."""
    settings = app.extensions["forum.settings"]
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    limiter.init_app(app)


def knock(rule: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Limit how often one address may call a view, e.g. `"10 per minute"`."""

    def decorate(view: View) -> View:
        return cast(View, limiter.limit(rule, methods=list(methods), exempt_when=is_switched_off)(view))

    return decorate


def is_switched_off() -> bool:
    """Tell whether this installation switched its limits off (a load test)."""
    return not current_app.extensions["forum.settings"].rate_limits
