"""The purge: what the privacy page promises, done. Each kind of data names its time in `rules.KEPT`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from forum.audit.models import AuditEntry
from forum.badges.models import PrintedBadge, PrintJob
from forum.checkin.models import Device, Gate, HeadCountChange, Scan
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.lists.actions import forget_old_tasks
from forum.messages.models import BouncedAddress, Letter
from forum.payments.models import BankEntry, Invoice, InvoiceFile, Order, OrderLine
from forum.people.models import Person, SignInLink
from forum.pretixscan.models import ScanningDevice, scanning_device_gate
from forum.privacy import rules
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker
from forum.registration.models import Answer, Group, ParentConsent, Question, Registration

BUYER = ("organisation", "siret", "vat_number", "address", "postcode", "town", "engagement")
"""What an order says of who pays it."""

ERASED_ORDER: dict[str, object] = {
    "payer_name": rules.ANONYMOUS,
    "payer_email": "",
    "search_text": "",
    **dict.fromkeys(BUYER, ""),
}

Eraser = Callable[[Transaction, datetime, datetime], int]
"""Erase what is older than a limit; `(tx, limit, now)` → how many things."""


def purge(tx: Transaction, *, now: datetime) -> dict[str, int]:
    """Erase what has been kept long enough; return how much of each kind. Counts stay; done twice, it finds nothing."""
    return {key: erase(tx, rules.BY_KEY[key].limit(now), now) for key, erase in ERASERS.items()}


def changed(tx: Transaction, statement: Any) -> int:
    """Carry a statement out; return how many rows it changed."""
    count: int = tx.session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return count


def ended_before(moment: datetime) -> ColumnElement[bool]:
    """Return what is true of editions whose last day is before a moment's."""
    return Edition.last_day < moment.date()


def purge_adjustments(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase the adjustments that people asked for, what they said as a proof, and the word to the door."""
    old = select(Edition.id).where(ended_before(limit))
    said = or_(Registration.adjustment != "", Registration.proof != "", Registration.door_word != "")
    statement = update(Registration).where(Registration.edition_id.in_(old), said)
    return changed(tx, statement.values(adjustment="", proof="", door_word=""))


def purge_answers(tx: Transaction, _limit: datetime, now: datetime) -> int:
    """Erase the answers to each question after the question's own days."""
    questions = tx.session.execute(select(Question.id, Question.keep_days, Edition.last_day).join(Edition)).all()
    over = [row.id for row in questions if row.last_day + timedelta(days=row.keep_days) < now.date()]
    return changed(tx, delete(Answer).where(Answer.question_id.in_(over)))


def purge_lists(tx: Transaction, _limit: datetime, now: datetime) -> int:
    """Forget lists that were worked through, and those nobody agreed to."""
    return forget_old_tasks(tx, now=now)


def purge_parents(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget the parents who were asked to agree."""
    old = select(Registration.id).join(Edition).where(ended_before(limit))
    return changed(tx, delete(ParentConsent).where(ParentConsent.registration_id.in_(old)))


def purge_persons(tx: Transaction, limit: datetime, now: datetime) -> int:
    """Anonymise the persons of old editions only; their registrations, seats and scans stay and count.

    The name of who spoke in a published session stays with the archive; their address goes.
    """
    due = Person.anonymised_at.is_(None) & (Person.created_at < limit) & ~belongs_to_recent(limit)
    persons = tx.session.execute(select(Person.id, spoke_in_public()).where(due)).all()
    anonymise(tx, [row[0] for row in persons if not row[1]], now=now)
    anonymise(tx, [row[0] for row in persons if row[1]], now=now, keeps_name=True)
    old = select(Edition.id).where(ended_before(limit))
    named = Group.edition_id.in_(old) & (Group.name != rules.ANONYMOUS)
    changed(tx, update(Group).where(named).values(name=rules.ANONYMOUS))
    noted = Registration.edition_id.in_(old) & (Registration.queue_note != "")
    changed(tx, update(Registration).where(noted).values(queue_note=""))
    return len(persons)


def spoke_in_public() -> ColumnElement[bool]:
    """Return what is true of persons whose name is in a published programme."""
    return exists().where(
        Speaker.person_id == Person.id,
        SessionSpeaker.speaker_id == Speaker.id,
        Session.id == SessionSpeaker.session_id,
        Session.is_published,
    )


def anonymise(tx: Transaction, person_ids: Sequence[int], *, now: datetime, keeps_name: bool = False) -> None:
    """Take the address, and the name unless it is in an archive, from persons."""
    values: dict[str, object] = {"email": "", "search_text": "", "news_consent_at": None, "anonymised_at": now}
    if not keeps_name:
        values |= {"given_name": rules.ANONYMOUS, "family_name": "", "organisation_name": None}
    for start in range(0, len(person_ids), 500):
        some = person_ids[start : start + 500]
        changed(tx, update(Person).where(Person.id.in_(some)).values(**values))
        if not keeps_name:
            changed(tx, update(Speaker).where(Speaker.person_id.in_(some)).values(biography="", position_title=None))


def belongs_to_recent(limit: datetime) -> ColumnElement[bool]:
    """Return what is true of persons who have to do with an edition that did not end before `limit`."""
    return or_(
        *(
            exists().where(owner == Person.id, edition_id == Edition.id, ~ended_before(limit))
            for owner, edition_id in (
                (Registration.person_id, Registration.edition_id),
                (Group.leader_id, Group.edition_id),
                (Speaker.person_id, Speaker.edition_id),
                (Exhibitor.contact_id, Exhibitor.edition_id),
            )
        )
    )


def purge_proposals(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase the words of proposals that came to nothing, and when speakers could come."""
    old = select(Edition.id).where(ended_before(limit))
    came_to_nothing = Proposal.edition_id.in_(old) & (Proposal.state != "accepted")
    erased = {"title": rules.ANONYMOUS, "abstract": "", "search_text": ""}
    count = changed(tx, update(Proposal).where(came_to_nothing, Proposal.title != rules.ANONYMOUS).values(**erased))
    said = or_(Proposal.note != "", Proposal.availability != "")
    changed(tx, update(Proposal).where(Proposal.edition_id.in_(old), said).values(note="", availability=""))
    return count


def purge_exhibitors(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase what exhibitors wished for, and organisers' notes about them."""
    old = select(Edition.id).where(ended_before(limit))
    said = or_(Exhibitor.note != "", Exhibitor.wishes != "")
    return changed(tx, update(Exhibitor).where(Exhibitor.edition_id.in_(old), said).values(note="", wishes=""))


ERASED_LETTER: dict[str, object] = {
    "to_email": "",
    "to_name": rules.ANONYMOUS,
    "subject": "",
    "text": "",
    "html": "",
    "last_error": None,
    "attachments": [],
}


def purge_letters(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase the words and the address of letters that left long ago; that they were written stays."""
    old = (Letter.written_at < limit) & Letter.state.in_(("sent", "failed", "kept", "bounced"))
    return changed(tx, update(Letter).where(old, Letter.to_email != "").values(**ERASED_LETTER))


def purge_orders(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase who ordered and who paid; sums stay, and invoices have their own end."""
    old = select(Edition.id).where(ended_before(limit))
    orders = select(Order.id).where(Order.edition_id.in_(old))
    changed(tx, update(OrderLine).where(OrderLine.order_id.in_(orders)).values(person=rules.ANONYMOUS))
    named = or_(BankEntry.payer != "", BankEntry.text != "")
    changed(tx, update(BankEntry).where(BankEntry.edition_id.in_(old), named).values(payer="", text="", note=""))
    return changed(tx, update(Order).where(Order.edition_id.in_(old), Order.payer_email != "").values(**ERASED_ORDER))


def purge_invoices(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase the paper of invoices after ten years; their numbers and sums stay."""
    old = select(Invoice.id).where(Invoice.issued_on < limit.date())
    count = changed(tx, delete(InvoiceFile).where(InvoiceFile.invoice_id.in_(old)))
    named = Invoice.id.in_(old) & (Invoice.recipient != rules.ANONYMOUS)
    changed(tx, update(Invoice).where(named).values(recipient=rules.ANONYMOUS, snapshot={}))
    return count


def purge_bounces(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget addresses at which there was nobody."""
    return changed(tx, delete(BouncedAddress).where(BouncedAddress.bounced_at < limit))


def purge_prints(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget what was printed on which badge."""
    old = select(PrintJob.id).join(Edition).where(ended_before(limit))
    return changed(tx, delete(PrintedBadge).where(PrintedBadge.print_job_id.in_(old)))


def purge_sign_in_links(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget links by which nobody can sign in any more."""
    return changed(tx, delete(SignInLink).where(SignInLink.expires_at < limit))


def purge_devices(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget the phones that scanned at gates of old editions; their scans stay."""
    old = select(Gate.id).join(Edition).where(ended_before(limit))
    devices = select(Device.id).where(Device.gate_id.in_(old))
    for model in (Scan, HeadCountChange):
        changed(tx, update(model).where(model.device_id.in_(devices)).values(device_id=None))
    scanning = select(ScanningDevice.id).join(Edition).where(ended_before(limit))
    changed(tx, delete(scanning_device_gate).where(scanning_device_gate.c.scanning_device_id.in_(scanning)))
    changed(tx, delete(ScanningDevice).where(ScanningDevice.id.in_(scanning)))
    return changed(tx, delete(Device).where(Device.gate_id.in_(old)))


def purge_scans(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Erase why somebody was let in anyway, and why counts were corrected, and by whom; scans and counts stay."""
    old = select(Edition.id).where(ended_before(limit))
    said = Scan.edition_id.in_(old) & Scan.override.is_not(None) & (Scan.override != "")
    explained = or_(HeadCountChange.reason != "", HeadCountChange.account_id.is_not(None))
    corrections = update(HeadCountChange).where(HeadCountChange.edition_id.in_(old), explained)
    return changed(tx, update(Scan).where(said).values(override="")) + changed(
        tx, corrections.values(reason="", account_id=None)
    )


def purge_audit(tx: Transaction, limit: datetime, _now: datetime) -> int:
    """Forget what organisers did more than a year ago; younger entries the database itself keeps."""
    return changed(tx, delete(AuditEntry).where(AuditEntry.at < limit))


ERASERS: Mapping[str, Eraser] = {
    "adjustments": purge_adjustments,
    "answers": purge_answers,
    "parents": purge_parents,
    "persons": purge_persons,
    "speakers": purge_proposals,
    "exhibitors": purge_exhibitors,
    "lists": purge_lists,
    "letters": purge_letters,
    "orders": purge_orders,
    "invoices": purge_invoices,
    "bounces": purge_bounces,
    "prints": purge_prints,
    "sign_in_links": purge_sign_in_links,
    "scans": purge_scans,
    "devices": purge_devices,
    "audit": purge_audit,
}
