"""What stands inside a folded badge: the person's own programme, and what helps on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import force_locale
from sqlalchemy.orm import Session

from forum.badges import queries
from forum.core.i18n import hour, short_day
from forum.core.stamping import Card, Row, Variant
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.programme.models import Session as ProgrammeSession
from forum.venues.models import Venue
from forum.venues.queries import venues_of_edition

MOST_SESSIONS = 8
MOST_ROOMS = 9
EMERGENCY_NUMBERS = ("112", "114 (SMS)")
"""The numbers that work everywhere in France; 114 is the one for who cannot hear or speak."""


@dataclass(frozen=True)
class Inside:
    """What is inside the folded badges of an edition."""

    edition: Edition
    venues: Sequence[Venue]
    sessions: Mapping[int, Sequence[ProgrammeSession]]
    """By registration, in the order of their hours."""
    variants: dict[Variant, Variant] = field(default_factory=dict)

    def added(self, card: Card, registration_id: int) -> Card:
        """Return a card with its inner pages."""
        language = card.variant.language
        mine = self.sessions.get(registration_id, ())
        words = {"name-line": " ".join(card.words["name"].split())}
        with force_locale(language):
            if not mine:
                words["programme-empty"] = _(
                    "You chose no session with limited seats. All the others are open to you: come as you like."
                )
            elif len(mine) > MOST_SESSIONS:
                words["programme-foot"] = _("And %(count)s more on your page.", count=len(mine) - MOST_SESSIONS)
            rows = {"programme": tuple(map(self.row_of, mine[:MOST_SESSIONS])), "rooms": self.rooms(language)}
        if card.variant not in self.variants:
            self.variants[card.variant] = self.with_words(card.variant)
        return replace(card, variant=self.variants[card.variant], words={**card.words, **words}, rows=rows)

    def row_of(self, session: ProgrammeSession) -> Row:
        """Return a line of a person's programme."""
        starts = session.starts_at
        return {
            "hour": hour(starts) if starts else "",
            "day": short_day(starts) if starts and len(self.edition.days) > 1 else "",
            "title": session.title,
            "room": session.room.name if session.room else session.meeting_point or "",
        }

    def rooms(self, language: str) -> tuple[Row, ...]:
        """Return where the rooms are, venue by venue: the plan in words, which every reader reads."""
        several = len(self.venues) > 1
        return tuple(
            {
                "room": f"{room.name} ({venue.name})" if several else room.name,
                "floor": " · ".join(filter(None, (room.floor or "", "" if room.is_step_free else _("steps")))),
            }
            for venue in self.venues
            for room in venue.rooms
        )[:MOST_ROOMS]

    def emergency_numbers(self) -> str:
        """Return the edition's own number, then those of the country that it does not name itself."""
        own = self.edition.emergency or ""
        general = " · ".join(number for number in EMERGENCY_NUMBERS if number.split()[0] not in own.split())
        return "\n".join(filter(None, (own, general)))

    def with_words(self, variant: Variant) -> Variant:
        """Return a variant with the words of the inner pages."""
        language = variant.language
        with force_locale(language):
            words = {
                "practical-label": _("On the spot"),
                "venue-label": _("Where"),
                "access-label": _("Access"),
                "emergency-label": _("Emergency"),
                "rooms-label": _("Rooms") if any(venue.rooms for venue in self.venues) else "",
                "venue": "\n".join(f"{venue.name}, {venue.address}" for venue in self.venues[:3]),
                "access": " ".join(venue.access.in_language(language) for venue in self.venues),
                "emergency-numbers": self.emergency_numbers(),
            }
        return replace(variant, words={**variant.words, **words})


def inside_of(session: Session, edition: Edition, registration_ids: Sequence[int]) -> Inside:
    """Return what is inside the badges of some people; three statements however many."""
    return Inside(
        edition=edition,
        venues=venues_of_edition(session, edition),
        sessions=queries.own_programmes(session, edition.id, registration_ids),
    )
