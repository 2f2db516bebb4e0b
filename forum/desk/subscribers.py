"""What the desk hears of the gates."""

from __future__ import annotations

from forum.checkin.events import BlankRead
from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.desk.actions import paper


@subscribes(BlankRead)
def note_blank(tx: Transaction, event: BlankRead) -> None:
    """Keep where a badge without a name was read: once it is somebody's, they were there."""
    paper.note_blank(tx, event.code_hash, gate_id=event.gate_id, scan_uuid=event.scan_uuid, at=event.at)
