"""What happens to badges when registrations come, change and go."""

from __future__ import annotations

from forum.badges.actions import issuing
from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.registration.events import Registered, RegistrationCancelled, RegistrationChanged


@subscribes(Registered)
def issue_badge(tx: Transaction, event: Registered) -> None:
    """Give the person a badge; who came back keeps theirs, and phones at the door hear of it."""
    badge = issuing.issue(tx, event.registration_id, now=event.at)
    if badge.changed_at < event.at:
        issuing.touch(tx, event.registration_id, now=event.at)


@subscribes(RegistrationChanged)
def tell_the_door_of_a_change(tx: Transaction, event: RegistrationChanged) -> None:
    """Let phones at the door, and who prints, know of another name or category."""
    issuing.touch(tx, event.registration_id, now=event.at)


@subscribes(RegistrationCancelled)
def tell_the_door_of_a_cancellation(tx: Transaction, event: RegistrationCancelled) -> None:
    """Let phones at the door know that the badge lets nobody in any more."""
    issuing.touch(tx, event.registration_id, now=event.at)
