"""Waiting for a seat in a session that is full: the order, what comes free, and who has another seat at that hour."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from forum.core.db import Transaction, transaction
from forum.core.email import Email
from forum.core.refusals import Refusal
from forum.messages.models import Letter
from forum.operations.check import doubts
from forum.privacy.actions import erase
from forum.programme.actions.sessions import change_session
from forum.programme.models import Session
from forum.registration import actions, rules
from forum.registration.actions import Merge, RegistrationChange
from forum.registration.models import Registration, Seat, SeatWait
from forum.registration.queries import seat_queue
from forum.registration.rules.seat_queue import SeatOfferOver, seat_offer_ends
from tests import cast
from tests.clock import Clock
from tests.conftest import DATABASE, Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_category, a_registration, a_seat
from tests.inspection import InspectingClient, words
from tests.registration.conftest import Statements
from tests.registration.test_actions import a_request, a_workshop, details, letters
from tests.registration.test_public_views import FILLED, FORM
from tests.registration.test_rush import begun_unguarded


def a_full_workshop(tx: Transaction, seats: int = 1, **values: Any) -> tuple[Session, list[Registration]]:
    """A workshop whose seats are all taken, and who has them."""
    workshop = a_workshop(tx, seats=seats, **values)
    holders = [a_registration(tx) for _ in range(seats)]
    for holder in holders:
        a_seat(tx, holder, workshop)
    return workshop, holders


def waits(tx: Transaction, workshop: Session, now: datetime, *held: Session) -> Registration:
    """Somebody who registers, with seats of theirs, and waits for one more."""
    request = a_request(tx, session_ids=tuple(each.id for each in held), waiting_ids=(workshop.id,))
    return actions.register(tx, request, now=now)


def holders_of(read: Read, workshop: Session) -> list[int]:
    """Who has a seat in a session; the count beside it is the same, with those that are kept."""
    with read() as session:
        found = list(session.scalars(select(Seat.registration_id).where(Seat.session_id == workshop.id)))
        asked = session.scalars(
            select(SeatWait.id).where(SeatWait.session_id == workshop.id, SeatWait.offered_until.is_not(None))
        )
        assert session.get_one(Session, workshop.id).seats_taken == len(found) + len(asked.all())
        return sorted(found)


def in_line(read: Read, workshop: Session) -> list[int]:
    """Who waits for a session and was not asked, in their order."""
    with read() as session:
        return [wait.registration_id for wait in seat_queue.seat_queue(session, workshop.id)]


def a_bigger_room(tx: Transaction, workshop: Session, now: datetime) -> None:
    from forum.programme.actions.sessions import SessionDetails

    wanted = SessionDetails(
        title=workshop.title, abstract="", kind="workshop", language="fr", minutes=45, seats=(workshop.seats or 0) + 1
    )
    change_session(tx, workshop.id, wanted, now=now)


def moves_away(tx: Transaction, holder: Registration, now: datetime) -> None:
    other = a_workshop(tx, hours=0.1)
    actions.change(tx, holder.id, RegistrationChange(session_ids=(other.id,)), now=now)


FREED: dict[str, Callable[[Transaction, Session, Registration, datetime], object]] = {
    "given back": lambda tx, workshop, holder, now: actions.give_seat_back(tx, holder.id, workshop.id, now=now),
    "cancelled": lambda tx, workshop, holder, now: actions.cancel(tx, holder.id, now=now),
    "moved": lambda tx, workshop, holder, now: moves_away(tx, holder, now),
    "erased": lambda tx, workshop, holder, now: erase(tx, holder.person_id, now=now),
    "a bigger room": lambda tx, workshop, holder, now: a_bigger_room(tx, workshop, now),
}


@pytest.mark.parametrize("way", FREED)
def test_a_seat_that_comes_free_is_at_once_the_next_ones_who_is_written_to(
    write: Write, read: Read, now: datetime, way: str
) -> None:
    with write() as tx:
        workshop, (holder,) = a_full_workshop(tx)
        first, second = waits(tx, workshop, now), waits(tx, workshop, now)
        with pytest.raises(rules.SessionFull):
            actions.change(tx, second.id, RegistrationChange(session_ids=(workshop.id,)), now=now)
    with write() as tx:
        FREED[way](tx, workshop, tx.session.get_one(Registration, holder.id), now)
    assert (first.id in holders_of(read, workshop), in_line(read, workshop)) == (True, [second.id])
    with read() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == "registration-seat-given")).one()
        assert (letter.to_email, f"/r/{first.token}" in letter.text, workshop.title in letter.subject) == (
            "ada@example.org",
            True,
            True,
        )
        assert [each for each in doubts(session, now=now) if "badge" not in each] == []


def test_who_has_another_seat_at_that_hour_is_asked_and_keeps_one_of_the_two(
    write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        workshop, (holder,) = a_full_workshop(tx)
        other, _holders = a_workshop(tx, hours=0.2, seats=1, title="Visite"), None
        asked, next_one = waits(tx, workshop, now, other), waits(tx, workshop, now)
        after_other = waits(tx, other, now)
        actions.give_seat_back(tx, holder.id, workshop.id, now=now)
    assert (holders_of(read, workshop), in_line(read, workshop)) == ([], [next_one.id])  # kept for who is asked
    for _twice in range(2):
        with write() as tx:
            actions.take_offered_seat(tx, asked.id, workshop.id, now=now)
    assert (holders_of(read, workshop), holders_of(read, other)) == ([asked.id], [after_other.id])
    with write() as tx, pytest.raises(SeatOfferOver):
        actions.take_offered_seat(tx, next_one.id, workshop.id, now=now)


@pytest.mark.parametrize("end", ["kept the other", "lapsed"])
def test_a_seat_that_is_not_taken_goes_to_the_next(
    write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int], outbox: list[Email], end: str
) -> None:
    with write() as tx:
        workshop, (holder,) = a_full_workshop(tx)
        other = a_workshop(tx, hours=0.2, title="Visite")
        asked, next_one = waits(tx, workshop, clock(), other), waits(tx, workshop, clock())
        actions.give_seat_back(tx, holder.id, workshop.id, now=clock())
    if end == "lapsed":
        clock.moves(hours=49)
        run_jobs()
        assert "La place est passée à la personne suivante" in [email.subject for email in outbox][-2].replace(
            "\xa0", " "
        )
    else:
        with write() as tx:
            actions.leave_seat_queue(tx, asked.id, workshop.id, now=clock())
    assert (holders_of(read, workshop), holders_of(read, other), in_line(read, workshop)) == (
        [next_one.id],
        [asked.id],
        [],
    )


def test_giving_the_other_seat_back_settles_the_question(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        workshop, (holder,) = a_full_workshop(tx)
        other = a_workshop(tx, hours=0.2)
        asked = waits(tx, workshop, now, other)
        actions.give_seat_back(tx, holder.id, workshop.id, now=now)
        actions.give_seat_back(tx, asked.id, other.id, now=now)
    assert (holders_of(read, workshop), holders_of(read, other)) == ([asked.id], [])


def test_in_the_last_two_hours_nobody_is_asked_and_from_the_beginning_the_door_gives_chairs(
    write: Write, read: Read, clock: Clock
) -> None:
    with write() as tx:
        workshop, (first, second) = a_full_workshop(tx, seats=2)
        busy = waits(tx, workshop, clock(), a_workshop(tx, hours=0.2))
        free, late = waits(tx, workshop, clock()), waits(tx, workshop, clock())
        assert seat_offer_ends(workshop, workshop.edition, cast.OPENING - timedelta(hours=2)) == cast.OPENING
    clock.moves_to(cast.OPENING - timedelta(hours=1))
    with write() as tx:
        actions.give_seat_back(tx, first.id, workshop.id, now=clock())
    assert (holders_of(read, workshop), in_line(read, workshop)) == (sorted([second.id, free.id]), [busy.id, late.id])
    clock.moves_to(cast.OPENING)
    with write() as tx:
        actions.give_seat_back(tx, second.id, workshop.id, now=clock())
    assert holders_of(read, workshop) == [free.id]


def test_one_waits_for_one_session_an_hour_and_only_for_what_has_seats(write: Write, now: datetime) -> None:
    with write() as tx:
        workshop, _ = a_full_workshop(tx)
        same_hour, _ = a_full_workshop(tx, hours=0.2)
        open_to_all = a_workshop(tx, hours=3, seats=None)
        somebody = waits(tx, workshop, now)
        for others, refusal in (
            ((workshop.id, same_hour.id), rules.SessionsClash),
            ((open_to_all.id,), rules.NotOffered),
        ):
            with pytest.raises(refusal):
                actions.change(tx, somebody.id, RegistrationChange(waiting_ids=others), now=now)


def test_who_waits_where_a_seat_is_free_after_all_has_it(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        workshop = a_workshop(tx)
        made = waits(tx, workshop, now)
    assert (holders_of(read, workshop), in_line(read, workshop)) == ([made.id], [])


def test_a_place_given_on_or_merged_takes_its_waiting_along_and_a_cancelled_one_waits_no_more(
    write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        workshop, _ = a_full_workshop(tx)
        given_on, cancelled, twice = (waits(tx, workshop, now) for _ in range(3))
        receiver = actions.hand_over(tx, given_on.id, details(cast.ZOE), now=now)
        actions.cancel(tx, cancelled.id, now=now)
        kept = a_registration(tx)
        actions.merge(tx, Merge(kept.id, twice.id, details()), now=now)
    assert in_line(read, workshop) == [receiver.id, kept.id]


def test_a_full_session_is_waited_for_on_the_form_and_left_again_on_the_own_page(
    client: InspectingClient, client_for: Callable[[str], InspectingClient], write: Write, read: Read
) -> None:
    with write() as tx:
        category_id = a_category(tx).id
        workshop, _ = a_full_workshop(tx, title="Atelier LoRa")
        waits(tx, workshop, cast.NOW)
    form = client.page(FORM).select_one(f"#session-{workshop.id}")
    assert form is not None
    assert form["name"] == "waiting_ids"
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "waiting_ids": [workshop.id]})
    own = sent.location.partition("?")[0]
    line = words(client.page(own).select_one(".in-line"))
    assert line.startswith("2 rang dans la file Atelier LoRa")
    calendar = client.get(f"{own}/calendar.ics").get_data(as_text=True)
    assert "STATUS:TENTATIVE" in calendar
    data = json.loads(client.get(f"{own}/data.json").get_data(as_text=True))
    assert [(each["title"], each["place_in_queue"]) for each in data["waiting_lists"]] == [("Atelier LoRa", 2)]
    with read() as session:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert letter is not None
        assert "Vous attendez une place" in letter.text
    organisers = words(client_for("organiser").page("/organise/lens-2027/waiting-list").select_one("main"))
    assert "Atelier LoRa" in organisers
    assert "Ada Lovelace" in organisers
    changed = client.submit(f"{own}/change", {"waiting_ids": None})
    assert changed.status_code == 303
    assert not client.page(own).select(".in-line")
    client.submit(f"{own}/change", {"waiting_ids": [workshop.id]})
    client.submit(own, {}, form=f'form[action$="/sessions/{workshop.key}/leave"]')
    assert len(in_line(read, workshop)) == 1


def test_the_own_page_asks_which_seat_is_kept(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        workshop, (holder,) = a_full_workshop(tx, title="Atelier LoRa")
        other = a_workshop(tx, hours=0.2, title="Visite")
        asked = waits(tx, workshop, cast.NOW, other)
        actions.give_seat_back(tx, holder.id, workshop.id, now=cast.NOW)
    own = f"/r/{asked.token}"
    question = words(client.page(own).select_one(".notice"))
    assert "« Visite »" in question.replace("\xa0", " ")
    answer = client.submit(own, {}, form=f'form[action$="/sessions/{workshop.key}/take"]')
    assert answer.status_code == 303
    assert holders_of(read, workshop) == [asked.id]


def test_the_organisers_page_asks_as_much_for_thirty_as_for_one(
    client_for: Callable[[str], InspectingClient], write: Write, statements: Statements
) -> None:
    client = client_for("organiser")
    asked = []
    for number in (1, 29):
        with write() as tx:
            workshop, _ = a_full_workshop(tx, hours=number)
            for _ in range(number):
                tx.add(SeatWait(registration_id=a_registration(tx).id, session_id=workshop.id, since=cast.NOW))
        with statements() as seen:
            client.page("/organise/lens-2027/waiting-list")
        asked.append(len(seen))
    assert asked[0] == asked[1]


# --- rushes


@pytest.mark.rush
def test_seats_given_back_in_a_rush_go_to_the_first_who_waited_and_never_to_a_newcomer(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        workshop, holders = a_full_workshop(tx, seats=6)
        line = [waits(tx, workshop, now).id for _ in range(10)]
        newcomer = a_request(tx, session_ids=(workshop.id,))
    told: Counter[str] = Counter()

    def gives_back(holder: Registration) -> Callable[[Transaction], object]:
        return lambda tx: actions.give_seat_back(tx, holder.id, workshop.id, now=now)

    steps: list[Callable[[Transaction], object]] = []
    for holder in holders:
        steps += [gives_back(holder), lambda tx: actions.register(tx, a_request(tx, **vars_of(newcomer)), now=now)]
    turns = iter(steps)

    def knock() -> None:
        step = next(turns)
        try:
            with app.app_context(), transaction() as tx:
                step(tx)
            told["done"] += 1
        except Refusal as refusal:
            told[refusal.code] += 1

    in_threads(len(steps), knock)
    assert told == {"done": 6, "session-full": 6}
    assert (holders_of(read, workshop), in_line(read, workshop)) == (line[:6], line[6:])
    assert letters(read).count("registration-seat-given") == 6


def vars_of(request: Any) -> dict[str, Any]:
    return {"session_ids": request.session_ids}


@pytest.mark.rush
def test_without_the_lock_two_seats_that_come_free_go_to_one_person_or_break(
    app: Flask, write: Write, read: Read, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that the session's lock stops: both see the same person as the next."""
    with write() as tx:
        workshop, holders = a_full_workshop(tx, seats=2)
        for _ in range(2):
            waits(tx, workshop, now)
    together = threading.Barrier(2)
    read_queue = seat_queue.seat_queue

    def read_together(session: Any, session_id: int) -> Any:
        found = read_queue(session, session_id)
        together.wait(10)
        return found

    def plain_read(self: Transaction, model: Any, row_id: int) -> Any:
        return self.session.get_one(model, row_id, populate_existing=True)

    monkeypatch.setattr(seat_queue, "seat_queue", read_together)
    monkeypatch.setattr(Transaction, "lock", plain_read)
    outcomes: list[str] = []
    turns = iter(holders)

    def knock() -> None:
        holder = next(turns)
        with app.app_context():
            tx = begun_unguarded()
            try:
                actions.give_seat_back(tx, holder.id, workshop.id, now=now)
                tx.session.commit()
                outcomes.append("given on")
            except (OperationalError, IntegrityError, StaleDataError, threading.BrokenBarrierError) as error:
                together.abort()
                outcomes.append(type(error).__name__)

    in_threads(2, knock)
    assert outcomes.count("given on") < 2, DATABASE
