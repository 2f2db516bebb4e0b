"""The purge: what the privacy page promises, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from forum.checkin.models import Device, Gate, Scan
from forum.core.db import Transaction
from forum.core.schema import prepare_database
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.messages.models import BouncedAddress, Letter
from forum.operations import rules
from forum.people.models import Person, SignInLink
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker
from forum.registration.models import Registration

__all__ = ["Purged", "prepare_database", "purge"]


@dataclass(frozen=True)
class Purged:
    """How much was erased of each kind."""

    adjustments: int
    persons: int
    letters: int
    sign_in_links: int
    devices: int

    @property
    def total(self) -> int:
        """Return how many things were erased."""
        return self.adjustments + self.persons + self.letters + self.sign_in_links + self.devices


def purge(tx: Transaction, *, now: datetime) -> Purged:
    """Erase what has been kept long enough; counts stay. Done twice, the second time finds nothing."""
    return Purged(
        adjustments=purge_adjustments(tx, now),
        persons=purge_persons(tx, now),
        letters=purge_letters(tx, now),
        sign_in_links=changed(tx, delete(SignInLink).where(SignInLink.expires_at < now - rules.LINKS_KEPT)),
        devices=purge_devices(tx, now),
    )


def changed(tx: Transaction, statement: Any) -> int:
    """Carry a statement out; return how many rows it changed."""
    count: int = tx.session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return count


def ended_before(moment: datetime) -> ColumnElement[bool]:
    """Return what is true of editions whose last day is before a moment's."""
    return Edition.last_day < moment.date()


def purge_adjustments(tx: Transaction, now: datetime) -> int:
    """Erase the adjustments that people asked for."""
    old = select(Edition.id).where(ended_before(now - rules.ADJUSTMENTS_KEPT))
    statement = update(Registration).where(Registration.edition_id.in_(old), Registration.adjustment != "")
    return changed(tx, statement.values(adjustment=""))


def purge_persons(tx: Transaction, now: datetime) -> int:
    """Anonymise the persons of old editions only; their registrations, seats and scans stay and count.

    The name of who spoke in a published session stays with the archive; their address goes. The drafts and notes of
    proposals that came to nothing go with their authors.
    """
    limit = now - rules.PERSONS_KEPT
    due = Person.anonymised_at.is_(None) & (Person.created_at < limit) & ~belongs_to_recent(limit)
    spoke = exists().where(
        Speaker.person_id == Person.id,
        SessionSpeaker.speaker_id == Speaker.id,
        Session.id == SessionSpeaker.session_id,
        Session.is_published,
    )
    persons = tx.session.execute(select(Person.id, spoke).where(due)).all()
    published = [row[0] for row in persons if row[1]]
    unpublished = [row[0] for row in persons if not row[1]]
    nameless = {"given_name": rules.ANONYMOUS, "family_name": "", "organisation_name": None, "search_text": ""}
    for ids, values in ((unpublished, nameless), (published, {"search_text": ""})):
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            changed(tx, update(Person).where(Person.id.in_(some)).values(email="", anonymised_at=now, **values))
            if ids is unpublished:
                changed(
                    tx, update(Speaker).where(Speaker.person_id.in_(some)).values(biography="", position_title=None)
                )
    forget_drafts(tx, limit)
    return len(persons)


def belongs_to_recent(limit: datetime) -> ColumnElement[bool]:
    """Return what is true of persons who have to do with an edition that did not end before `limit`."""
    return or_(
        *(
            exists().where(owner == Person.id, edition_id == Edition.id, ~ended_before(limit))
            for owner, edition_id in (
                (Registration.person_id, Registration.edition_id),
                (Speaker.person_id, Speaker.edition_id),
                (Exhibitor.contact_id, Exhibitor.edition_id),
            )
        )
    )


def forget_drafts(tx: Transaction, limit: datetime) -> None:
    """Erase the words of proposals that came to nothing, and organisers' notes of old editions."""
    old = select(Edition.id).where(ended_before(limit))
    came_to_nothing = Proposal.edition_id.in_(old) & (Proposal.state != "accepted")
    erased = {"title": rules.ANONYMOUS, "abstract": "", "availability": "", "note": "", "search_text": ""}
    changed(tx, update(Proposal).where(came_to_nothing).values(**erased))
    changed(tx, update(Proposal).where(Proposal.edition_id.in_(old)).values(note="", availability=""))
    changed(tx, update(Exhibitor).where(Exhibitor.edition_id.in_(old)).values(note="", wishes=""))


def purge_letters(tx: Transaction, now: datetime) -> int:
    """Erase the words and the address of letters that left long ago; that they were written stays.

    Addresses where nobody was go with the persons of their time.
    """
    old = (Letter.written_at < now - rules.LETTERS_KEPT) & Letter.state.in_(("sent", "failed", "kept", "bounced"))
    statement = update(Letter).where(old, Letter.to_email != "")
    changed(tx, delete(BouncedAddress).where(BouncedAddress.bounced_at < now - rules.PERSONS_KEPT))
    erased = {"to_email": "", "to_name": rules.ANONYMOUS, "subject": "", "text": "", "html": "", "last_error": None}
    return changed(tx, statement.values(**erased, attachments=[]))


def purge_devices(tx: Transaction, now: datetime) -> int:
    """Forget the phones that scanned at gates of old editions; their scans stay."""
    old = select(Gate.id).join(Edition).where(ended_before(now - rules.DEVICES_KEPT))
    devices = select(Device.id).where(Device.gate_id.in_(old))
    changed(tx, update(Scan).where(Scan.device_id.in_(devices)).values(device_id=None))
    return changed(tx, delete(Device).where(Device.gate_id.in_(old)))
