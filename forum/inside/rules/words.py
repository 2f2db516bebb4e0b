"""The ready reasons of a correction, by their codes; organisers' own words stand as they were written."""

from __future__ import annotations

from forum.core.words import lazy_gettext as _
from forum.inside.rules.day_log import EMPTIED

READY_REASONS = {
    "by-hand": _("Counted by hand"),
    "not-scanned": _("A gate let people through without scanning"),
    "other-way": _("People left by another way"),
    "no-badges": _("A group without badges"),
}
REASONS = READY_REASONS | {EMPTIED: _("Nobody is inside any more")}


def reason_words(reason: str) -> str:
    """Return a reason as it is read."""
    return str(REASONS.get(reason, reason))
