"""What every answer carries so that a browser protects the reader: CSRF, CSP, referrer, framing."""

from __future__ import annotations

import functools

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
login_manager = LoginManager()
"""Who is signed in; the feature `people` tells it how to find an account."""

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; a program that brings its own token to the API (a phone at a gate) has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return who asks, as far as a cookie tells."""
        if request.path.startswith("/api/") and "Authorization" in request.headers:
            return self.make_null_session(app)
        return super().open_session(app, request)


def install(app: Flask) -> None:
    """Protect every form and every answer."""
    app.session_interface = Sessions()
    csrf.init_app(app)
    login_manager.init_app(app)
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Add the protecting headers; a view that set one of them itself (the scanner's camera) keeps its own."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    # The origin only: private links hold tokens, which must not leave in a Referer.
    headers.setdefault("Referrer-Policy", "strict-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


@functools.cache
def policy(**more: str) -> str:
    """Return the content security policy; `policy(script_src="'self' 'wasm-unsafe-eval'")` changes a part of it."""
    parts = POLICY | {name.replace("_", "-"): value for name, value in more.items()}
    return "; ".join(f"{name} {value}" for name, value in parts.items())
