"""Mailings leave when their moment has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.mailings import actions, queries


@job(every=timedelta(seconds=20))
def prepare_mailings(now: datetime) -> int:
    """Write the letters of the mailings that are due; one that was interrupted goes on where it was."""
    waiting = [mailing.id for mailing in queries.waiting_mailings(db.session())]
    db.session.rollback()
    return sum(prepare(mailing_id, now=now) for mailing_id in waiting)


def prepare(mailing_id: int, *, now: datetime) -> int:
    """Write the letters of one mailing, a batch a transaction; return whether there was anything to do."""
    with transaction() as tx:
        if not actions.begin(tx, mailing_id, now=now):
            return 0
        letters = actions.compiled_letters(tx, mailing_id)
    while True:
        with transaction() as tx:
            if not actions.prepare_batch(tx, mailing_id, letters, now=now):
                return 1
