"""Mailings, whom they reach, who wants none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session as Database

from forum.badges.models import Badge
from forum.checkin.models import Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.core.db import LocalText
from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.forecast.models import AttendanceAnswer
from forum.mailings.models import Mailing, Subscriber
from forum.mailings.rules import Segment, fingerprint, who
from forum.messages.models import BouncedAddress
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.models import HOLDING_STATES, Category, Registration, Seat

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

SAMPLE = 5

REACHED_STATES = {
    "unfinished": ("pending", "offered", "unpaid"),
    "waiting": ("waiting",),
}
"""Everybody else who is written to is confirmed."""


def mailing_of(session: Database, edition_id: int, mailing_id: int) -> Mailing:
    """Return a mailing of an edition. Raises `NotFound`."""
    mailing = session.get(Mailing, mailing_id)
    if mailing is None or mailing.edition_id != edition_id:
        raise NotFound
    return mailing


def mailing_among(session: Database, ids: Collection[int], mailing_id: int) -> Mailing:
    """Return one of some mailings. Raises `NotFound`."""
    mailing = session.get(Mailing, mailing_id) if mailing_id in ids else None
    if mailing is None:
        raise NotFound
    return mailing


def mailings_of(session: Database, edition_id: int) -> Sequence[Mailing]:
    """Return the mailings of an edition, the newest first."""
    statement = select(Mailing).where(Mailing.edition_id == edition_id)
    return session.scalars(statement.order_by(Mailing.id.desc())).all()


def mailings_of_others(session: Database, edition_id: int, slugs: Collection[str] | None) -> Sequence[Mailing]:
    """Return what other editions wrote, to begin from; `slugs` are those one may look into, None for all."""
    statement = select(Mailing).join(Mailing.edition).where(Mailing.edition_id != edition_id)
    if slugs is not None:
        statement = statement.where(Edition.slug.in_(slugs))
    return session.scalars(statement.order_by(Edition.first_day.desc(), Mailing.id.desc()).limit(50)).all()


def waiting_mailings(session: Database) -> Sequence[Mailing]:
    """Return the mailings that are to leave or are leaving."""
    statement = select(Mailing).where(Mailing.state.in_(("scheduled", "preparing")))
    return session.scalars(statement.order_by(Mailing.id)).all()


def subscriber_with_token(session: Database, token: str) -> Subscriber:
    """Return the address of a private link. Raises `NotFound`."""
    subscriber = session.scalar(select(Subscriber).where(Subscriber.token == token))
    if subscriber is None:
        raise NotFound
    return subscriber


def tokens_of(session: Database, fingerprints: Collection[str]) -> dict[str, str]:
    """Return the private link's token of each address."""
    statement = select(Subscriber.fingerprint, Subscriber.token).where(Subscriber.fingerprint.in_(fingerprints))
    return dict(session.execute(statement).all())


def unsubscribed(session: Database) -> set[str]:
    """Return the fingerprints of the addresses that want no mailings."""
    return set(session.scalars(select(Subscriber.fingerprint).where(Subscriber.unsubscribed_at.is_not(None))))


# --- whom a mailing reaches


def readers() -> AnySelect:
    """Return the statement of everybody who can be written to, as letters need them."""
    return (
        select(
            Registration.id,
            Registration.token,
            Registration.reference,
            Registration.category_id,
            Registration.edition_id,
            Person.given_name,
            Person.family_name,
            Person.email,
            Person.language,
        )
        .join(Person, Person.id == Registration.person_id)
        .where(Person.email != "", Person.anonymised_at.is_(None))
    )


def recipients(edition: Edition, segment: Segment, *, today: date) -> AnySelect:
    """Return the statement of the registrations of a segment, in the order of their ids."""
    return readers().where(*conditions(edition, segment, today=today)).order_by(Registration.id)


def conditions(edition: Edition, segment: Segment, *, today: date) -> list[ColumnElement[bool]]:
    """Return what is true of the registrations of a segment."""
    if segment.is_of_past:
        return past_conditions(edition, segment, today=today)
    states = REACHED_STATES.get(segment.audience, ("confirmed",))
    found: list[ColumnElement[bool]] = [Registration.edition_id == edition.id, Registration.state.in_(states)]
    if segment.category_id is not None:
        found.append(Registration.category_id == segment.category_id)
    if segment.track_id is not None:
        found.append(has_seat_in(segment.track_id))
    if segment.audience == "unanswered":
        found.append(~has_answered())
    elif segment.audience in ("came", "absent"):
        found.append(came() if segment.audience == "came" else ~came())
    elif segment.audience in ("speakers", "exhibitors"):
        found.append(is_of_kind(segment.audience.removesuffix("s")))
    return found


def past_conditions(edition: Edition, segment: Segment, *, today: date) -> list[ColumnElement[bool]]:
    """Return what is true of people of earlier editions who agreed, and are not expected in this one already."""
    earlier = select(Edition.id).where(Edition.id != edition.id, Edition.last_day < today)
    if segment.city_id is not None:
        earlier = earlier.where(Edition.host_city_id == segment.city_id)
    if segment.past_edition_id is not None:
        earlier = earlier.where(Edition.id == segment.past_edition_id)
    here = select(Person.email).join(Registration, Registration.person_id == Person.id)
    here = here.where(Registration.edition_id == edition.id, Registration.state.in_((*HOLDING_STATES, "waiting")))
    found = [
        Registration.edition_id.in_(earlier),
        Registration.state == "confirmed",
        Person.news_consent_at.is_not(None),
        Person.email.not_in(here),
    ]
    if segment.past_category_id is not None:
        found.append(Registration.category_id == segment.past_category_id)
    return [*found, came()] if segment.past_came else found


@dataclass(frozen=True)
class PastEdition:
    """An earlier edition: how many were expected and came, and how many of them agreed to hear of us again."""

    edition: Edition
    expected: int
    came: int
    agreed: int
    agreed_and_came: int


def past_editions(session: Database, edition: Edition, *, today: date) -> list[PastEdition]:
    """Return the editions that are over and had people, the newest first; two statements."""
    agreed = Person.news_consent_at.is_not(None) & (Person.email != "")
    figures = (
        select(
            Registration.edition_id,
            func.count(),
            func.sum(case((came(), 1), else_=0)),
            func.sum(case((agreed, 1), else_=0)),
            func.sum(case((agreed & came(), 1), else_=0)),
        )
        .join(Person, Person.id == Registration.person_id)
        .join(Edition, Edition.id == Registration.edition_id)
        .where(Registration.state == "confirmed", Edition.id != edition.id, Edition.last_day < today)
        .group_by(Registration.edition_id)
    )
    counted = {row[0]: row[1:] for row in session.execute(figures)}
    statement = select(Edition).where(Edition.id.in_(counted)).order_by(Edition.first_day.desc(), Edition.id)
    return [PastEdition(each, *counted[each.id]) for each in session.scalars(statement)]


def has_seat_in(track_id: int) -> ColumnElement[bool]:
    """Return what is true of who has a seat in a session of a theme."""
    return exists().where(
        Seat.registration_id == Registration.id, Session.id == Seat.session_id, Session.track_id == track_id
    )


def has_answered() -> ColumnElement[bool]:
    """Return what is true of who said whether they come."""
    return exists().where(AttendanceAnswer.registration_id == Registration.id, AttendanceAnswer.answer.is_not(None))


def came() -> ColumnElement[bool]:
    """Return what is true of who was let in at least once."""
    return exists().where(
        Badge.registration_id == Registration.id,
        Scan.badge_id == Badge.id,
        Scan.verdict.in_(INSIDE_VERDICTS),
        Scan.undone_at.is_(None),
    )


def is_of_kind(kind: str) -> ColumnElement[bool]:
    """Return what is true of registrations in categories of a kind."""
    return Registration.category_id.in_(select(Category.id).where(Category.kind == kind))


def bounced() -> ColumnElement[bool]:
    """Return what is true of persons at whose address there is nobody; addresses are kept in lower case."""
    return exists().where(BouncedAddress.email == Person.email)


@dataclass(frozen=True)
class Reach:
    """Whom a mailing would reach now."""

    people: int
    unsubscribed: int
    bounced: int
    sample: Sequence[AnyRow]


def reach(session: Database, edition: Edition, mailing: Mailing, *, today: date) -> Reach:
    """Return how many people a mailing would reach now, some of them, and how many it leaves out."""
    segment = Segment.from_row(mailing.segment)
    return reach_of(session, edition, segment, today=today, asks_attendance=mailing.asks_attendance)


def reach_of(session: Database, edition: Edition, segment: Segment, *, today: date, asks_attendance: bool) -> Reach:
    """Return how many people of a segment would be reached now, some of them, and how many are left out."""
    statement = recipients(edition, segment, today=today).add_columns(bounced().label("is_bounced"))
    refused = set() if asks_attendance else unsubscribed(session)
    seen: set[str] = set()
    out, back = 0, 0
    sample: list[AnyRow] = []
    for row in session.execute(statement):
        name = key_of(row, asks_attendance=asks_attendance)
        if name in seen:
            continue
        seen.add(name)
        if row.is_bounced:
            back += 1
        elif refused and fingerprint(row.email) in refused:
            out += 1
        elif len(sample) < SAMPLE:
            sample.append(row)
    return Reach(people=len(seen) - out - back, unsubscribed=out, bounced=back, sample=sample)


def key_of(row: AnyRow, *, asks_attendance: bool) -> str:
    """Return what makes it one letter: a person, or a place when it asks about that place."""
    return f"r{row.id}" if asks_attendance else who(row.given_name, row.family_name, row.email)


def next_recipients(
    session: Database, edition: Edition, mailing: Mailing, *, today: date, size: int
) -> Sequence[AnyRow]:
    """Return the next registrations of a mailing, those at addresses where nobody is left out."""
    statement = recipients(edition, Segment.from_row(mailing.segment), today=today)
    return session.execute(statement.where(Registration.id > mailing.reached, ~bounced()).limit(size)).all()


def recipient(session: Database, edition: Edition, registration_id: int) -> AnyRow | None:
    """Return one registration of an edition as a reader, for a preview."""
    statement = readers().where(Registration.id == registration_id, Registration.edition_id == edition.id)
    return session.execute(statement).first()


def first_recipient(session: Database, edition: Edition, mailing: Mailing, *, today: date) -> AnyRow | None:
    """Return the first reader whom a mailing would reach now."""
    statement = recipients(edition, Segment.from_row(mailing.segment), today=today)
    return session.execute(statement.where(~bounced()).limit(1)).first()


EXAMPLE = SimpleNamespace(
    id=0,
    token="exemple",  # noqa: S106 (of nobody)
    reference="EXEMPLE1",
    category_id=0,
    edition_id=0,
    given_name="Camille",
    family_name="Exemple",
    email="camille@example.org",
    language="fr",
)
"""An invented reader, for a letter that nobody would get yet."""


def found_people(session: Database, edition: Edition, words: Sequence[str]) -> Sequence[AnyRow]:
    """Return some people of an edition by their names, to choose one for a preview."""
    statement = (
        select(Registration.id, Person.given_name, Person.family_name, Person.email)
        .join(Person, Person.id == Registration.person_id)
        .where(
            Registration.edition_id == edition.id,
            Person.email != "",
            and_(True, *(Person.search_text.contains(word, autoescape=True) for word in words)),
        )
    )
    return session.execute(statement.order_by(Registration.id).limit(8)).all()


def seats_of(session: Database, registration_ids: Iterable[int]) -> dict[int, list[tuple[str, datetime | None]]]:
    """Return the sessions in which registrations have a seat, in the order of their hours."""
    statement = (
        select(Seat.registration_id, Session.title, Session.starts_at)
        .join(Session, Session.id == Seat.session_id)
        .where(Seat.registration_id.in_(list(registration_ids)))
        .order_by(Session.starts_at, Session.id)
    )
    found: dict[int, list[tuple[str, datetime | None]]] = {}
    for registration_id, title, starts_at in session.execute(statement):
        found.setdefault(registration_id, []).append((title, starts_at))
    return found


def category_names(session: Database, edition_id: int) -> Mapping[int, LocalText]:
    """Return the names of an edition's categories."""
    statement = select(Category.id, Category.name).where(Category.edition_id == edition_id)
    return dict(session.execute(statement).all())
