"""What payments do when a place is kept until it is paid."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.payments import actions
from forum.registration.events import GroupHandedOver, PlaceHeld, RegistrationHandedOver


@subscribes(PlaceHeld)
def write_order(tx: Transaction, event: PlaceHeld) -> None:
    """Write the order of a place that is kept; its letter follows, once for a whole group."""
    actions.hold_order(tx, event.registration_id, now=event.at)


@subscribes(RegistrationHandedOver)
def hand_order_over(tx: Transaction, event: RegistrationHandedOver) -> None:
    """Let the place of an order be the new person's, paid or not."""
    actions.hand_over(tx, event.old_id, event.new_id)


@subscribes(GroupHandedOver)
def write_to_new_leader(tx: Transaction, event: GroupHandedOver) -> None:
    """Write about what a group still has to pay to who answers for it now."""
    actions.change_payer(tx, event.group_id, old_email=event.old_email)
