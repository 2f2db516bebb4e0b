"""What screens must tell of the programme."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.inside import actions
from forum.programme.events import SlotLeft


@subscribes(SlotLeft)
def remember_slot(tx: Transaction, event: SlotLeft) -> None:
    """Remember where a session stood."""
    actions.remember_slot(
        tx,
        event.edition_id,
        event.session_id,
        title=event.title,
        was_at=event.was_at,
        was_room=event.was_room,
        now=event.at,
    )
