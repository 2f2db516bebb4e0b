"""What a phone did while the server's answer was lost: its word changes what was noted too hopefully."""

from __future__ import annotations

from datetime import datetime

from forum.badges.models import Badge
from forum.checkin import queries, rules
from forum.checkin.actions.whereabouts import note_passages, restore_whereabouts
from forum.checkin.models import Scan
from forum.checkin.queries import Answer
from forum.checkin.rules import OpenGate
from forum.core.db import Transaction


def heed(tx: Transaction, gate: OpenGate, given: Answer, *, shown: str | None, now: datetime) -> Answer:
    """Return the answer to a reading that is sent again, put right where the phone did something else meanwhile.

    A phone sends a scan and waits a second; when the answer is lost it shows its own verdict, and sends the scan again
    with that (`shown`). Whom it let in is inside, whatever the lost answer said; whom it kept out is not.
    """
    if not rules.acted_otherwise(given.verdict, shown=shown) or given.name is None:
        return given
    found = queries.scan_with_uuid(tx.session, given.id, gate_id=gate.id)
    if found is None or found.badge_id is None:
        return given
    tx.lock(Badge, found.badge_id)
    scan = tx.lock(Scan, found.id)
    may_change = scan.undone_at is None and not scan.override
    if may_change and rules.acted_otherwise(scan.verdict, shown=shown):
        scan.verdict = "conflict" if shown == "admitted" else str(shown)
        scan.admission_key = None
        tx.session.flush()
        note_passages(tx, gate, [(found.badge_id, scan.verdict, scan.at)])
        restore_whereabouts(tx, found.badge_id, now=now)
    return queries.answer_given(tx.session, given.id, gate=gate) or given
