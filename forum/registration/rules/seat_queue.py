"""The waiting lists of sessions: who may wait, and how long a seat is kept for who has to choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from forum.core.refusals import Gone
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.programme.models import Session
from forum.registration.models import SeatWait
from forum.registration.rules.places import can_be_chosen, do_not_clash
from forum.registration.rules.queue import PART_OF_WHAT_IS_LEFT, SHORTEST_OFFER, after_the_night


class SeatOfferOver(Gone):
    """The seat that was kept went to the next in the queue."""

    code = "seat-offer-over"
    sentence = _("This seat is not kept for you any more: it went to the next person. You can wait for another one.")


def may_be_waited_for(added: Sequence[Session], present: Sequence[Session], edition_id: int) -> None:
    """Refuse to wait for what has no seats, and for two sessions at the same time: only one of them would do.

    A seat in another session at that hour is no obstacle: whose turn it is then keeps one of the two.
    Raises `NotOffered` or `SessionsClash`.
    """
    can_be_chosen(added, edition_id)
    do_not_clash(added, present)


def clashing(session: Session, held: Iterable[Session]) -> list[Session]:
    """Return those of somebody's sessions that are on at the same time."""
    return [other for other in held if other.id != session.id and other.overlaps(session)]


def gives_seats(session: Session, now: datetime) -> bool:
    """Tell whether free seats still go to who waits: from its beginning on, the session's door gives chairs away."""
    if not session.is_published or session.edition.is_over(now):
        return False
    return session.starts_at is None or now < session.starts_at


def seat_offer_ends(session: Session, edition: Edition, now: datetime) -> datetime | None:
    """Return until when a seat is kept for somebody who has another one at that hour; None: too late to be asked.

    As for places: the edition's hours, or a sixth of what is left until the session, two hours at least, and never
    ending in the night.
    """
    if session.starts_at is None or session.starts_at - now < SHORTEST_OFFER:
        return None
    left = session.starts_at - now
    lasts = max(SHORTEST_OFFER, min(timedelta(hours=edition.offer_hours), left / PART_OF_WHAT_IS_LEFT))
    return min(after_the_night(edition.local(now + lasts)), edition.local(session.starts_at)).astimezone(UTC)


def seat_offer_lapsed(wait: SeatWait, now: datetime) -> bool:
    """Tell whether the hour has passed until which a seat was kept."""
    return wait.offered_until is not None and wait.offered_until <= now
