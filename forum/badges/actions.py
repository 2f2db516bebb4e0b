"""Issuing badges, making them void, and asking for print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from forum.badges import queries, rules
from forum.badges.models import Badge, PrintJob
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound, refuse
from forum.registration.models import Registration


def issue(tx: Transaction, registration_id: int, *, now: datetime) -> Badge:
    """Give a registration its badge, or return the valid one it has. Raises `NotFound`, `NotComing`.

    No lock: of two at once, the index of valid badges lets one write and the other read what it wrote.
    """
    registration = tx.session.get(Registration, registration_id) or refuse(NotFound())
    rules.may_have_badge(registration)
    return make_or_find(tx, registration, now)


def make_or_find(tx: Transaction, registration: Registration, now: datetime) -> Badge:
    """Make a badge with a new code, unless the registration has a valid one."""
    code = codes.new_code()
    made = tx.add_once(
        Badge,
        once=None,
        edition_id=registration.edition_id,
        registration_id=registration.id,
        code=code,
        code_hash=rules.hash_of(code),
        made_at=now,
        changed_at=now,
    )
    return made or queries.valid_badge_of(tx.session, registration.id) or refuse(NotFound())


def issue_many(tx: Transaction, registration_ids: Sequence[int], *, now: datetime) -> None:
    """Give new registrations of one edition their badges in one statement; they have none yet."""
    edition_ids = dict(
        tx.session.execute(
            select(Registration.id, Registration.edition_id).where(Registration.id.in_(registration_ids))
        ).all()
    )
    rows = []
    for registration_id, edition_id in edition_ids.items():
        code = codes.new_code()
        known = {"edition_id": edition_id, "registration_id": registration_id, "code": code}
        rows.append({**known, "code_hash": rules.hash_of(code), "made_at": now, "changed_at": now})
    if rows:
        tx.session.execute(insert(Badge), rows)


def void(tx: Transaction, registration_id: int, *, reason: str, now: datetime) -> None:
    """Make the valid badge of a registration void, if it has one."""
    badge = queries.valid_badge_of(tx.session, registration_id)
    if badge is not None:
        badge.voided_at, badge.void_reason, badge.changed_at = now, reason, now
        tx.session.flush()


def void_and_reissue(tx: Transaction, badge_id: int, reason: str, now: datetime) -> Badge:
    """Make a lost or copied badge void and give its holder a new code.

    Done twice for one badge, it gives the badge of the first time again.
    """
    badge = tx.session.get_one(Badge, badge_id)
    registration = tx.lock(Registration, badge.registration_id)
    rules.may_have_badge(registration)
    tx.session.refresh(badge)
    if badge.voided_at is None:
        badge.voided_at = now
        badge.void_reason = reason
        badge.changed_at = now
        tx.session.flush()
    return make_or_find(tx, registration, now)


def touch(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Say that what the door knows of a registration's badge changed: phones ask for what is newer."""
    badge = queries.valid_badge_of(tx.session, registration_id)
    if badge is not None and badge.changed_at < now:
        badge.changed_at = now
        tx.session.flush()


def mark_printed(tx: Transaction, badge_ids: Sequence[int], *, read_at: datetime) -> None:
    """Note which badges are on paper, as they were when they were read: what changed since is printed again."""
    for start in range(0, len(badge_ids), 500):
        chosen = Badge.id.in_(badge_ids[start : start + 500])
        tx.session.execute(update(Badge).where(chosen).values(printed_at=read_at))


def ask_for_print(
    tx: Transaction, *, edition_id: int, account_id: int | None, selection: rules.Selection, now: datetime
) -> PrintJob:
    """Ask for badges to be made in the background. Raises `NoSuchLayout`, `NothingToPrint`."""
    rules.may_be_printed(selection)
    total = queries.count_of(tx.session, edition_id, selection)
    if total == 0:
        raise rules.NothingToPrint
    return tx.add(
        PrintJob(
            edition_id=edition_id,
            account_id=account_id,
            key=codes.new_token(),
            selection=selection.as_json(),
            total=total,
            asked_at=now,
        )
    )


def claim_print_job(tx: Transaction, *, now: datetime) -> PrintJob | None:
    """Take the oldest print job that waits or whose worker went silent; one that fails again and again is given up."""
    job = queries.next_print_job(tx.session, now)
    if job is None:
        return None
    if job.tries >= rules.MOST_TRIES:
        return end_print_job(job, "failed", now=now, error="stopped")
    job.state, job.done, job.tries = "running", 0, job.tries + 1
    job.leased_until = now + rules.LEASE
    tx.session.flush()
    return job


def report_progress(tx: Transaction, job_id: int, *, attempt: int, done: int, now: datetime) -> None:
    """Say how far a print job is, and that its worker lives. Raises `LeaseLost`."""
    job = held_print_job(tx, job_id, attempt)
    job.done, job.leased_until = done, now + rules.LEASE


def finish_print_job(
    tx: Transaction, job_id: int, *, attempt: int, badge_ids: Sequence[int], read_at: datetime, now: datetime
) -> None:
    """Note that the file is there and its badges are printed. Raises `LeaseLost`."""
    job = held_print_job(tx, job_id, attempt)
    job.total = job.done = len(badge_ids)
    mark_printed(tx, badge_ids, read_at=read_at)
    end_print_job(job, "ready", now=now)


def fail_print_job(tx: Transaction, job_id: int, *, attempt: int, error: str, now: datetime) -> None:
    """Note that a print job came to nothing. Raises `LeaseLost`."""
    end_print_job(held_print_job(tx, job_id, attempt), "failed", now=now, error=error)


def held_print_job(tx: Transaction, job_id: int, attempt: int) -> PrintJob:
    """Return a print job that is still this worker's attempt. Raises `LeaseLost`."""
    job = tx.lock(PrintJob, job_id)
    if job.state != "running" or job.tries != attempt:
        raise rules.LeaseLost
    return job


def end_print_job(job: PrintJob, state: str, *, now: datetime, error: str | None = None) -> PrintJob:
    """Put a print job to rest."""
    job.state, job.error, job.finished_at, job.leased_until = state, error, now, None
    return job


def forget_print_job(tx: Transaction, job_id: int) -> None:
    """Remove a print job whose file was deleted."""
    tx.session.delete(tx.lock(PrintJob, job_id))
