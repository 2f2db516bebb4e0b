"""Paying by card, with the provider's stand-in: what it signs counts, once, to the cent."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.payments import actions
from forum.payments.models import CardPayment, Invoice, Order, Payment
from forum.registration.models import Category, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_registration
from tests.inspection import InspectingClient
from tests.payments.shop import PRICE, a_priced_category, an_order, received
from tests.payments.stand_in import StandIn, event, signed


def an_own_page(write: Write, now: datetime, **values: Any) -> str:
    """Return the own page of somebody who owes the price of a place."""
    with write() as tx:
        registration = an_order(tx, now=now, **values).lines[0].registration
        assert registration is not None
        return f"/r/{registration.token}"


def told(client: InspectingClient, news: dict[str, Any], **options: Any) -> tuple[int, str]:
    """Let the provider tell something; return our answer."""
    body, headers = signed(news, **options)
    answer = client.post("/payments/stripe", data=body, headers=headers)
    return answer.status_code, answer.get_data(as_text=True).strip()


def pay(client: InspectingClient, own: str) -> str:
    """Press the button; return the provider's name of its page."""
    answer = client.submit(own, {}, form="form[action$='/pay-by-card']")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).rpartition("/")[2]


def found(read: Read) -> dict[str, Any]:
    """Return what is in the tables."""
    with read() as session:
        order = session.scalars(select(Order)).one()
        return {
            "order": order.state,
            "received": order.received,
            "registrations": list(session.scalars(select(Registration.state).order_by(Registration.id))),
            "payments": list(session.scalars(select(Payment.amount).order_by(Payment.id))),
            "cards": list(session.scalars(select(CardPayment.state).order_by(CardPayment.id))),
            "invoices": list(session.scalars(select(Invoice.number).order_by(Invoice.id))),
        }


PAID = {
    "order": "paid",
    "received": PRICE,
    "registrations": ["confirmed"],
    "payments": [PRICE],
    "cards": ["paid"],
    "invoices": ["F-LENS-2027-0001"],
}


def test_the_button_leads_to_the_providers_page_and_its_word_admits(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    own = an_own_page(write, now)
    page = client.get(own)
    assert f"form-action 'self' {stripe.address};" in page.headers["Content-Security-Policy"]
    key = pay(client, own)
    assert (stripe.pages[key]["amount_total"], stripe.pages[key]["currency"]) == (6000, "eur")
    assert found(read)["order"] == "open"
    assert told(client, stripe.pay(key)) == (200, "paid")
    assert found(read) == PAID


def test_the_same_page_again_for_a_double_click_or_a_way_back(
    client: InspectingClient, write: Write, now: datetime, stripe: StandIn
) -> None:
    own = an_own_page(write, now)
    assert pay(client, own) == pay(client, own) == "cs_test_1"
    assert stripe.asked == ["POST /v1/checkout/sessions"]


def test_what_is_not_signed_is_refused(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    news = stripe.pay(pay(client, an_own_page(write, now)))
    answers = [
        told(client, news, secret="whsec_guessed"),
        told(client, news, at=time.time() - 3600),
        (client.post("/payments/stripe", json=news).status_code, "without"),
        (client.post("/payments/stripe", data=b"{", headers=signed(news)[1]).status_code, "changed"),
    ]
    assert [status for status, _words in answers] == [400, 400, 400, 400]
    assert found(read)["order"] == "open"


def test_where_no_cards_are_taken_there_is_no_such_address(client: InspectingClient, write: Write) -> None:
    assert client.post("/payments/stripe", data=b"{}").status_code == 404


@pytest.mark.parametrize("changes", [{"amount_total": 5999}, {"currency": "usd"}, {"payment_status": "unpaid"}])
def test_another_amount_or_currency_or_no_money_admits_nobody(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn, changes: dict[str, Any]
) -> None:
    key = pay(client, an_own_page(write, now))
    assert told(client, stripe.pay(key, **changes))[0] == 200
    assert (found(read)["order"], found(read)["registrations"]) == ("open", ["unpaid"])


def test_a_page_or_an_event_that_is_not_ours_changes_nothing(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    key = pay(client, an_own_page(write, now))
    other = stripe.pages[key] | {"id": "cs_other", "payment_status": "paid"}
    assert told(client, event("evt_1", "checkout.session.completed", other)) == (200, "not ours")
    assert told(client, event("evt_2", "customer.created", {"id": "cus_1"})) == (200, "not ours")
    assert found(read)["order"] == "open"


def test_a_provider_that_is_down_is_said_in_a_sentence_and_nothing_is_lost(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    own, stripe.is_down = an_own_page(write, now), True
    answer = client.submit(own, {}, form="form[action$='/pay-by-card']")
    assert answer.status_code == 409
    assert "Le paiement par carte n’est pas possible pour le moment" in answer.get_data(as_text=True)
    assert (found(read)["order"], found(read)["cards"]) == ("open", [])


def test_a_lost_webhook_is_asked_after_and_counts_once_when_it_comes_after_all(
    client: InspectingClient, write: Write, read: Read, clock: Clock, stripe: StandIn, run_jobs: Callable[[], int]
) -> None:
    key = pay(client, an_own_page(write, clock()))
    news = stripe.pay(key)
    clock.moves(minutes=11)
    run_jobs()
    assert found(read) == PAID
    assert told(client, news) == (200, "nothing to do")
    assert found(read) == PAID


def test_paid_by_transfer_and_by_card_the_card_gets_its_money_back(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn, run_jobs: Callable[[], int]
) -> None:
    key = pay(client, an_own_page(write, now))
    with write() as tx:
        received(tx, tx.session.scalars(select(Order)).one(), PRICE, now=now)
    assert told(client, stripe.pay(key)) == (200, "paid")
    run_jobs()
    assert found(read) == PAID | {"payments": [PRICE, PRICE, -PRICE], "cards": ["refunded"]}
    assert stripe.refunds == [{"payment_intent": f"pi_{key}", "amount": "6000"}]


def test_paid_after_it_lapsed_when_the_place_is_gone_the_card_gets_its_money_back(
    client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        category = a_priced_category(tx, places=1)
    key = pay(client, an_own_page(write, now, category=category))
    with write() as tx:
        order = tx.session.scalars(select(Order)).one()
        actions.tell(tx, order.id, now=now)
        actions.lapse(tx, order.id, now=now + timedelta(days=20))
    with write() as tx:
        a_registration(tx, cast.ZOE, category=tx.session.get_one(Category, category.id))
    assert told(client, stripe.pay(key)) == (200, "paid")
    run_jobs()
    after = found(read)
    assert (after["order"], after["registrations"]) == ("lapsed", ["cancelled", "confirmed"])
    assert (after["received"], after["payments"], after["invoices"]) == (Decimal(0), [PRICE, -PRICE], [])


def test_a_refund_that_fails_is_tried_again_and_done_once(
    client: InspectingClient, write: Write, read: Read, clock: Clock, stripe: StandIn, run_jobs: Callable[[], int]
) -> None:
    key = pay(client, an_own_page(write, clock()))
    told(client, stripe.pay(key))
    with write() as tx:
        order = tx.session.scalars(select(Order)).one()
        actions.take_off(tx, order.id, {order.lines[0].id}, reason="Annulé", now=clock())
    stripe.is_down = True
    run_jobs()
    assert (found(read)["cards"], found(read)["received"]) == (["refunding"], PRICE)
    stripe.is_down = False
    clock.moves(minutes=11)
    run_jobs()
    run_jobs()
    after = found(read)
    assert (after["cards"], after["received"], after["order"]) == (["refunded"], Decimal(0), "refunded")
    assert len(stripe.refunds) == 1


# --- races


@pytest.mark.rush
def test_the_same_webhook_ten_times_at_once_counts_once(
    app: Flask, client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    body, headers = signed(stripe.pay(pay(client, an_own_page(write, now))))
    answers: list[int] = []

    def tell() -> None:
        answers.append(app.test_client().post("/payments/stripe", data=body, headers=headers).status_code)

    in_threads(10, tell)
    assert answers == [200] * 10
    assert found(read) == PAID


@pytest.mark.rush
def test_a_webhook_while_the_order_lapses_admits_or_gives_back_but_never_half(
    app: Flask, client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    with write() as tx:
        category = a_priced_category(tx, places=1)
    body, headers = signed(stripe.pay(pay(client, an_own_page(write, now, category=category))))
    with write() as tx:
        order_id = tx.session.scalars(select(Order.id)).one()
        actions.tell(tx, order_id, now=now)
    late = now + timedelta(days=20)
    moves = iter(["lapse", "tell"])

    def move() -> None:
        if next(moves) == "tell":
            app.test_client().post("/payments/stripe", data=body, headers=headers)
        else:
            with write() as tx:
                actions.lapse(tx, order_id, now=late)

    in_threads(2, move)
    # Whoever came first: the place was still free, so the money bought it.
    assert found(read) == PAID
    with read() as session:
        assert session.get_one(Category, category.id).taken == 1


@pytest.mark.rush
def test_transfer_and_card_at_once_admit_once_and_one_of_them_goes_back(
    app: Flask, client: InspectingClient, write: Write, read: Read, now: datetime, stripe: StandIn
) -> None:
    body, headers = signed(stripe.pay(pay(client, an_own_page(write, now))))
    with read() as session:
        order = session.scalars(select(Order)).one()
    moves = iter(["card", "transfer"])

    def move() -> None:
        if next(moves) == "card":
            app.test_client().post("/payments/stripe", data=body, headers=headers)
        else:
            with write() as tx:
                received(tx, order, PRICE, now=now, key="bank:1")

    in_threads(2, move)
    after = found(read)
    assert (after["order"], after["received"], after["invoices"]) == ("paid", 2 * PRICE, ["F-LENS-2027-0001"])
    assert after["cards"] == ["refunding"]
