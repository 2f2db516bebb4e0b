"""Letters that show every state: kept, because no mail server is set, and one that could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.messages.models import Letter
from forum.registration.actions import resend

PER_EDITION = 30
REFUSED = "550 5.1.1 Recipient address rejected: User unknown"


def write(tx: Transaction, editions: Sequence[Laid]) -> None:
    """Write the letters of the latest registrations, and let them have left (or not) by now."""
    for laid in editions:
        confirmed = [each for each in laid.registered if each.is_confirmed]
        for registration in sorted(confirmed, key=lambda each: each.registered_at)[-PER_EDITION:]:
            resend(tx, registration, now=registration.registered_at)
    letters = tx.session.scalars(select(Letter).order_by(Letter.written_at)).all()
    for number, letter in enumerate(letters):
        letter.state = "kept"
        if number == len(letters) // 2:
            letter.state, letter.tries, letter.last_error = "failed", 1, REFUSED
    tx.session.flush()
