"""A PIN beside a gate's link: what is kept of it, and the pass of a phone that was told it."""

from __future__ import annotations

import base64
import hashlib
import hmac

PASS_LENGTH = 26
SHORTEST_PIN, LONGEST_PIN = 4, 8
WRONG_PINS = 5
"""Wrong PINs that one connection may try at a gate each minute."""


def pin_hash(pin: str, *, secret: str) -> str:
    """Return what is kept of a PIN: worth nothing without the server's own secret."""
    return hmac.new(secret.encode(), f"gate-pin:{pin}".encode(), hashlib.sha256).hexdigest()


def is_pin(pin: str, *, kept: str | None, secret: str) -> bool:
    """Tell whether a PIN is the one of a gate."""
    return hmac.compare_digest(pin_hash(pin, secret=secret), kept or "")


def pass_for(token: str, kept: str, *, secret: str) -> str:
    """Return what a phone keeps that was told the PIN: another link or another PIN ends it."""
    made = hmac.new(secret.encode(), f"gate-pass:{token}:{kept}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode().lower()[:PASS_LENGTH]


def is_pass(given: str, *, token: str, kept: str, secret: str) -> bool:
    """Tell whether a phone's pass is good."""
    return hmac.compare_digest(pass_for(token, kept, secret=secret).encode(), given.encode())
