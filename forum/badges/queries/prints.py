"""Prints: those under way, what is in them, and the log of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from forum.badges.models import Badge, PrintedBadge, PrintJob
from forum.badges.rules import Selection, Way
from forum.badges.rules.formats import FORMATS
from forum.core import codes
from forum.people.models import Person
from forum.people.rules import search_text
from forum.registration.models import Registration

OPEN = or_(
    PrintJob.state.in_(("waiting", "running")),
    and_(PrintJob.state == "ready", PrintJob.deleted_at.is_(None), PrintJob.handed_out_at.is_(None)),
)
"""The prints whose badges are about to come out (`PrintJob.is_open`)."""


def badges_in_hand(session: Session, edition_id: int) -> dict[int, int]:
    """Return the badges that are about to come out of a printer, and the print they are in."""
    statement = (
        select(PrintedBadge.badge_id, PrintedBadge.print_job_id)
        .join(PrintedBadge.print_job)
        .where(PrintJob.edition_id == edition_id, OPEN)
        .order_by(PrintedBadge.print_job_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def badges_of_print(session: Session, job_id: int) -> Sequence[Badge]:
    """Return the badges of a print that can be printed now: valid, and of people who come."""
    return session.scalars(
        select(Badge)
        .join(PrintedBadge, PrintedBadge.badge_id == Badge.id)
        .join(Badge.registration)
        .where(PrintedBadge.print_job_id == job_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .options(contains_eager(Badge.registration), joinedload(Badge.edition))
    ).all()


def left_out_of(session: Session, job: PrintJob) -> Sequence[Registration]:
    """Return who was chosen but is not printed, since they do not come any more."""
    chosen = Selection.from_json(job.selection).registration_ids or ()
    gone = (
        select(Badge.registration_id)
        .join(PrintedBadge, PrintedBadge.badge_id == Badge.id)
        .where(PrintedBadge.print_job_id == job.id, PrintedBadge.words.is_(None))
    )
    by_name = Registration.id.in_(chosen) & (Registration.state != "confirmed")
    missing = by_name | Registration.id.in_(gone) if job.state == "ready" else by_name
    return session.scalars(
        select(Registration).where(Registration.edition_id == job.edition_id, missing).order_by(Registration.id)
    ).all()


def print_job_with_key(session: Session, edition_id: int, key: str) -> PrintJob | None:
    """Return a print job of an edition by the key of its address."""
    return session.scalar(select(PrintJob).where(PrintJob.edition_id == edition_id, PrintJob.key == key))


def print_job(session: Session, job_id: int) -> PrintJob:
    """Return a print job."""
    return session.get_one(PrintJob, job_id)


def next_print_job(session: Session, now: datetime, *, job_id: int | None = None) -> PrintJob | None:
    """Return the oldest print job that nobody works on, locked; one that another worker is taking is passed over."""
    is_free = (PrintJob.state == "waiting") | ((PrintJob.state == "running") & (PrintJob.leased_until < now))
    statement = select(PrintJob).where(is_free).order_by(PrintJob.id).limit(1)
    if job_id is not None:
        statement = statement.where(PrintJob.id == job_id)
    return session.scalar(statement.with_for_update(skip_locked=True, of=PrintJob))


def old_files(session: Session, before: datetime) -> Sequence[PrintJob]:
    """Return the print jobs that ended before a moment and whose files were not deleted yet."""
    statement = select(PrintJob).where(PrintJob.finished_at < before, PrintJob.deleted_at.is_(None))
    return session.scalars(statement.order_by(PrintJob.id)).all()


def usual_way(session: Session, edition_id: int, *, single: bool = False) -> Way:
    """Return how badges of an edition were printed last, many or (at the desk) single ones; else the plainest way."""
    number = PrintJob.total == 1 if single else PrintJob.total > 1
    last = session.scalar(
        select(PrintJob.way)
        .where(PrintJob.edition_id == edition_id, number, PrintJob.state != "cancelled")
        .order_by(PrintJob.id.desc())
        .limit(1)
    )
    way = Way.from_json(last) if last else Way()
    return replace(way, start=1) if way.format in FORMATS else Way()


def recent_print_jobs(session: Session, edition_id: int, *, limit: int = 5) -> Sequence[PrintJob]:
    """Return the newest print jobs of an edition."""
    return session.scalars(log_of(edition_id).limit(limit)).all()


def log_of(edition_id: int, *, wanted: str = "") -> Select[PrintJob]:
    """Return the statement of an edition's prints, the newest first: all, or those of a code, a name or a reference."""
    statement = select(PrintJob).where(PrintJob.edition_id == edition_id).order_by(PrintJob.id.desc())
    if not wanted:
        return statement
    code, words = codes.read_code(wanted), search_text(wanted)
    with_it = (
        select(PrintedBadge.print_job_id)
        .join(PrintedBadge.badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(
            or_(
                Badge.code == (code or ""),
                Registration.reference == wanted.strip().upper(),
                Person.search_text.contains(words, autoescape=True),
            )
        )
    )
    return statement.where(PrintJob.id.in_(with_it))


def badges_in_log(job_id: int) -> Select[PrintedBadge]:
    """Return the statement of what a print put on paper, by name."""
    return (
        select(PrintedBadge)
        .join(PrintedBadge.badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(PrintedBadge.print_job_id == job_id)
        .options(
            contains_eager(PrintedBadge.badge).contains_eager(Badge.registration).contains_eager(Registration.person)
        )
        .order_by(Person.family_name, Person.given_name, PrintedBadge.badge_id)
    )
