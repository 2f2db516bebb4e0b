"""What goes into the log: whatever an organiser opens, but for pages where nobody is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

AGAIN_WITHIN = timedelta(hours=1)
"""Who looks at the same page again within this time is not written down again."""

LONGEST_ADDRESS = 500

NOBODY_IS_NAMED = frozenset(
    {
        "editions_overview",
        "editions_settings",
        "editions_cities",
        "venues",
        "pretixscan",
        "registration_categories",
        "site_overview",
        "site_opening",
        "audit",
    }
)
"""Modules of views that show no person: looking at them is not written down. Whatever else there is, is."""

EXPORTS = (".csv", ".xlsx", ".pdf", ".json", ".xml", ".ics")

SUBJECTS = {
    "registration_id": "registration",
    "letter_id": "letter",
    "proposal_id": "proposal",
    "session_id": "session",
    "account_id": "account",
}
"""The places of an address that say whom or what a page is about."""


def deed_of(method: str, path: str) -> str:
    """Tell whether a request looked, exported or changed."""
    if method != "GET":
        return "changed"
    return "exported" if path.endswith(EXPORTS) else "looked"


def is_noted(place: str, deed: str) -> bool:
    """Tell whether what an organiser did goes into the log: all changes, and looking where people are named."""
    return deed == "changed" or place.partition(".")[0] not in NOBODY_IS_NAMED


def subject_of(places: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """Return whom or what an address is about: `("registration", 812)`; nothing for a list."""
    for name, subject in SUBJECTS.items():
        if isinstance(places.get(name), int):
            return subject, places[name]
    return None, None
