"""Letters for the tests of letters."""

from __future__ import annotations

from typing import Any

from forum.core.db import Transaction
from forum.messages.models import Letter
from tests import cast
from tests.factories import number


def a_letter(tx: Transaction, **values: Any) -> Letter:
    """Return a new letter that waits."""
    defaults: dict[str, Any] = {
        "edition_slug": "lens-2027",
        "kind": "registration-confirmed",
        "once_key": f"trial:{number()}",
        "to_email": "ada@example.org",
        "to_name": "Ada Lovelace",
        "language": "fr",
        "subject": "Bonjour",
        "text": "Bonjour Ada,\n",
        "html": "<!doctype html><html lang=fr><title>Bonjour</title><h1>Bonjour Ada</h1></html>",
        "next_try_at": cast.NOW,
        "written_at": cast.NOW,
    }
    return tx.add(Letter(**(defaults | values)))
