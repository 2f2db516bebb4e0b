"""Is the data consistent? Each doubt is a sentence; silence is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, select, text
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import aliased

from forum.badges.models import Badge, PrintJob
from forum.checkin.models import Gate, Presence, Scan
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.messages.models import Letter
from forum.payments.models import Invoice, Order, Payment
from forum.programme.models import Session, SessionSpeaker, Speaker
from forum.registration.models import ENDED_STATES, HOLDING_STATES, Category, Registration, Seat, SeatWait
from forum.registration.queries import categories_to_serve, queue_of
from forum.registration.rules import may_pass, queue_units, served

STUCK = timedelta(hours=1)
"""A letter or a print job that should have left this long ago is stuck."""

Check = Callable[[DatabaseSession, datetime], Iterator[str]]


def doubts(session: DatabaseSession, *, now: datetime) -> list[str]:
    """Return everything that is not as it should be, as sentences."""
    return [sentence for check in CHECKS for sentence in check(session, now)]


def file_is_whole(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Ask SQLite whether its file is whole, and whether every reference leads somewhere."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA integrity_check(20)")):
        if said != "ok":
            yield _("SQLite finds its file damaged: %(said)s. Restore the last back-up.", said=said)
    for row in session.execute(text("PRAGMA foreign_key_check")).fetchmany(20):
        yield _(
            "Row %(row)s of %(table)s refers to a row of %(other)s that is gone.",
            row=row[1],
            table=row[0],
            other=row[2],
        )


def invoices_have_no_gap(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare the highest number of each series with how many there are."""
    counts = (func.max(Invoice.count), func.count())
    statement = select(Edition.slug, Invoice.kind, *counts).join(Edition).group_by(Edition.slug, Invoice.kind)
    for edition, kind, highest, found in session.execute(statement):
        if highest != found:
            yield _(
                "%(edition)s: the numbers of its invoices (%(kind)s) reach %(highest)s, and there are %(found)s.",
                edition=edition,
                kind=kind,
                highest=highest,
                found=found,
            )


def orders_are_counted(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare what each order received with its payments; who is admitted in it has paid."""
    came = func.coalesce(func.sum(Payment.amount), 0)
    statement = select(Order.reference).outerjoin(Payment).group_by(Order.id, Order.reference, Order.received)
    for (reference,) in session.execute(statement.having(came != Order.received)):
        yield _("Order %(reference)s does not count what its payments come to.", reference=reference)


def places_are_counted(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare each category's count with its registrations."""
    holding = func.count(Registration.id)
    statement = (
        select(Edition.slug, Category.slug, Category.taken, holding)
        .select_from(Category)
        .join(Edition, Edition.id == Category.edition_id)
        .outerjoin(Registration, and_(Registration.category_id == Category.id, Registration.state.in_(HOLDING_STATES)))
        .group_by(Edition.slug, Category.id, Category.slug, Category.taken)
        .having(holding != Category.taken)
    )
    for edition, category, taken, found in session.execute(statement):
        yield _(
            "%(edition)s: category “%(category)s” counts %(taken)s places as taken, its registrations are %(found)s.",
            edition=edition,
            category=category,
            taken=taken,
            found=found,
        )


def waiting_lists_are_counted(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare each category's count of those who wait with its waiting list."""
    found = func.count(Registration.id)
    is_waiting = and_(Registration.category_id == Category.id, Registration.state == "waiting")
    statement = (
        select(Edition.slug, Category.slug, Category.waiting, found)
        .select_from(Category)
        .join(Edition, Edition.id == Category.edition_id)
        .outerjoin(Registration, is_waiting)
        .group_by(Edition.slug, Category.id, Category.slug, Category.waiting)
        .having(found != Category.waiting)
    )
    for edition, category, waiting, number in session.execute(statement):
        yield _(
            "%(edition)s: category “%(category)s” counts %(waiting)s people as waiting, its list holds %(found)s.",
            edition=edition,
            category=category,
            waiting=waiting,
            found=number,
        )


def free_places_are_offered(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find places that are free while somebody waits whom they would do for, and offers that nobody ended."""
    for category_id in categories_to_serve(session):
        category = session.get_one(Category, category_id)
        queue = queue_units(queue_of(session, category_id))
        can_pass = may_pass(category.edition, now)
        if not category.edition.is_over(now) and served(queue, category.places_left, may_pass=can_pass, most=1):
            yield _(
                "%(edition)s: a place of “%(category)s” is free while somebody waits. "
                "Is the background worker running? forum work",
                edition=category.edition.slug,
                category=category.slug,
            )
    overdue = func.count(Registration.id)
    lapsed = Registration.offered_until.is_(None) | (Registration.offered_until < now - STUCK)
    if number := session.scalar(select(overdue).where(Registration.state == "offered", lapsed)):
        yield _("%(number)s offered places are kept past their hour. Is the background worker running?", number=number)


def seats_are_counted(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare each session's count with its seats."""
    held = select(func.count(Seat.id)).where(Seat.session_id == Session.id).scalar_subquery()
    is_kept = (SeatWait.session_id == Session.id) & SeatWait.offered_until.is_not(None)
    found = held + select(func.count(SeatWait.id)).where(is_kept).scalar_subquery()
    statement = select(Session.title, Session.seats_taken, found).where(found != Session.seats_taken)
    for title, taken, seats in session.execute(statement):
        yield _(
            "“%(session)s” counts %(taken)s seats as taken, %(found)s people have one or are asked.",
            session=title,
            taken=taken,
            found=seats,
        )


def cancelled_hold_no_seat(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find cancelled registrations that still hold seats, or wait for one."""
    ended = Registration.state.in_(ENDED_STATES)
    holds = exists().where(Seat.registration_id == Registration.id)
    waits = exists().where(SeatWait.registration_id == Registration.id)
    statement = select(Registration.reference).where(ended, holds | waits).order_by(Registration.id).limit(20)
    for reference in session.scalars(statement):
        yield _(
            "Registration %(reference)s is cancelled and still holds a seat, or waits for one.", reference=reference
        )


def everyone_has_a_badge(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find people who are expected and have no valid badge."""
    has_badge = exists().where(Badge.registration_id == Registration.id, Badge.voided_at.is_(None))
    statement = select(func.count(Registration.id)).where(Registration.state == "confirmed", ~has_badge)
    missing = session.scalar(statement) or 0
    if missing:
        yield _("%(number)s people are expected and have no valid badge.", number=missing)


def presence_follows_scans(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Compare who is said to be inside with the last passage of each badge."""
    passed = (
        select(
            Scan.badge_id,
            Scan.direction,
            Scan.at,
            func.row_number().over(partition_by=Scan.badge_id, order_by=(Scan.at.desc(), Scan.id.desc())).label("age"),
        )
        .join(Gate, Gate.id == Scan.gate_id)
        .where(Scan.verdict.in_(("admitted", "left", "conflict")), Scan.undone_at.is_(None))
        .where(Gate.session_id.is_(None), Gate.zone_id.is_(None))
        .subquery()
    )
    inside = select(passed.c.badge_id, passed.c.at).where(passed.c.age == 1, passed.c.direction == "in").subquery()
    # An organiser may have said since that a place is empty.
    settled = exists().where(Presence.badge_id == inside.c.badge_id, Presence.since > inside.c.at)
    said = select(Presence.badge_id).where(Presence.is_inside).subquery()
    missing = session.scalar(
        select(func.count()).select_from(inside).where(inside.c.badge_id.not_in(select(said.c.badge_id)), ~settled)
    )
    extra = session.scalar(
        select(func.count()).select_from(said).where(said.c.badge_id.not_in(select(inside.c.badge_id)))
    )
    if missing:
        yield _("%(number)s people were let in last and are not counted as inside.", number=missing)
    if extra:
        yield _("%(number)s people are counted as inside whose last passage was out.", number=extra)


def letters_leave(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find letters and print jobs that wait for too long: the background worker is not running."""
    stuck = session.scalar(
        select(func.count(Letter.id)).where(Letter.state.in_(("waiting", "sending")), Letter.next_try_at < now - STUCK)
    )
    if stuck:
        yield _(
            "%(number)s letters wait for more than an hour. Is the background worker running? forum work", number=stuck
        )
    printing = session.scalar(
        select(func.count(PrintJob.id)).where(
            PrintJob.state.in_(("waiting", "running")), PrintJob.asked_at < now - STUCK
        )
    )
    if printing:
        yield _("%(number)s print jobs wait for more than an hour. Is the background worker running?", number=printing)


def rooms_are_apart(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find sessions in one room at one time."""
    other = aliased(Session)
    statement = select(Session.title, other.title).join(
        other,
        and_(
            other.room_id == Session.room_id,
            other.id > Session.id,
            Session.starts_at < other.ends_at,
            other.starts_at < Session.ends_at,
        ),
    )
    for first, second in session.execute(statement.limit(20)):
        yield _("“%(first)s” and “%(second)s” are in one room at the same time.", first=first, second=second)


def speakers_are_apart(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find speakers who are in two sessions at one time."""
    own, others, other = SessionSpeaker, aliased(SessionSpeaker), aliased(Session)
    statement = (
        select(Session.title, other.title)
        .join(own, own.session_id == Session.id)
        .join(Speaker, Speaker.id == own.speaker_id)
        .join(others, others.speaker_id == Speaker.id)
        .join(
            other,
            and_(
                other.id == others.session_id,
                other.id > Session.id,
                Session.starts_at < other.ends_at,
                other.starts_at < Session.ends_at,
            ),
        )
    )
    for first, second in session.execute(statement.limit(20)):
        yield _("“%(first)s” and “%(second)s” have the same speaker at the same time.", first=first, second=second)


def sessions_within_days(session: DatabaseSession, now: datetime) -> Iterator[str]:
    """Find sessions on a day that is none of their edition's."""
    statement = select(Session).join(Session.edition).where(Session.starts_at.is_not(None))
    for each in session.scalars(statement).unique():
        if each.day is not None and not each.edition.first_day <= each.day <= each.edition.last_day:
            yield _(
                "“%(session)s” is on %(day)s, which is no day of %(edition)s.",
                session=each.title,
                day=each.day,
                edition=each.edition.slug,
            )


CHECKS: tuple[Check, ...] = (
    file_is_whole,
    places_are_counted,
    waiting_lists_are_counted,
    free_places_are_offered,
    seats_are_counted,
    cancelled_hold_no_seat,
    everyone_has_a_badge,
    presence_follows_scans,
    letters_leave,
    orders_are_counted,
    invoices_have_no_gap,
    rooms_are_apart,
    speakers_are_apart,
    sessions_within_days,
)
