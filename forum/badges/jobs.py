"""Printing many badges in the background: claim a print job, make the file, say that it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.badges import queries, rules
from forum.badges.actions import printing
from forum.badges.documents.files import printed_file
from forum.badges.documents.making import ToPrint, draw, read_print
from forum.badges.rules import Way
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.core.logs import log

REPORT_EVERY = 200
"""Sheets between two words on how far a print is: each is a write, and thousands are made in a second."""


@dataclass(frozen=True)
class Claimed:
    """What a worker took: everything it needs outside of the database."""

    job_id: int
    key: str
    attempt: int
    total: int
    way: Way


@job(every=timedelta(seconds=2))
def print_badges(now: datetime) -> int:
    """Make the badges of one print job; return how many jobs were taken."""
    claimed = claim(now)
    if claimed is None:
        return 0
    try:
        print_claimed(claimed)
    except rules.LeaseLost:
        log.warning("print job taken over or stopped", job=claimed.job_id)
        tidy_up(claimed)
    except Exception as error:
        log.error("print job failed", job=claimed.job_id, exc_info=error)
        give_up(claimed, rules.error_of(error))
    return 1


def claim(now: datetime) -> Claimed | None:
    """Take a print job, or find none; one that is given up counts as none, the next round finds the one after."""
    with transaction() as tx:
        taken = printing.claim_print_job(tx, now=now)
        if taken is None or taken.state != "running":
            return None
        return Claimed(taken.id, taken.key, taken.tries, taken.total, Way.from_json(taken.way))


def print_claimed(claimed: Claimed) -> None:
    """Read, make the file, put it in its place, then say so."""
    prepared = prepare(claimed)
    draw(prepared, printed_file(claimed.key), on_progress=lambda sheets: tell_progress(claimed, prepared, sheets))
    made = printing.Made(prepared.words, prepared.layout_name, prepared.layout_version)
    with transaction() as tx:
        printing.finish_print_job(tx, claimed.job_id, attempt=claimed.attempt, made=made, now=clock.now())


def prepare(claimed: Claimed) -> ToPrint:
    """Return the badges of a print job as they are now. Raises `NothingToPrint`."""
    session = db.session()
    badges = queries.badges_of_print(session, claimed.job_id)
    prepared = read_print(session, badges, claimed.way, queries.printer_of(session, claimed.way))
    session.rollback()
    return prepared


def tell_progress(claimed: Claimed, prepared: ToPrint, sheets: int) -> None:
    """Say now and then how far a print job is. Raises `LeaseLost`, which ends it."""
    if sheets % REPORT_EVERY and sheets > 1:
        return
    done = min(len(prepared.words), sheets * claimed.way.paper.cards_on_sheet)
    with transaction() as tx:
        printing.report_progress(tx, claimed.job_id, attempt=claimed.attempt, done=done, now=clock.now())


def tidy_up(claimed: Claimed) -> None:
    """Delete the file of a print that was stopped while it was made; who took it over keeps theirs."""
    if queries.print_job(db.session(), claimed.job_id).state == "cancelled":
        printed_file(claimed.key).unlink(missing_ok=True)


def give_up(claimed: Claimed, error: str) -> None:
    """Say that a print job failed, unless another worker has it by now."""
    try:
        with transaction() as tx:
            printing.fail_print_job(tx, claimed.job_id, attempt=claimed.attempt, error=error, now=clock.now())
    except rules.LeaseLost:
        log.warning("print job taken over or stopped", job=claimed.job_id)


@job(every=timedelta(minutes=30))
def delete_old_prints(now: datetime) -> int:
    """Delete printed files after a day; the log of what was printed stays. Return how many."""
    old = [(each.id, each.key) for each in queries.old_files(db.session(), now - rules.KEPT)]
    for _job_id, key in old:
        for path in printed_file(key).parent.glob(f"{key}.*"):
            path.unlink(missing_ok=True)
    if old:
        with transaction() as tx:
            printing.forget_files(tx, [job_id for job_id, _key in old], now=now)
    return len(old)
