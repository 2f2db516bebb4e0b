"""Asking for a print, making it, handing it out: nothing counts as printed that nobody took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from forum.badges import queries, rules
from forum.badges.actions.issuing import void_and_reissue
from forum.badges.models import Badge, PrintedBadge, Printer, PrintJob
from forum.badges.rules import Selection, Way
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound, refuse
from forum.editions.models import Edition


@dataclass(frozen=True)
class PrintRequest:
    """What somebody asks for: which badges, how, and, of those who have one already, why again."""

    selection: Selection
    way: Way
    reason: str | None = None
    is_knowing: bool = False
    """Somebody else prints some of the same badges, and the one who asks knows."""
    without_others: bool = False
    """Leave out what somebody else prints."""


def ask_for_print(
    tx: Transaction, *, edition_id: int, account_id: int | None, request: PrintRequest, now: datetime
) -> PrintJob:
    """Write down which badges are to be printed; a worker, or whoever asked, makes the file.

    One at a time in an edition, so that two who ask for the same at once know of each other. Raises `NoSuchWay`,
    `NothingToPrint`, `EverythingIsPrinted`, `InAnotherPrint`.
    """
    rules.may_be_printed(request.way)
    printer = printer_of(tx, edition_id, request.way)
    tx.lock(Edition, edition_id)
    if request.reason:
        replace_printed(tx, edition_id, request, now)
    badge_ids = chosen_badges(tx, edition_id, request)
    job = tx.add(
        PrintJob(
            edition_id=edition_id,
            account_id=account_id,
            key=codes.new_token(),
            selection=request.selection.as_json(),
            way=request.way.as_json(),
            printer_name=printer.name if printer else None,
            reason=request.reason,
            total=len(badge_ids),
            asked_at=now,
        )
    )
    rows = [{"print_job_id": job.id, "badge_id": badge_id} for badge_id in badge_ids]
    tx.session.execute(insert(PrintedBadge), rows)
    return job


def printer_of(tx: Transaction, edition_id: int, way: Way) -> Printer | None:
    """Return the printer of an edition that was chosen, if one was. Raises `NotFound`."""
    if way.printer_id is None:
        return None
    printer = tx.session.get(Printer, way.printer_id)
    return printer if printer is not None and printer.edition_id == edition_id else refuse(NotFound())


def replace_printed(tx: Transaction, edition_id: int, request: PrintRequest, now: datetime) -> None:
    """Make the chosen badges that are on paper void where the reason asks for it; their holders get new codes."""
    if not rules.REASONS.get(str(request.reason)) or not request.selection.registration_ids:
        return
    for standing in queries.standing_of(tx.session, edition_id, request.selection):
        if standing.is_printed:
            void_and_reissue(tx, standing.badge_id, str(request.reason), now)


def chosen_badges(tx: Transaction, edition_id: int, request: PrintRequest) -> list[int]:
    """Return the badges to print. Raises `NothingToPrint`, `EverythingIsPrinted`, `InAnotherPrint`."""
    selection = request.selection
    found = queries.standing_of(tx.session, edition_id, selection)
    if not found:
        raise rules.NothingToPrint
    wanted = [each for each in found if each.is_new] if selection.only_new else found
    if not wanted:
        raise rules.EverythingIsPrinted
    in_hand = queries.badges_in_hand(tx.session, edition_id)
    free = [each.badge_id for each in wanted if each.badge_id not in in_hand]
    if len(free) == len(wanted) or request.is_knowing:
        return [each.badge_id for each in wanted]
    if free and (request.without_others or selection.only_new):
        return free
    job = queries.print_job(tx.session, next(in_hand[each.badge_id] for each in wanted if each.badge_id in in_hand))
    raise rules.InAnotherPrint(key=job.key, count=len(wanted) - len(free), others=len(free))


def claim_print_job(tx: Transaction, *, now: datetime, job_id: int | None = None) -> PrintJob | None:
    """Take a print job that waits or whose worker went silent: the named one, else the oldest.

    One that fails again and again is given up.
    """
    job = queries.next_print_job(tx.session, now, job_id=job_id)
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


@dataclass(frozen=True)
class Made:
    """What a file holds."""

    words: Mapping[int, str]
    """By badge, what it says."""
    layout_name: str = ""
    layout_version: str = ""


def finish_print_job(tx: Transaction, job_id: int, *, attempt: int, made: Made, now: datetime) -> None:
    """Note that the file is there, and what it says. Raises `LeaseLost`."""
    job = held_print_job(tx, job_id, attempt)
    job.total = job.done = len(made.words)
    job.layout_name, job.layout_version = made.layout_name, made.layout_version
    rows = [{"print_job_id": job_id, "badge_id": badge_id, "words": words} for badge_id, words in made.words.items()]
    tx.session.execute(update(PrintedBadge), rows)
    end_print_job(job, "ready", now=now)


def hand_out(tx: Transaction, job_id: int, *, now: datetime) -> None:
    """Note that somebody took the file: its badges are printed, as they were when it was made. Once a print."""
    job = tx.lock(PrintJob, job_id)
    if job.handed_out_at is not None:
        return
    job.handed_out_at = now
    printed = select(PrintedBadge.badge_id).where(PrintedBadge.print_job_id == job_id, PrintedBadge.words.is_not(None))
    words = (
        select(PrintedBadge.words)
        .where(PrintedBadge.print_job_id == job_id, PrintedBadge.badge_id == Badge.id)
        .scalar_subquery()
    )
    tx.session.execute(
        update(Badge).where(Badge.id.in_(printed)).values(printed_at=now, printed_words=words),
        execution_options={"synchronize_session": False},
    )


def take_back(tx: Transaction, job_id: int, *, now: datetime) -> None:
    """Note that nothing came out of the printer: what this print alone put on paper is to be printed again."""
    job = tx.lock(PrintJob, job_id)
    if job.handed_out_at is None or job.taken_back_at is not None:
        return
    job.taken_back_at = now
    printed = select(PrintedBadge.badge_id).where(PrintedBadge.print_job_id == job_id, PrintedBadge.words.is_not(None))
    tx.session.execute(
        update(Badge)
        .where(Badge.id.in_(printed), Badge.printed_at == job.handed_out_at)
        .values(printed_at=None, printed_words=None),
        execution_options={"synchronize_session": False},
    )


def cancel_print_job(tx: Transaction, job_id: int, *, now: datetime) -> None:
    """Stop a print job; its worker notices when it next reports. Raises `NotUnderWay`."""
    job = tx.lock(PrintJob, job_id)
    if job.state not in ("waiting", "running"):
        raise rules.NotUnderWay
    end_print_job(job, "cancelled", now=now)


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


def forget_files(tx: Transaction, job_ids: Sequence[int], *, now: datetime) -> None:
    """Note that the files of prints were deleted; the log stays."""
    tx.session.execute(update(PrintJob).where(PrintJob.id.in_(job_ids)).values(deleted_at=now))
