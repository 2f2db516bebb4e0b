"""What an answer becomes when somebody changes their mind."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.forecast import actions
from forum.registration.events import Registered


@subscribes(Registered)
def forget_freed(tx: Transaction, event: Registered) -> None:
    """Forget “I free my place” of who comes back."""
    if event.edition_id is None:
        actions.forget_freed(tx, event.registration_id, now=event.at)
