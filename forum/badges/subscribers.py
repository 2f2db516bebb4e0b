"""What happens to badges when registrations come, change and go."""

from __future__ import annotations

from forum.badges.actions import issuing
from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.registration.events import (
    Registered,
    RegisteredTogether,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationsMerged,
)


@subscribes(Registered)
def issue_badge(tx: Transaction, event: Registered) -> None:
    """Give the person a badge; who came back keeps theirs, and phones at the door hear of it."""
    if event.edition_id is not None:
        issuing.issue_first(tx, event.registration_id, event.edition_id, now=event.at)
        return
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


@subscribes(RegisteredTogether)
def issue_badges(tx: Transaction, event: RegisteredTogether) -> None:
    """Give many new people their badges in one statement."""
    issuing.issue_many(tx, event.registration_ids, now=event.at)


@subscribes(RegistrationsMerged)
def void_badge_of_merged(tx: Transaction, event: RegistrationsMerged) -> None:
    """Make the badge of a registration void that was merged into another: its holder wears the other's."""
    issuing.void(tx, event.merged_id, reason="merged", now=event.at)
