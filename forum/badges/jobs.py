"""Printing many badges in the background: claim a print job, make the file, say that it is there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from forum.badges import actions, queries, rules
from forum.badges.documents import BadgeFace, badges_pdf, face_of
from forum.badges.documents.files import printed_file
from forum.badges.rules import Selection
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.core.logs import log


@dataclass(frozen=True)
class Claimed:
    """What a worker took: everything it needs outside of the database."""

    job_id: int
    key: str
    attempt: int
    edition_id: int
    selection: Selection


@job(every=timedelta(seconds=2))
def print_badges(now: datetime) -> int:
    """Make the badges of one print job; return how many jobs were taken."""
    claimed = claim(now)
    if claimed is None:
        return 0
    try:
        print_claimed(claimed, now)
    except rules.LeaseLost:
        log.warning("print job taken over", job=claimed.job_id)
    except Exception as error:
        log.error("print job failed", job=claimed.job_id, exc_info=error)
        give_up(claimed, "nothing" if isinstance(error, rules.NothingToPrint) else "broken")
    return 1


def claim(now: datetime) -> Claimed | None:
    """Take a print job, or find none; one that is given up counts as none, the next round finds the one after."""
    with transaction() as tx:
        taken = actions.claim_print_job(tx, now=now)
        if taken is None or taken.state != "running":
            return None
        selection = Selection.from_json(taken.selection)
        return Claimed(taken.id, taken.key, taken.tries, taken.edition_id, selection)


def print_claimed(claimed: Claimed, now: datetime) -> None:
    """Read, make the file under a name of this attempt, put it in its place, then say so."""
    badge_ids, faces = chosen(claimed)
    if not faces:
        raise rules.NothingToPrint
    content = badges_pdf(faces, layout=claimed.selection.layout, on_progress=lambda done: tell_progress(claimed, done))
    write_file(printed_file(claimed.key), content, attempt=claimed.attempt)
    with transaction() as tx:
        actions.finish_print_job(
            tx, claimed.job_id, attempt=claimed.attempt, badge_ids=badge_ids, read_at=now, now=clock.now()
        )


def chosen(claimed: Claimed) -> tuple[list[int], list[BadgeFace]]:
    """Return the badges of a print job as they are now."""
    badges = queries.badges_of(db.session(), claimed.edition_id, claimed.selection)
    found = [badge.id for badge in badges], [face_of(badge) for badge in badges]
    db.session.rollback()
    return found


def write_file(path: Path, content: bytes, *, attempt: int) -> None:
    """Write a file whole or not at all: under a temporary name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{attempt}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def tell_progress(claimed: Claimed, done: int) -> None:
    """Say how far a print job is. Raises `LeaseLost`, which ends it."""
    with transaction() as tx:
        actions.report_progress(tx, claimed.job_id, attempt=claimed.attempt, done=done, now=clock.now())


def give_up(claimed: Claimed, error: str) -> None:
    """Say that a print job failed, unless another worker has it by now."""
    try:
        with transaction() as tx:
            actions.fail_print_job(tx, claimed.job_id, attempt=claimed.attempt, error=error, now=clock.now())
    except rules.LeaseLost:
        log.warning("print job taken over", job=claimed.job_id)


@job(every=timedelta(minutes=30))
def delete_old_prints(now: datetime) -> int:
    """Delete printed files after a day, their print jobs with them; return how many."""
    old = [(each.id, each.key) for each in queries.old_print_jobs(db.session(), now - rules.KEPT)]
    for job_id, key in old:
        for path in printed_file(key).parent.glob(f"{key}.*"):
            path.unlink(missing_ok=True)
        with transaction() as tx:
            actions.forget_print_job(tx, job_id)
    return len(old)
