"""The waiting list: joining it, what comes free offered in its order, offers taken, refused and lapsed.

How it is kept fair: docs/decisions/0012-a-fair-queue.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.registration import emails, queries, rules
from forum.registration.actions.places import PlaceJustGone, count_place, end, expect, hold, lock_with_category
from forum.registration.actions.seat_queue import free_all_seats
from forum.registration.models import Category, Group, Registration

MOST_AT_ONCE = 100
"""So many are served in one transaction; the job goes on with the rest."""


def place_or_queue(tx: Transaction, registration: Registration, *, now: datetime, promoted: bool = False) -> None:
    """Give a locked registration of a locked category a place, or the last one of the waiting list. Raises `SoldOut`.

    Whoever waits already comes first.
    """
    category = registration.category
    rules.may_wait_or_has_place(category)
    try:
        count_place(tx, category.id)
    except PlaceJustGone:
        free_all_seats(tx, registration, now=now)
        join(tx, registration, now=now)
        serve_queue(tx, category, now=now, here=registration)
        if registration.state == "waiting" and emails.is_written_to(registration):
            position = queries.place_in_queue(tx.session, registration)
            write_letter(tx, emails.waiting(registration, registration.edition, position=position, now=now), now=now)
    else:
        hold(tx, registration, now=now, promoted=promoted)


def join(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """Put a registration at the end of its locked category's waiting list."""
    category = registration.category
    category.last_queue_number += 1
    category.waiting += 1
    registration.state = "waiting"
    registration.queue_number = category.last_queue_number
    registration.offered_until = registration.cancelled_at = None
    registration.queue_note = ""
    registration.changed_at = now
    tx.session.flush()


def serve_queue(tx: Transaction, category: Category, *, now: datetime, here: Registration | None = None) -> int:
    """Offer what is free in a locked category to those who wait, in their order; return how many were served.

    `here` is who asks at this moment: no offer has to find them.
    """
    edition = tx.session.get_one(Edition, category.edition_id)
    if not category.waiting or edition.is_over(now):
        return 0
    queue = rules.queue_units(queries.queue_of(tx.session, category.id))
    served = rules.served(queue, category.places_left, may_pass=rules.may_pass(edition, now), most=MOST_AT_ONCE)
    for unit in served:
        members = [tx.lock(Registration, registration_id) for registration_id in sorted(unit.registration_ids)]
        offer_to(tx, category, members, until=None if members == [here] else rules.offer_ends(edition, now), now=now)
    return sum(len(unit.registration_ids) for unit in served)


def offer_to(
    tx: Transaction, category: Category, members: Sequence[Registration], *, until: datetime | None, now: datetime
) -> None:
    """Keep places for one or several until an hour, or without an hour give them at once; they are written to."""
    category.taken += len(members)
    category.waiting -= len(members)
    for registration in members:
        registration.queue_number = None
        registration.offered_until = until
        registration.state = "offered"
        registration.changed_at = now
    tx.session.flush()
    if until is None:
        for registration in members:
            hold(tx, registration, now=now, promoted=True)
    else:
        write_offers(tx, members, now=now)
    group = members[0].group
    if group is not None and group.waits_together:
        write_letter(tx, emails.group_offer(group, members, until=until, now=now), now=now)


def write_offers(tx: Transaction, members: Sequence[Registration], *, now: datetime) -> None:
    """Write to each who was offered a place; the leader of a group that comes together answers for all of it."""
    for registration in members:
        group = registration.group
        if group is None or not group.waits_together:
            write_letter(tx, emails.offer(registration, registration.edition, now=now), now=now)


def accept_offer(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Take an offered place; done twice, it is done once. Raises `OfferOver`.

    As long as the place was not given on, it can be taken, even a moment after its hour.
    """
    registration = lock_with_category(tx, registration_id)
    if registration.state == "offered":
        registration.offered_until = None
        hold(tx, registration, now=now)
    rules.has_accepted(registration)
    return registration


def decline_offer(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Say no to an offered place: the next in the queue gets it; done twice, it is done once."""
    registration = lock_with_category(tx, registration_id)
    if registration.state == "offered":
        registration.offered_until = None
        end(tx, registration, now=now)
        serve_queue(tx, registration.category, now=now)
    return registration


def lapse(tx: Transaction, registration_id: int, *, now: datetime) -> bool:
    """End an offer whose hour has passed, tell the person, and serve the next; tell whether there was one."""
    registration = lock_with_category(tx, registration_id)
    if not rules.has_lapsed(registration, now):
        return False
    group = registration.group
    end(tx, registration, now=now)
    if group is None or not group.waits_together:
        write_letter(tx, emails.lapsed(registration, registration.edition, now=now), now=now)
    elif registration.offered_until is not None:
        write_letter(tx, emails.group_lapsed(group, until=registration.offered_until), now=now)
    serve_queue(tx, registration.category, now=now)
    return True


def serve_category(tx: Transaction, category_id: int, *, now: datetime) -> int:
    """Serve a category's queue, for whatever is free in it; return how many were served."""
    return serve_queue(tx, tx.lock(Category, category_id), now=now)


def promote(tx: Transaction, registration_id: int, *, reason: str, by: str, beyond: bool, now: datetime) -> None:
    """Give one who waits a place out of the queue's order, because an organiser says so and why.

    `beyond` adds a place to the category when none is free, within the venues' safe capacity.
    Raises `NotWaiting`, `NoPlaceFree`, `BeyondSafeCapacity` or `CapacityUnknown`.
    """
    registration = lock_with_category(tx, registration_id)
    rules.is_waiting(registration)
    category = registration.category
    if category.is_full:
        if not beyond:
            raise rules.NoPlaceFree(category)
        tx.lock(Edition, category.edition_id)  # two organisers at once add up
        rules.is_within_capacity(queries.capacity_use(tx.session, category.edition_id))
        category.places = (category.places or 0) + 1
    registration.queue_note = f"{by} : {reason}"
    category.taken += 1
    category.waiting -= 1
    tx.session.flush()
    hold(tx, registration, now=now, promoted=True)
    serve_queue(tx, category, now=now)


def set_offer_hours(tx: Transaction, edition_id: int, hours: int) -> None:
    """Say how long an offer lasts in an edition, from now on."""
    tx.lock(Edition, edition_id).offer_hours = hours


def confirm_paid(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Expect a person whose place is paid; done twice, it is done once.

    A registration that is not unpaid stays as it is: look at its `state` for what became of it meanwhile.
    """
    registration = lock_with_category(tx, registration_id)
    if registration.state == "unpaid":
        expect(tx, registration, now=now)
    return registration


def release_unpaid(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Free a place that was not paid in time, and tell the person; done twice, it is done once."""
    registration = lock_with_category(tx, registration_id)
    if registration.state == "unpaid":
        end(tx, registration, now=now)
        write_letter(tx, emails.released(registration, registration.edition, now=now), now=now)
        serve_queue(tx, registration.category, now=now)
    return registration


def members_of(tx: Transaction, group: Group) -> list[Registration]:
    """Lock a group's category, then all its registrations in the order of their ids."""
    tx.lock(Category, group.category_id)
    ids = queries.member_ids(tx.session, group.id)
    return [tx.lock(Registration, registration_id) for registration_id in ids]
