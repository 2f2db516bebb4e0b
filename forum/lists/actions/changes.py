"""The same change for many registrations, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from forum.core.db import Transaction
from forum.core.refusals import NotFound, Refusal
from forum.lists import rules
from forum.lists.actions.tasks import Step, held, leave_out, name_of
from forum.lists.models import ListTask
from forum.registration import actions as registrations
from forum.registration.models import Registration


def change_steps(task: ListTask) -> Iterator[Step]:
    """Return one part for each person: locks are held for one alone, so that nobody waits in a circle."""
    attempt, wish = task.tries, task.wish
    for registration_id in task.wish["ids"][task.done :]:
        yield lambda tx, now, each=registration_id: change_one(tx, task.id, attempt, wish, each, now=now)  # type: ignore[misc]


def change_one(
    tx: Transaction, task_id: int, attempt: int, wish: Mapping[str, Any], registration_id: int, *, now: datetime
) -> None:
    """Do what was asked to one registration, or write down why not; either way it is counted."""
    task = held(tx, task_id, attempt, now=now)
    try:
        with tx.session.begin_nested():
            apply_change(tx, task.edition_id, registration_id, wish, now=now)
    except Refusal as refusal:
        leave_out(tx, task_id, registration_id, name_of(tx, registration_id), str(refusal))
    else:
        task.changed += 1
    task.done += 1


def apply_change(
    tx: Transaction, edition_id: int, registration_id: int, wish: Mapping[str, Any], *, now: datetime
) -> None:
    """Do to one registration what was asked for all. Raises the refusals of each action."""
    registration = tx.lock(Registration, registration_id)
    if registration.edition_id != edition_id:
        raise NotFound
    what = wish["what"]
    if what == "cancel":
        rules.is_still_coming(registration)
        registrations.cancel(tx, registration_id, now=now, at_desk=True)
    elif what == "move":
        wanted = registrations.RegistrationChange(category_id=int(wish["category_id"]))
        registrations.change(tx, registration_id, wanted, now=now, at_desk=True)
    elif what == "letter":
        rules.can_be_written_to(registration)
        registrations.resend(tx, registration, now=now)
    elif what == "approve":
        registrations.approve(tx, registration_id, now=now)
    elif what == "decline":
        registrations.decline(tx, registration_id, now=now, words=wish.get("words", ""))
    else:
        raise rules.NoSuchChange
