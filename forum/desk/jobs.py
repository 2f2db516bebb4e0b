"""Paper kits in the background: claim one, make its file, say that it is there; old files go."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.core.logs import log
from forum.desk import rules
from forum.desk.actions import paper
from forum.desk.documents import kit_file, kit_pdf, read_kit
from forum.desk.models import PaperKit
from forum.desk.queries import paper as paper_queries


@job(every=timedelta(seconds=3))
def make_kits(now: datetime) -> int:
    """Make one kit; return how many were taken."""
    with transaction() as tx:
        taken = paper.claim_kit(tx, now=now)
        if taken is None or taken.state != "running":
            return 0
        kit_id, key, attempt = taken.id, taken.key, taken.tries
    make_kit(kit_id, key=key, attempt=attempt)
    return 1


def make_kit(kit_id: int, *, key: str, attempt: int) -> None:
    """Make the file of a kit that was taken, whole or not at all, then say so."""
    session = db.session()
    try:
        kit = session.get_one(PaperKit, kit_id)
        content = kit_pdf(session, read_kit(session, kit))
        session.rollback()
        path = kit_file(key)
        temporary = path.with_suffix(".new")
        temporary.write_bytes(content)
        temporary.replace(path)
        state = "ready"
    except Exception as error:
        log.error("paper kit failed", kit=kit_id, exc_info=error)
        state = "failed"
    try:
        with transaction() as tx:
            paper.end_kit(tx, kit_id, state, attempt=attempt, now=clock.now())
    except rules.KitLost:
        log.warning("paper kit taken over", kit=kit_id)


@job(every=timedelta(minutes=30))
def delete_old_kits(now: datetime) -> int:
    """Delete the files of kits after a day: they hold everybody's name. Return how many."""
    old = [(each.id, each.key) for each in paper_queries.old_kits(db.session(), now)]
    for _kit_id, key in old:
        kit_file(key).unlink(missing_ok=True)
    if old:
        with transaction() as tx:
            paper.forget_kits(tx, [kit_id for kit_id, _key in old], now=now)
    return len(old)
