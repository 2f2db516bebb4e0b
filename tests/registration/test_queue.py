"""The waiting list: its order, its offers, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from forum.core.db import Transaction
from forum.core.email import Email
from forum.messages.models import Letter
from forum.registration import actions, queries, rules
from forum.registration.actions import RegistrationChange
from forum.registration.models import Category, Registration
from forum.registration.rules import Unit
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration, a_venue, an_edition
from tests.inspection import InspectingClient
from tests.registration.test_actions import a_request, details, letters

DAY = timedelta(days=1)


def a_full_category(tx: Transaction, places: int = 1, **values: object) -> tuple[Category, list[Registration]]:
    """A category in which everybody who has a place is confirmed."""
    category = a_category(tx, places=places, **values)
    return category, [a_registration(tx, category=category) for _ in range(places)]


def waits(tx: Transaction, category: Category, who: tuple[str, str, str], now: datetime) -> Registration:
    """Somebody who registers while all is taken."""
    made = actions.register(tx, a_request(tx, category=category, details=details(who)), now=now)
    assert made.state == "waiting"
    return made


def states(read: Read) -> dict[str, str]:
    """Who is in which state, by e-mail address."""
    with read() as session:
        return {each.person.email: each.state for each in session.scalars(select(Registration))}


def counts(read: Read) -> tuple[int, int]:
    """How many places are taken and how many wait, as the only category says."""
    with read() as session:
        category = session.scalars(select(Category)).one()
        return category.taken, category.waiting


def test_who_comes_when_all_is_taken_waits_in_order(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, _ = a_full_category(tx)
        first, second = waits(tx, category, cast.ZOE, now), waits(tx, category, cast.OMAR, now)
        assert [queries.place_in_queue(tx.session, each) for each in (first, second)] == [1, 2]
    assert (letters(read), counts(read)) == (["registration-waiting"] * 2, (1, 2))


def test_a_place_given_back_is_offered_at_once_and_taken_in_one_tap(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        first = waits(tx, category, cast.ZOE, now)
        waits(tx, category, cast.OMAR, now)
        actions.cancel(tx, held.id, now=now)
        assert (first.state, first.offered_until) == ("offered", now + timedelta(hours=48))
    assert counts(read) == (1, 1)
    for _ in range(2):
        with write() as tx:
            assert actions.accept_offer(tx, first.id, now=now).is_confirmed
    told = ["waiting", "waiting", "cancelled", "offer", "confirmed"]
    assert letters(read) == [f"registration-{kind}" for kind in told]
    assert states(read)["omar.f@example.org"] == "waiting"


@pytest.mark.parametrize("how", ["decline", "lapse", "leave", "organiser"])
def test_an_offer_that_is_not_taken_goes_to_the_next(
    write: Write, read: Read, now: datetime, how: str, clock: Clock, run_jobs: Callable[[], int], outbox: list[Email]
) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        first, _next = waits(tx, category, cast.ZOE, now), waits(tx, category, cast.OMAR, now)
        actions.cancel(tx, held.id, now=now)
    if how == "lapse":
        clock.moves(hours=48)
        run_jobs()
        assert [each.subject for each in outbox if each.to == cast.ZOE[2]][-1].startswith("La place réservée")
    for _ in range(2):  # the second tap changes nothing
        with write() as tx:
            if how == "decline":
                actions.decline_offer(tx, first.id, now=now)
            elif how == "leave":
                actions.cancel(tx, first.id, now=now)
            elif how == "organiser":
                actions.cancel(tx, first.id, now=now, at_desk=True)
    assert (states(read)[cast.ZOE[2]], states(read)[cast.OMAR[2]], counts(read)) == ("cancelled", "offered", (1, 0))
    with write() as tx, pytest.raises(rules.OfferOver):
        actions.accept_offer(tx, first.id, now=now)


def test_an_offer_holds_its_place_until_it_lapses_and_each_letter_is_written_once(
    write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int], outbox: list[Email]
) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        waits(tx, category, cast.ZOE, clock())
        actions.cancel(tx, held.id, now=clock())
    clock.moves(hours=47, minutes=59)
    run_jobs()
    assert states(read)[cast.ZOE[2]] == "offered"
    clock.moves(minutes=1)
    run_jobs()
    run_jobs()
    assert (states(read)[cast.ZOE[2]], counts(read)) == ("cancelled", (0, 0))
    with read() as session:
        kinds = list(session.scalars(select(Letter.kind).where(Letter.to_email == cast.ZOE[2])))
    assert sorted(kinds) == ["registration-lapsed", "registration-offer", "registration-waiting"]


def test_more_places_are_offered_to_those_who_wait(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, _ = a_full_category(tx)
        for who in (cast.ZOE, cast.OMAR, cast.ELENI):
            waits(tx, category, who, now)
        category.places = 3
        actions.serve_category(tx, category.id, now=now)
    assert [states(read)[who[2]] for who in (cast.ZOE, cast.OMAR, cast.ELENI)] == ["offered", "offered", "waiting"]


def test_moving_to_another_category_serves_the_queue_one_leaves(write: Write, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        other = a_category(tx, slug="pro")
        waiting = waits(tx, category, cast.ZOE, now)
        actions.change(tx, held.id, RegistrationChange(category_id=other.id), now=now)
        assert (waiting.state, category.taken, category.waiting) == ("offered", 1, 0)


def test_who_waits_can_move_to_a_category_with_places(write: Write, now: datetime) -> None:
    with write() as tx:
        category, _ = a_full_category(tx)
        waiting = waits(tx, category, cast.ZOE, now)
        moved = actions.change(tx, waiting.id, RegistrationChange(category_id=a_category(tx, slug="pro").id), now=now)
        assert (moved.state, moved.category.slug, category.waiting) == ("confirmed", "pro", 0)


def test_nobody_who_comes_later_overtakes(write: Write, now: datetime) -> None:
    """Not even when a place is free: it is somebody's who waits."""
    with write() as tx:
        category, _ = a_full_category(tx)
        waits(tx, category, cast.ZOE, now)
        category.places = 2  # free, and not served yet
        late = actions.register(tx, a_request(tx, category=category, details=details(cast.OMAR)), now=now)
        first = tx.session.scalars(select(Registration).where(Registration.queue_number.is_(None))).all()
        assert late.state == "waiting"
        assert "offered" in {each.state for each in first}
        with pytest.raises(rules.SoldOut):
            actions.change(
                tx,
                a_registration(tx, category=a_category(tx, slug="pro")).id,
                RegistrationChange(category_id=category.id),
                now=now,
            )


def test_who_comes_back_when_all_is_taken_waits_at_the_end(write: Write, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        first = waits(tx, category, cast.ZOE, now)
        actions.cancel(tx, held.id, now=now)
        actions.accept_offer(tx, first.id, now=now)
        waits(tx, category, cast.OMAR, now)
        back = actions.come_back(tx, held.id, now=now)
        assert (back.state, queries.place_in_queue(tx.session, back)) == ("waiting", 2)
        actions.cancel(tx, back.id, now=now)
        assert category.waiting == 1


def test_a_freed_place_that_costs_is_offered_then_kept_until_paid(write: Write, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx, price=Decimal("5.00"))
        first = waits(tx, category, cast.ZOE, now)
        actions.cancel(tx, held.id, now=now)
        assert actions.accept_offer(tx, first.id, now=now).state == "unpaid"
        second = waits(tx, category, cast.OMAR, now)
        actions.release_unpaid(tx, first.id, now=now)
        assert (first.state, second.state, category.taken) == ("cancelled", "offered", 1)


def test_on_the_last_day_a_place_is_given_without_asking(write: Write, read: Read) -> None:
    on_the_eve = cast.OPENING - timedelta(hours=20)
    with write() as tx:
        category, (held,) = a_full_category(tx)
        first = waits(tx, category, cast.ZOE, on_the_eve)
        actions.cancel(tx, held.id, now=on_the_eve)
        assert (first.state, first.offered_until) == ("confirmed", None)
    assert "registration-promoted" in letters(read)


def test_when_all_is_over_nobody_is_asked_any_more(write: Write) -> None:
    after = cast.OPENING + timedelta(days=3)
    with write() as tx:
        category, (held,) = a_full_category(tx)
        first = waits(tx, category, cast.ZOE, cast.NOW)
        actions.cancel(tx, held.id, now=after, at_desk=True)
        assert first.state == "waiting"


@pytest.mark.parametrize(
    ("before_opening", "lasts"),
    [
        (timedelta(days=40), timedelta(hours=48)),
        (timedelta(days=6), timedelta(hours=24)),
        (timedelta(days=3), timedelta(hours=12)),
        (timedelta(hours=23), None),
        (timedelta(hours=-1), None),
    ],
)
def test_offers_get_shorter_as_the_day_nears(write: Write, before_opening: timedelta, lasts: timedelta | None) -> None:
    with write() as tx:
        edition = an_edition(tx)
        asked = rules.opening(edition) + timedelta(hours=3) - before_opening  # in the morning, so that no night counts
        ends = rules.offer_ends(edition, asked)
        left = rules.opening(edition) - asked
        if lasts is None or left < DAY:
            assert ends is None
        else:
            assert ends is not None
            assert timedelta(hours=2) <= ends - asked <= timedelta(hours=edition.offer_hours + 11)


def test_no_offer_ends_in_the_night_or_past_the_opening(write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx, offer_hours=6)
        at_six_in_the_evening = datetime(2027, 2, 1, 17, 0, tzinfo=UTC)
        assert edition.local(rules.offer_ends(edition, at_six_in_the_evening) or cast.NOW).hour == 9
        opening = rules.opening(edition)
        for hours in range(24, 400):
            asked = opening - timedelta(hours=hours)
            ends = rules.offer_ends(edition, asked)
            assert ends is not None
            assert asked + timedelta(hours=2) <= ends <= opening


units = some.lists(some.integers(1, 6), max_size=12).map(
    lambda sizes: [Unit(tuple(range(10 * n, 10 * n + size))) for n, size in enumerate(sizes)]
)


@settings(deadline=None)  # a busy machine is no fault
@given(units, some.integers(0, 20), some.booleans())
def test_the_queue_is_served_in_order_and_never_oversold(queue: list[Unit], free: int, may_pass: bool) -> None:
    chosen = rules.served(queue, free, may_pass=may_pass, most=1000)
    given_away = sum(len(unit.registration_ids) for unit in chosen)
    assert given_away <= free
    if not may_pass:
        assert chosen == queue[: len(chosen)]  # nobody passes anybody
    left = [unit for unit in queue if unit not in chosen]
    waiting_and_fitting = left[:1] if not may_pass else left
    assert all(len(unit.registration_ids) > free - given_away for unit in waiting_and_fitting)


def test_an_organiser_promotes_out_of_order_with_a_reason(write: Write, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        waits(tx, category, cast.ZOE, now)
        late = waits(tx, category, cast.OMAR, now)
        with pytest.raises(rules.NoPlaceFree):
            actions.promote(tx, late.id, reason="invited", by="Odile", beyond=False, now=now)
        with pytest.raises(rules.CapacityUnknown):
            actions.promote(tx, late.id, reason="invited", by="Odile", beyond=True, now=now)
        a_venue(tx, safe_capacity=2)
        actions.promote(tx, late.id, reason="invited", by="Odile", beyond=True, now=now)
        assert (late.state, late.queue_note, category.places, category.taken) == ("confirmed", "Odile : invited", 2, 2)
        with pytest.raises(rules.NotWaiting):
            actions.promote(tx, late.id, reason="again", by="Odile", beyond=True, now=now)
        third = waits(tx, category, cast.ELENI, now)
        with pytest.raises(rules.BeyondSafeCapacity):
            actions.promote(tx, third.id, reason="too many", by="Odile", beyond=True, now=now)
        actions.cancel(tx, held.id, now=now)


def test_the_own_page_says_the_place_in_the_queue_and_takes_the_offer(
    client: InspectingClient, write: Write, now: datetime
) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        waits(tx, category, cast.OMAR, now)
        made = waits(tx, category, cast.ZOE, now)
        actions.cancel(
            tx, tx.session.scalars(select(Registration).where(Registration.queue_number == 1)).one().id, now=now
        )
    here = f"/r/{made.token}"
    page = client.page(here)
    assert "Vous êtes sur la liste d’attente" in page.h1.get_text()  # type: ignore[union-attr]
    assert page.one(".own__number").get_text() == "1"
    with write() as tx:
        actions.cancel(tx, held.id, now=now)
    assert client.get(f"{here}/badge.pdf").status_code == 410
    before = client.page(here)
    assert before.select_one(f"form[action='{here}/decline']") is not None
    assert client.submit(here, {}, form=f"form[action='{here}/accept']").location == f"{here}?new=1"
    assert client.page(f"{here}?new=1").select_one(".ticket") is not None


def test_opening_a_link_changes_nothing(client: InspectingClient, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, (held,) = a_full_category(tx)
        made = waits(tx, category, cast.ZOE, now)
        actions.cancel(tx, held.id, now=now)
    for path in ("", "/cancel", "/change"):
        client.page(f"/r/{made.token}{path}")
    assert (
        client.get(f"/r/{made.token}/accept").status_code == client.get(f"/r/{made.token}/decline").status_code == 405
    )
    assert states(read)[cast.ZOE[2]] == "offered"


def test_a_form_sent_while_full_leads_to_the_queue(client: InspectingClient, write: Write, now: datetime) -> None:
    with write() as tx:
        category, _ = a_full_category(tx)
        request = a_request(tx, category=category)
    with write() as tx:
        first = actions.register(tx, request, now=now)
    with write() as tx:
        again = actions.register(tx, replace(request, details=details(cast.ZOE)), now=now)
        assert (again.id, again.state) == (first.id, "waiting")
        assert tx.session.get_one(Category, category.id).waiting == 1
