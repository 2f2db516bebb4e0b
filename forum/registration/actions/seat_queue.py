"""The waiting lists of sessions: joining, what comes free given to the next, a seat kept for who has to choose.

Whoever changes the seats of somebody who waits has locked the sessions they wait for; so who serves a locked session
sees the seats of those who wait in it as they are, and needs no lock of theirs: docs/decisions/0030.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forum.core.db import Transaction
from forum.messages.actions import LetterDraft, write_letter
from forum.programme.models import Session
from forum.registration import emails, queries, rules
from forum.registration.actions.seats import free_seats, lock_all, take_seats
from forum.registration.events import RegistrationChanged
from forum.registration.models import Registration, SeatWait
from forum.registration.queries import seat_queue as queues
from forum.registration.rules import seat_queue as queue_rules

MOST_AT_ONCE = 100
"""So many seats are given in one transaction; the job goes on with the rest."""


@dataclass(frozen=True)
class Chosen:
    """The sessions of somebody, all of them locked: those with a seat, and those that are waited for."""

    sessions: dict[int, Session]
    seats: frozenset[int]
    waits: dict[int, SeatWait]

    @property
    def held(self) -> list[Session]:
        """Return the sessions with a seat."""
        return [self.sessions[session_id] for session_id in sorted(self.seats)]

    def is_kept(self, session_id: int) -> bool:
        """Tell whether a seat is kept for them in a session, until they answer."""
        return session_id in self.waits and self.waits[session_id].offered_until is not None


def lock_chosen(tx: Transaction, registration: Registration, *, also: Iterable[int] = ()) -> Chosen:
    """Lock all sessions of a locked registration, and others; what it has in them is read once they are ours."""
    ids = queues.all_chosen(tx.session, registration.id) | set(also)
    sessions = {session.id: session for session in lock_all(tx, Session, ids)}
    return Chosen(
        sessions=sessions,
        seats=frozenset(queries.session_ids_of(tx.session, registration.id)),
        waits={wait.session_id: wait for wait in queues.waits_of(tx.session, registration.id)},
    )


def choose(
    tx: Transaction,
    registration: Registration,
    *,
    seats: Iterable[int] | None,
    waits: Iterable[int] | None,
    now: datetime,
) -> bool:
    """Move to other sessions and other waiting lists, all at once or not at all; tell whether a seat moved.

    None leaves the seats, or the waiting lists, as they are. Raises `NotOffered`, `SessionsClash` or `SessionFull`.
    """
    wanted = None if seats is None else set(seats)
    awaited = None if waits is None else set(waits)
    if not changes_anything(tx, registration, wanted, awaited):
        return False
    chosen = lock_chosen(tx, registration, also=(wanted or set()) | (awaited or set()))
    after = set(chosen.seats) if wanted is None else wanted
    waits_after = (set(chosen.waits) if awaited is None else awaited) - after
    added = [chosen.sessions[each] for each in sorted(after - chosen.seats)]
    rules.can_be_chosen(added, registration.edition_id)
    rules.do_not_clash(added, [chosen.sessions[each] for each in sorted(after & chosen.seats)])
    joined = [chosen.sessions[each] for each in sorted(waits_after - set(chosen.waits))]
    stays = [chosen.sessions[each] for each in sorted(waits_after & set(chosen.waits))]
    queue_rules.may_be_waited_for(joined, stays, registration.edition_id)
    rules.have_seats(session for session in added if not chosen.is_kept(session.id))
    leave_queues(tx, chosen, set(chosen.waits) - waits_after)
    free_seats(tx, registration, [chosen.sessions[each] for each in sorted(chosen.seats - after)])
    take_seats(tx, registration, added, now=now)
    join_queues(tx, registration.id, joined, now=now)
    settle_offers(tx, registration, chosen, now=now)
    serve_all(tx, chosen.sessions.values(), now=now)
    return set(queries.session_ids_of(tx.session, registration.id)) != chosen.seats


def changes_anything(
    tx: Transaction, registration: Registration, seats: set[int] | None, waits: set[int] | None
) -> bool:
    """Tell whether somebody wants other sessions than they have; nothing is locked for who does not."""
    seats_differ = seats is not None and seats != set(queries.session_ids_of(tx.session, registration.id))
    return seats_differ or (waits is not None and waits != set(queues.awaited_ids(tx.session, registration.id)))


def wait_for_seats(tx: Transaction, registration_id: int, session_ids: Iterable[int], *, now: datetime) -> None:
    """Put a new registration on the waiting lists of locked sessions; where a seat is free after all, it has it."""
    sessions = [tx.session.get_one(Session, each) for each in sorted(session_ids)]
    join_queues(tx, registration_id, sessions, now=now)
    serve_all(tx, sessions, now=now)


def join_queues(tx: Transaction, registration_id: int, sessions: Iterable[Session], *, now: datetime) -> None:
    """Put a registration at the end of the waiting lists of locked sessions."""
    for session in sessions:
        tx.add(SeatWait(registration_id=registration_id, session_id=session.id, since=now))


def leave_queues(tx: Transaction, chosen: Chosen, session_ids: Iterable[int]) -> None:
    """Take somebody off waiting lists of locked sessions; a seat that was kept for them is free."""
    for session_id in sorted(session_ids):
        wait = chosen.waits[session_id]
        if chosen.is_kept(session_id):
            chosen.sessions[session_id].seats_taken -= 1
        tx.session.delete(wait)
    tx.session.flush()


def free_all_seats(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """Give all that a locked registration has in sessions back: seats, and its places in their queues."""
    chosen = lock_chosen(tx, registration)
    leave_queues(tx, chosen, chosen.waits)
    free_seats(tx, registration, chosen.held)
    serve_all(tx, chosen.sessions.values(), now=now)


def serve_all(tx: Transaction, sessions: Iterable[Session], *, now: datetime) -> int:
    """Give what is free in locked sessions to those who wait; return how many were served."""
    return sum(serve_seats(tx, session, now=now) for session in sessions)


def serve_seats(tx: Transaction, session: Session, *, now: datetime) -> int:
    """Give the free seats of a locked session to those who wait for one, in their order; return how many.

    Who has another seat at that hour is asked which one they keep; where no time is left to ask, they are passed over
    and stay on the list.
    """
    if (session.seats_left is not None and session.seats_left < 1) or not queue_rules.gives_seats(session, now):
        return 0
    served = 0
    for wait in queues.seat_queue(tx.session, session.id):
        if served >= MOST_AT_ONCE or (session.seats_left is not None and session.seats_left < 1):
            break
        clash = queue_rules.clashing(session, queries.sessions_of(tx.session, wait.registration_id))
        until = queue_rules.seat_offer_ends(session, session.edition, now) if clash else None
        if clash and until is None:
            continue
        served += 1
        session.seats_taken += 1
        if until is None:
            give(tx, wait, session, now=now)
        else:
            wait.offered_until = until
            tx.session.flush()
            write_to(tx, wait.registration, emails.seat_offer(wait, session, clash, now=now), now=now)
    return served


def give(tx: Transaction, wait: SeatWait, session: Session, *, now: datetime) -> None:
    """Make a seat that is counted already somebody's who waited for it, and write to them."""
    registration = wait.registration
    hold_seat(tx, wait, session, now=now)
    write_to(tx, registration, emails.seat_given(registration, session, now=now), now=now)


def hold_seat(tx: Transaction, wait: SeatWait, session: Session, *, now: datetime) -> None:
    """Put a seat that is counted already in the place of a wait; the session's door hears of it."""
    registration = wait.registration
    tx.session.delete(wait)
    session.seats_taken -= 1
    take_seats(tx, registration, [session], now=now)
    tx.session.expire(registration, ["seats"])
    if registration.is_confirmed:
        tx.tell(RegistrationChanged(registration.id, now))


def settle_offers(tx: Transaction, registration: Registration, chosen: Chosen, *, now: datetime) -> None:
    """Give the seats that were kept for somebody and that no other seat of theirs stands in the way of any more."""
    held = queries.sessions_of(tx.session, registration.id)
    for wait in queues.waits_of(tx.session, registration.id):
        session = chosen.sessions[wait.session_id]
        if wait.offered_until is not None and not queue_rules.clashing(session, held):
            hold_seat(tx, wait, session, now=now)


def take_offered_seat(tx: Transaction, registration_id: int, session_id: int, *, now: datetime) -> list[Session]:
    """Take a seat that was kept, and give those at the same hour back, which are returned; twice is once.

    Raises `SeatOfferOver`.
    """
    registration = tx.lock(Registration, registration_id)
    chosen = lock_chosen(tx, registration)
    if session_id in chosen.seats:
        return []
    wait = chosen.waits.get(session_id)
    if wait is None or wait.offered_until is None:
        raise queue_rules.SeatOfferOver
    session = chosen.sessions[session_id]
    left = queue_rules.clashing(session, chosen.held)
    free_seats(tx, registration, left)
    hold_seat(tx, wait, session, now=now)
    serve_all(tx, left, now=now)
    return left


def leave_seat_queue(tx: Transaction, registration_id: int, session_id: int, *, now: datetime) -> None:
    """Leave a session's waiting list, or refuse the seat that is kept: the next one gets it; twice is once."""
    registration = tx.lock(Registration, registration_id)
    chosen = lock_chosen(tx, registration)
    leave_queues(tx, chosen, chosen.waits.keys() & {session_id})
    serve_all(tx, chosen.sessions.values(), now=now)


def give_seat_back(tx: Transaction, registration_id: int, session_id: int, *, now: datetime) -> None:
    """Give one seat back: the next who waits gets it; twice is once."""
    registration = tx.lock(Registration, registration_id)
    choose(
        tx,
        registration,
        seats=set(queries.session_ids_of(tx.session, registration.id)) - {session_id},
        waits=None,
        now=now,
    )
    if registration.is_confirmed:
        tx.tell(RegistrationChanged(registration.id, now))


def lapse_seat_offer(tx: Transaction, wait_id: int, *, now: datetime) -> bool:
    """End an offer whose hour has passed, tell the person, and serve the next; tell whether there was one."""
    found = tx.session.get(SeatWait, wait_id)
    if found is None:
        return False
    session = tx.lock(Session, found.session_id)
    wait = queues.wait_with_id(tx.session, wait_id)
    if wait is None or not queue_rules.seat_offer_lapsed(wait, now):
        return False
    registration = wait.registration
    letter = emails.seat_lapsed(wait, session)
    leave_queues(tx, Chosen({session.id: session}, frozenset(), {session.id: wait}), [session.id])
    write_to(tx, registration, letter, now=now)
    serve_seats(tx, session, now=now)
    return True


def serve_session(tx: Transaction, session_id: int, *, now: datetime) -> int:
    """Serve a session's waiting list, for whatever is free in it; return how many were served."""
    return serve_seats(tx, tx.lock(Session, session_id), now=now)


def move_waits(tx: Transaction, merged: Chosen, kept: Registration, kept_chosen: Chosen) -> None:
    """Let a registration keep the places in queues of another that ends, where it neither waits nor has a seat."""
    taken = queues.all_chosen(tx.session, kept.id)
    present = [kept_chosen.sessions[each] for each in kept_chosen.waits]
    for session_id, wait in sorted(merged.waits.items()):
        session = merged.sessions[session_id]
        if session_id in taken or queue_rules.clashing(session, present):
            leave_queues(tx, merged, [session_id])
        else:
            wait.registration_id = kept.id
            present.append(session)
    tx.session.flush()


def write_to(tx: Transaction, registration: Registration, letter: LetterDraft, *, now: datetime) -> None:
    """Write to somebody who has an address of their own."""
    if emails.is_written_to(registration):
        write_letter(tx, letter, now=now)
