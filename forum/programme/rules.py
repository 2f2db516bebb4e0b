"""What the programme allows: who may propose when, and that nobody and no room is in two places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forum.core import i18n
from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.people.rules import search_text
from forum.programme.models import Proposal, Session, Speaker
from forum.venues.models import Room

SHORTEST_MINUTES = 5
LONGEST_MINUTES = 12 * 60


class ProposalsNotOpenYet(Conflict):
    """Sessions cannot be proposed yet."""

    code = "proposals-not-open-yet"
    sentence = _("Proposals open on %(moment)s. Come back then: nothing has to be prepared before.")


class ProposalsClosed(Gone):
    """Sessions cannot be proposed any more, or never could."""

    code = "proposals-closed"
    sentence = _("This edition takes no proposals. Write to the organisers if you have an idea: %(email)s.")


class ProposalDecided(Conflict):
    """The proposal was decided on or withdrawn, so this cannot be done to it any more."""

    code = "proposal-decided"
    sentence = _("“%(title)s” has been decided on or withdrawn: it cannot be changed this way any more.")


class LetterHasLeft(Conflict):
    """The answer is on its way, so it cannot be taken back in silence."""

    code = "letter-has-left"
    sentence = _("The letter has left already. Accept the proposal instead, or write to the speaker: %(email)s.")


class RoomTaken(Conflict):
    """Another session is in the room at that time."""

    code = "room-taken"
    sentence = _("%(room)s is taken by “%(title)s” from %(begins)s to %(ends)s. Choose another room or another hour.")
    field = "room_id"


class SpeakerTaken(Conflict):
    """A speaker is in another session at that time."""

    code = "speaker-taken"
    sentence = _("%(speaker)s speaks in “%(title)s” from %(begins)s to %(ends)s. Choose another hour.")
    field = "starts_at"


class OutsideEdition(Malformed):
    """The hour is not in the days of the edition."""

    code = "outside-edition"
    sentence = _("This hour is outside of the edition, which lasts from %(first)s to %(last)s.")
    field = "starts_at"


class RoomElsewhere(Malformed):
    """The room is not in a venue of the edition."""

    code = "room-elsewhere"
    sentence = _("This room is not in a venue of this edition. Add its venue to the edition first.")
    field = "room_id"


class SeatsBelowTaken(Conflict):
    """More seats are taken than the session would have."""

    code = "seats-below-taken"
    sentence = _("%(taken)s seats are taken already: the session cannot have fewer.")
    field = "seats"


class SessionInUse(Conflict):
    """Somebody relies on the session, so that it cannot be removed."""

    code = "session-in-use"
    sentence = _("People chose “%(title)s” or a door is set for it: it cannot be removed. Withdraw it from view.")


class TrackExists(Conflict):
    """The edition has a track of this name."""

    code = "track-exists"
    sentence = _("There is a theme with this name already.")
    field = "name_fr"


@dataclass(frozen=True)
class Slot:
    """An hour and a room, as they are asked for."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None = None

    @staticmethod
    def lasting(starts_at: datetime, *, minutes: int, room: Room | None = None) -> Slot:
        """Return the slot that begins at an hour and lasts some minutes."""
        return Slot(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), room=room)

    def overlaps(self, session: Session) -> bool:
        """Tell whether a session is on during the slot; one that ends as the other begins is not."""
        if session.starts_at is None or session.ends_at is None:
            return False
        return self.starts_at < session.ends_at and session.starts_at < self.ends_at


def may_propose(edition: Edition, now: datetime) -> None:
    """Refuse a proposal before the opening and after the closing."""
    if edition.takes_proposals(now):
        return
    opens_at = edition.proposals_open_at
    if edition.state == "published" and opens_at and now < opens_at and not edition.is_over(now):
        raise ProposalsNotOpenYet(moment=i18n.day_hour(opens_at))
    raise ProposalsClosed(email=edition.contact_email)


def may_change(proposal: Proposal) -> None:
    """Refuse to let a speaker change or withdraw what was decided on."""
    if proposal.state != "submitted":
        raise ProposalDecided(title=proposal.title)


def may_accept(proposal: Proposal) -> None:
    """Refuse to accept twice, or what was withdrawn; who was declined can still be accepted."""
    if proposal.state not in ("submitted", "declined"):
        raise ProposalDecided(title=proposal.title)


def may_decline(proposal: Proposal) -> None:
    """Refuse to decline what was decided on: an accepted speaker has a badge and perhaps a train ticket."""
    if proposal.state != "submitted":
        raise ProposalDecided(title=proposal.title)


@dataclass(frozen=True)
class Occupied:
    """A session that could be in the way, and who speaks in it."""

    session: Session
    speakers: tuple[Speaker, ...]


def may_be_scheduled(session: Session, slot: Slot, *, edition: Edition, others: Iterable[Session]) -> None:
    """Refuse a slot outside of the edition's days, in a taken room, or with a speaker who is elsewhere then."""
    may_take_slot(
        slot,
        edition=edition,
        speaker_ids={speaker.id for speaker in session.speakers},
        others=[Occupied(each, tuple(each.speakers)) for each in others if each.id != session.id],
    )


def may_take_slot(slot: Slot, *, edition: Edition, speaker_ids: set[int], others: Iterable[Occupied]) -> None:
    """Refuse a slot that does not fit; `others` are what could be in the way, what is not is passed over."""
    first, last = edition.local(slot.starts_at).date(), edition.local(slot.ends_at - timedelta(seconds=1)).date()
    if first < edition.first_day or last > edition.last_day:
        raise OutsideEdition(first=i18n.day(edition.first_day), last=i18n.day(edition.last_day))
    for other in others:
        if not slot.overlaps(other.session):
            continue
        if slot.room is not None and other.session.room_id == slot.room.id:
            raise RoomTaken(room=slot.room.name, **hours(other.session))
        for speaker in other.speakers:
            if speaker.id in speaker_ids:
                raise SpeakerTaken(speaker=speaker.person.name, **hours(other.session))


def hours(session: Session) -> dict[str, Any]:
    """Return what a refusal says of the session that is in the way."""
    assert session.starts_at is not None
    assert session.ends_at is not None
    return {"title": session.title, "begins": i18n.hour(session.starts_at), "ends": i18n.hour(session.ends_at)}


def may_have_seats(session: Session, seats: int | None) -> None:
    """Refuse fewer seats than are taken."""
    if seats is not None and seats < session.seats_taken:
        raise SeatsBelowTaken(taken=session.seats_taken)


def may_be_removed(session: Session) -> None:
    """Refuse to remove a session that people chose."""
    if session.seats_taken:
        raise SessionInUse(title=session.title)


def is_room_too_small(session: Session) -> bool:
    """Tell whether more seats are offered than the room has."""
    return session.room is not None and session.seats is not None and session.seats > session.room.seats


def slug_of(text: str) -> str:
    """Return words as a part of an address: `Ville intelligente` → `ville-intelligente`."""
    return re.sub(r"[^a-z0-9]+", "-", search_text(text)).strip("-")[:60].strip("-")
