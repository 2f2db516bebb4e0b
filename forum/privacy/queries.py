"""Everything that is kept about one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from forum.audit.queries import entries_about
from forum.badges.models import Badge
from forum.checkin.models import Scan
from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.exhibitors.queries import exhibitor_with_token
from forum.forecast.models import AttendanceAnswer
from forum.messages.models import Letter
from forum.payments.models import Order, OrderLine
from forum.people.models import Person
from forum.programme.models import Session as ProgrammeSession
from forum.programme.models import SessionSpeaker, Speaker
from forum.programme.queries import speaker_with_token
from forum.registration.models import Group, Registration
from forum.registration.queries import active_members, group_with_token, registration_with_token, sessions_of
from forum.registration.queries.questions import answered_by, consent_of
from forum.registration.queries.seat_queue import places_in_line
from forum.registration.rules.questions import shown_answer

Value = str | int | bool | None
Record = dict[str, Value]
"""One thing that is kept: names that need no explanation, values that JSON knows."""


@dataclass(frozen=True)
class Kept:
    """All that is kept about a person, by kind."""

    person: Record
    sections: dict[str, list[Record]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return it as the file that the person takes away."""
        return {"person": self.person, **self.sections}


@dataclass(frozen=True)
class Holder:
    """Whose page a private link opens, and the edition it is about."""

    person: Person
    edition: Edition


def holder_of(session: Session, door: str, token: str) -> Holder:
    """Return whose private link it is: of who registered, speaks, leads a group, exhibits. Raises `NotFound`."""
    if door == "r":
        registration = registration_with_token(session, token)
        return Holder(registration.person, registration.edition)
    if door == "p":
        speaker = speaker_with_token(session, token)
        return Holder(speaker.person, speaker.edition)
    if door == "g":
        group = group_with_token(session, token)
        return Holder(group.leader, group.edition)
    exhibitor = exhibitor_with_token(session, token)
    if exhibitor is None:
        raise NotFound
    return Holder(exhibitor.contact, exhibitor.edition)


def everything_about(session: Session, person: Person) -> Kept:
    """Return all that is kept about a person: what they told us, what came of it, who looked."""
    registrations = registrations_of(session, person.id)
    groups = groups_led_by(session, person.id)
    sections: dict[str, list[Record]] = {
        "registrations": [registration_record(each) for each in registrations],
        "answers": [record for each in registrations for record in answer_records(session, each)],
        "parents": [record for each in registrations for record in consent_records(session, each)],
        "seats": [record for each in registrations for record in seat_records(session, each)],
        "waiting_lists": [record for each in registrations for record in wait_records(session, each)],
        "badges": [record for each in registrations for record in badge_records(session, each)],
        "scans": [record for each in registrations for record in scan_records(session, each)],
        "groups": [group_record(session, each) for each in groups],
        "orders": order_records(session, [*registrations, *(member for group in groups for member in group.members)]),
        "attendance": [record for each in registrations for record in attendance_records(session, each)],
        "speaking": [speaker_record(each) for each in speakers_of(session, person.id)],
        "proposals": [record for each in speakers_of(session, person.id) for record in proposal_records(each)],
        "exhibiting": [exhibitor_record(each) for each in exhibitors_of(session, person.id)],
        "letters": letter_records(session, person),
        "looked_at": [record for each in registrations for record in audit_records(session, each)],
    }
    return Kept(
        person={
            "given_name": person.given_name,
            "family_name": person.family_name,
            "email": person.email,
            "organisation": person.organisation_name,
            "language": person.language,
            "written_down_at": moment(person.created_at),
            "agreed_to_news_at": moment(person.news_consent_at),
        },
        sections={name: records for name, records in sections.items() if records},
    )


def moment(value: datetime | None) -> str | None:
    """Return a moment as ISO 8601."""
    return value.isoformat() if value else None


def registrations_of(session: Session, person_id: int) -> Sequence[Registration]:
    """Return the registrations of one person's row."""
    statement = select(Registration).where(Registration.person_id == person_id).order_by(Registration.id)
    return session.scalars(statement.options(joinedload(Registration.edition))).unique().all()


def groups_led_by(session: Session, person_id: int) -> Sequence[Group]:
    """Return the groups that a person answers for."""
    statement = select(Group).where(Group.leader_id == person_id).order_by(Group.id)
    return session.scalars(statement.options(joinedload(Group.edition))).unique().all()


def speakers_of(session: Session, person_id: int) -> Sequence[Speaker]:
    """Return what a person is as a speaker, with their proposals."""
    statement = select(Speaker).where(Speaker.person_id == person_id).order_by(Speaker.id)
    return session.scalars(statement.options(joinedload(Speaker.proposals), joinedload(Speaker.edition))).unique().all()


def exhibitors_of(session: Session, person_id: int) -> Sequence[Exhibitor]:
    """Return the applications whose contact a person is."""
    statement = select(Exhibitor).where(Exhibitor.contact_id == person_id).order_by(Exhibitor.id)
    return session.scalars(statement.options(joinedload(Exhibitor.edition))).unique().all()


def editions_to_speak_in(session: Session, person_id: int) -> Sequence[Edition]:
    """Return the editions in whose published programme a person is named."""
    statement = (
        select(Edition)
        .join(ProgrammeSession, ProgrammeSession.edition_id == Edition.id)
        .join(SessionSpeaker, SessionSpeaker.session_id == ProgrammeSession.id)
        .join(Speaker, Speaker.id == SessionSpeaker.speaker_id)
        .where(Speaker.person_id == person_id, ProgrammeSession.is_published)
    )
    return session.scalars(statement.order_by(Edition.first_day)).unique().all()


def spoke(session: Session, person_id: int) -> bool:
    """Tell whether a person's name is in a published programme."""
    return bool(editions_to_speak_in(session, person_id))


def is_address_shared(session: Session, person: Person) -> bool:
    """Tell whether other persons are written to under the same address: a class, a couple, a desk."""
    others = select(func.count()).where(
        Person.email == person.email, Person.id != person.id, Person.anonymised_at.is_(None)
    )
    return bool(session.scalar(others))


def registration_record(registration: Registration) -> Record:
    """Describe a registration."""
    return {
        "edition": registration.edition.name,
        "reference": registration.reference,
        "category": registration.category.name.in_language("fr"),
        "state": registration.state,
        "group": registration.group.name if registration.group else None,
        "adjustment": registration.adjustment,
        "door_word": registration.door_word,
        "proof": registration.proof,
        "registered_at": moment(registration.registered_at),
        "changed_at": moment(registration.changed_at),
        "cancelled_at": moment(registration.cancelled_at),
        "place_kept_until_at": moment(registration.offered_until),
        "handed_over": True if registration.handed_to_id else None,
    }


def group_record(session: Session, group: Group) -> Record:
    """Describe a group by its leader's side; who is in it has their own data."""
    return {
        "edition": group.edition.name,
        "group": group.name,
        "places": len(active_members(session, group.id)),
        "created_at": moment(group.created_at),
    }


def answer_records(session: Session, registration: Registration) -> list[Record]:
    """Describe what a person answered to the organisers' own questions, with what for and until when."""
    return [
        {
            "question": question.label.in_language("fr"),
            "answer_given": shown_answer(question, words, "fr"),
            "purpose": question.purpose.in_language("fr"),
            "kept_until": (registration.edition.last_day + timedelta(days=question.keep_days)).isoformat(),
        }
        for question, words in answered_by(session, registration.id)
    ]


def consent_records(session: Session, registration: Registration) -> list[Record]:
    """Describe the parent who was asked to agree, if there is one."""
    consent = consent_of(session, registration.id)
    if consent is None:
        return []
    return [
        {
            "parent": consent.parent_name,
            "email": consent.parent_email,
            "asked_at": moment(consent.asked_at),
            "answered_at": moment(consent.answered_at),
            "consent": consent.answer,
        }
    ]


def seat_records(session: Session, registration: Registration) -> list[Record]:
    """Describe the seats of a registration."""
    return [
        {"title": each.title, "starts_at": moment(each.starts_at), "ends_at": moment(each.ends_at)}
        for each in sessions_of(session, registration.id)
    ]


def wait_records(session: Session, registration: Registration) -> list[Record]:
    """Describe the sessions for a seat in which somebody waits."""
    return [
        {
            "title": line.wait.session.title,
            "waiting_since_at": moment(line.wait.since),
            "place_in_queue": None if line.wait.offered_until else line.number,
            "seat_kept_until_at": moment(line.wait.offered_until),
        }
        for line in places_in_line(session, registration.id, ())
    ]


def badge_records(session: Session, registration: Registration) -> list[Record]:
    """Describe the badges of a registration, void ones too."""
    statement = select(Badge).where(Badge.registration_id == registration.id).order_by(Badge.id)
    return [
        {
            "code": each.code,
            "made_at": moment(each.made_at),
            "printed_at": moment(each.printed_at),
            "voided_at": moment(each.voided_at),
        }
        for each in session.scalars(statement)
    ]


def scan_records(session: Session, registration: Registration) -> list[Record]:
    """Describe when the badges of a registration were scanned, and where."""
    statement = (
        select(Scan)
        .join(Badge, Badge.id == Scan.badge_id)
        .where(Badge.registration_id == registration.id)
        .order_by(Scan.at, Scan.id)
        .options(joinedload(Scan.gate))
    )
    return [
        {"at": moment(each.at), "gate": each.gate.name.in_language("fr"), "answer": each.verdict}
        for each in session.scalars(statement)
    ]


def order_records(session: Session, registrations: Sequence[Registration]) -> list[Record]:
    """Describe what was ordered with registrations, how it was paid, and its invoices."""
    statement = (
        select(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.registration_id.in_([each.id for each in registrations]))
        .order_by(Order.id)
    )
    return [
        {
            "reference": each.reference,
            "state": each.state,
            "total": f"{each.total} €",
            "created_at": moment(each.created_at),
            "paid_at": moment(each.paid_at),
            "payer": each.payer_name,
            "email": each.payer_email,
            "organisation": each.organisation,
            "address": " ".join(part for part in (each.address, each.postcode, each.town) if part),
            "invoices": ", ".join(invoice.number for invoice in each.invoices),
        }
        for each in session.scalars(statement).unique()
    ]


def attendance_records(session: Session, registration: Registration) -> list[Record]:
    """Describe whether somebody said that they come."""
    answer = session.get(AttendanceAnswer, registration.id)
    if answer is None:
        return []
    return [
        {
            "asked_at": moment(answer.asked_at),
            "said": answer.answer,
            "answered_at": moment(answer.answered_at),
        }
    ]


def speaker_record(speaker: Speaker) -> Record:
    """Describe a speaker."""
    return {
        "edition": speaker.edition.name,
        "position": speaker.position_title,
        "biography": speaker.biography,
    }


def proposal_records(speaker: Speaker) -> list[Record]:
    """Describe what a speaker proposed."""
    return [
        {
            "title": each.title,
            "abstract": each.abstract,
            "availability": each.availability,
            "state": each.state,
            "submitted_at": moment(each.submitted_at),
        }
        for each in speaker.proposals
    ]


def exhibitor_record(exhibitor: Exhibitor) -> Record:
    """Describe an application to exhibit."""
    return {
        "edition": exhibitor.edition.name,
        "organisation": exhibitor.organisation.name,
        "pitch": exhibitor.pitch,
        "wishes": exhibitor.wishes,
        "state": exhibitor.state,
        "submitted_at": moment(exhibitor.submitted_at),
    }


def letter_records(session: Session, person: Person) -> list[Record]:
    """Describe the letters to a person; where others have the same address, those with the person's name."""
    if not person.email:
        return []
    statement = select(Letter).where(Letter.to_email == person.email).options(defer(Letter.html), defer(Letter.text))
    if is_address_shared(session, person):
        statement = statement.where(Letter.to_name == person.name)
    return [
        {"subject": each.subject, "written_at": moment(each.written_at), "sent_at": moment(each.sent_at)}
        for each in session.scalars(statement.order_by(Letter.written_at, Letter.id))
    ]


def audit_records(session: Session, registration: Registration) -> list[Record]:
    """Describe when organisers looked at or changed a registration; which of them is theirs to say."""
    return [
        {"at": moment(each.at), "what": each.deed} for each in entries_about(session, "registration", registration.id)
    ]
