"""Remembering where a session stood before it left its slot."""

from __future__ import annotations

from datetime import datetime

from forum.core.db import Transaction
from forum.inside.models import SlotChange


def remember_slot(
    tx: Transaction,
    edition_id: int,
    session_id: int,
    *,
    title: str,
    was_at: datetime,
    was_room: str | None,
    now: datetime,
) -> SlotChange:
    """Remember the slot that a session leaves; whether it moved or was cancelled, its row tells when it is asked."""
    change = SlotChange(
        edition_id=edition_id, session_id=session_id, title=title, was_at=was_at, was_room=was_room, at=now
    )
    return tx.add(change)
