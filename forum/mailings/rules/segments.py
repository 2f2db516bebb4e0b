"""Whom a letter is for: asked anew when it leaves, so that who came since is among them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from forum.core.refusals import Malformed
from forum.core.words import lazy_gettext as _
from forum.people.rules import search_text

AUDIENCE_WORDS = {
    "registered": _("Everyone who is expected"),
    "unanswered": _("Expected, and silent so far on whether they come"),
    "unfinished": _("Not confirmed: awaiting approval, payment or an answer to an offer"),
    "waiting": _("On the waiting list"),
    "came": _("Who came"),
    "absent": _("Who was expected and did not come"),
    "speakers": _("Speakers"),
    "exhibitors": _("Exhibitors and their staff"),
    "past": _("People of earlier editions who agreed to hear of us"),
}
AUDIENCES = tuple(AUDIENCE_WORDS)


ASKABLE = ("registered", "unanswered", "speakers", "exhibitors")
"""Who is expected, and so can be asked whether they come."""


class NotExpected(Malformed):
    """Who has no place cannot free it."""

    code = "not-expected"
    field = "asks_attendance"
    sentence = _("Only who is expected can be asked whether they come. Choose other readers, or do not ask.")


NUMBERS = (
    "category_id",
    "track_id",
    "city_id",
    "past_edition_id",
    "past_category_id",
    "past_came",
    "into_category_id",
)


@dataclass(frozen=True)
class Segment:
    """Some of the people of an edition; what stands below `city_id` counts for people of earlier editions only."""

    audience: str = "registered"
    category_id: int | None = None
    track_id: int | None = None
    city_id: int | None = None
    past_edition_id: int | None = None
    past_category_id: int | None = None
    past_came: int | None = None
    """1: only who came."""
    into_category_id: int | None = None
    """The category that is chosen on the form that waits for them, filled in."""

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Segment:
        """Return the segment that a mailing keeps; what makes no sense any more is left out."""
        audience = str(row.get("audience", ""))
        numbers = {name: value if isinstance(value := row.get(name), int) else None for name in NUMBERS}
        return cls(audience=audience if audience in AUDIENCE_WORDS else "registered", **numbers)

    def as_row(self) -> dict[str, object]:
        """Return what a mailing keeps."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def is_of_past(self) -> bool:
        """Tell whether its people come from other editions, where they have no place in this one."""
        return self.audience == "past"


def can_be_asked(segment: Segment) -> None:
    """Refuse to ask people without a place whether they come. Raises `NotExpected`."""
    if segment.audience not in ASKABLE:
        raise NotExpected


def who(given_name: str, family_name: str, email: str) -> str:
    """Return what makes two rows one person: a name at an address. Two people who share an address are two."""
    return hashlib.sha256(search_text(given_name, family_name, email).encode()).hexdigest()[:32]


def fingerprint(email: str) -> str:
    """Return what is kept of an address to know it again without keeping it."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
