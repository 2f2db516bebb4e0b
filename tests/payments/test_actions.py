"""Orders from a kept place to an admitted person, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from forum.core import codes
from forum.core.db import Transaction
from forum.core.email import Email
from forum.messages.models import Letter
from forum.payments import actions, queries, rules
from forum.payments.models import Invoice, Order, OrderLine
from forum.people.actions import PersonDetails
from forum.registration import actions as registration_actions
from forum.registration.models import Category, Group, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_registration
from tests.payments.shop import PRICE, a_priced_category, an_issuer, an_order, received, register


def states(read: Read) -> dict[str, list[str]]:
    """Return the states of all orders and registrations."""
    with read() as session:
        return {
            "orders": list(session.scalars(select(Order.state).order_by(Order.id))),
            "registrations": list(session.scalars(select(Registration.state).order_by(Registration.id))),
            "taken": [str(taken) for taken in session.scalars(select(Category.taken).order_by(Category.id))],
        }


def plain(text: str) -> str:
    """Return words with plain spaces."""
    return " ".join(text.replace("\u202f", " ").split())


def test_a_place_with_a_price_makes_an_order_and_admits_nobody(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        assert (order.total, order.state, order.payer_name) == (PRICE, "open", "Ada Lovelace")
        assert order.due_at == datetime(2027, 3, 15, 23, 0, tzinfo=UTC)  # the end of the fifteenth, in Lens
    assert states(read) == {"orders": ["open"], "registrations": ["unpaid"], "taken": ["1"]}


def test_a_free_place_makes_none(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        an_issuer(tx)
        register(tx, now=now, category=a_priced_category(tx, slug="free", price=Decimal(0)))
    assert states(read) == {"orders": [], "registrations": ["confirmed"], "taken": ["1"]}


def test_the_letter_says_what_to_pay_and_the_badge_waits(
    write: Write, now: datetime, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        reference = rules.grouped_reference(order.reference)
    run_jobs()
    (letter,) = outbox
    assert plain(letter.subject) == "Votre place est gardée : 60,00 € à régler jusqu’au lundi 15 mars 2027"
    assert (reference in letter.text, "FR14 2004 1010 0505 0001 3M02 606" in letter.text) == (True, True)
    assert letter.attachments == ()


def test_nobody_is_told_to_pay_before_it_is_known_how_and_the_days_begin_then(
    write: Write, read: Read, clock: Clock, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        register(tx, now=clock())
    clock.moves(days=2)
    run_jobs()
    assert (outbox, states(read)["orders"]) == ([], ["open"])
    with write() as tx:
        an_issuer(tx)
    run_jobs()
    assert [letter.kind for letter in letters(read)] == ["payments-to-pay"]


def letters(read: Read) -> list[Letter]:
    with read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_all_the_money_admits_and_invoices_once_however_often_it_is_told(
    write: Write, read: Read, now: datetime, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
    for _time in range(3):
        with write() as tx:
            received(tx, order, PRICE, now=now, key="bank:1")
    run_jobs()
    assert states(read) == {"orders": ["paid"], "registrations": ["confirmed"], "taken": ["1"]}
    with read() as session:
        assert session.scalars(select(Invoice.number)).all() == ["F-LENS-2027-0001"]
    by_kind = {plain(letter.subject): [file.name for file in letter.attachments] for letter in outbox}
    assert by_kind["Réglé : votre facture pour Forum Lens"] == ["F-LENS-2027-0001.pdf"]


def test_too_little_admits_nobody_and_the_rest_does(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), Decimal("59.99"), now=now)
        assert (order.state, order.missing) == ("open", Decimal("0.01"))
    assert states(read)["registrations"] == ["unpaid"]
    with write() as tx:
        received(tx, order, Decimal("0.01"), now=now)
    assert states(read)["registrations"] == ["confirmed"]


def test_too_much_is_to_be_given_back(write: Write, now: datetime) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), Decimal("75.50"), now=now)
        assert (order.state, order.to_give_back) == ("paid", Decimal("15.50"))
        with pytest.raises(rules.TooMuchBack):
            actions.give_back(tx, order.id, amount=Decimal("15.51"), note="", account_id=None, now=now)
        actions.give_back(tx, order.id, amount=Decimal("15.50"), note="", account_id=None, now=now)
        assert (order.state, order.to_give_back, order.received) == ("paid", Decimal(0), PRICE)


def test_an_order_is_reminded_of_once_then_lapses_and_frees_its_place(
    write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        an_order(tx, now=clock())
    run_jobs()
    clock.moves(days=12)
    run_jobs()
    run_jobs()
    assert [letter.kind for letter in letters(read)] == ["payments-to-pay", "payments-reminder"]
    clock.moves(days=3)
    run_jobs()
    assert states(read) == {"orders": ["lapsed"], "registrations": ["cancelled"], "taken": ["0"]}
    assert letters(read)[-1].kind == "registration-released"


def test_money_that_comes_late_takes_the_place_again_if_there_is_one(write: Write, read: Read, now: datetime) -> None:
    late = now + timedelta(days=15)
    with write() as tx:
        order = an_order(tx, now=now)
        actions.tell(tx, order.id, now=now)
    with write() as tx:
        assert actions.lapse(tx, order.id, now=late)
    with write() as tx:
        received(tx, order, PRICE, now=late)
    assert states(read) == {"orders": ["paid"], "registrations": ["confirmed"], "taken": ["1"]}


def test_money_that_comes_when_the_place_is_somebody_elses_goes_back(write: Write, read: Read, now: datetime) -> None:
    late = now + timedelta(days=15)
    with write() as tx:
        category = a_priced_category(tx, places=1)
        order = an_order(tx, now=now, category=category)
        actions.tell(tx, order.id, now=now)
    with write() as tx:
        actions.lapse(tx, order.id, now=late)
    with write() as tx:
        a_registration(tx, cast.ZOE, category=tx.session.get_one(Category, category.id))
    with write() as tx:
        order = received(tx, order, PRICE, now=late)
        assert (order.state, order.to_give_back) == ("lapsed", PRICE)
    assert states(read) == {"orders": ["lapsed"], "registrations": ["cancelled", "confirmed"], "taken": ["1"]}
    assert letters(read)[-1].kind == "payments-too-late"


def test_who_gives_the_place_back_before_paying_owes_nothing(
    write: Write, read: Read, now: datetime, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        registration = order.lines[0].registration
        assert registration is not None
        registration_actions.release_unpaid(tx, registration.id, now=now)
    run_jobs()
    with read() as session:
        ended = session.get_one(Order, order.id)
        assert (ended.state, ended.living_lines, ended.to_give_back) == ("lapsed", [], Decimal(0))


def test_an_organiser_writes_down_what_came_otherwise_with_a_note(write: Write, now: datetime) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        actions.mark_paid(tx, order.id, note="Chèque", account_id=None, now=now)
        assert (order.state, [(each.method, each.note) for each in order.payments]) == ("paid", [("manual", "Chèque")])
        with pytest.raises(rules.NothingMissing):
            actions.mark_paid(tx, order.id, note="Encore", account_id=None, now=now)


def test_cancelling_a_paid_place_issues_a_credit_note_and_owes_the_money(
    write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), PRICE, now=now)
        order = actions.take_off(tx, order.id, {order.lines[0].id}, reason="Maladie", now=now)
        assert (order.state, order.to_give_back) == ("refunded", PRICE)
        papers = [(each.number, each.kind, each.total) for each in order.invoices]
        assert papers == [("F-LENS-2027-0001", "invoice", PRICE), ("A-LENS-2027-0001", "credit-note", PRICE)]
        assert order.invoices[1].snapshot["corrects"]["number"] == "F-LENS-2027-0001"
    assert states(read) == {"orders": ["refunded"], "registrations": ["cancelled"], "taken": ["0"]}


def test_a_public_body_gets_its_invoice_first_and_a_credit_note_if_it_never_pays(write: Write, now: datetime) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        actions.tell(tx, order.id, now=now)
        invoice = actions.invoice_early(tx, order.id, now=now)
        assert (invoice.snapshot["paid_on"], invoice.snapshot["due_on"]) == (None, "2027-03-15")
        with pytest.raises(rules.InvoiceStands):
            actions.invoice_early(tx, order.id, now=now)
        actions.lapse(tx, order.id, now=now + timedelta(days=15))
        assert [each.number for each in queries.order_in(tx.session, order.edition_id, order.id).invoices] == [
            "F-LENS-2027-0001",
            "A-LENS-2027-0001",
        ]


def test_a_corrected_address_makes_a_credit_note_and_a_new_invoice(write: Write, now: datetime) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), PRICE, now=now)
        buyer = actions.BuyerDetails(organisation="Ville de Lens", siret="21620498200013", town="Lens")
        actions.correct_buyer(tx, order.id, buyer, reason="Adresse", now=now)
        tx.session.expire_all()
        assert [(each.number, each.recipient) for each in order.invoices] == [
            ("F-LENS-2027-0001", "Ada Lovelace"),
            ("A-LENS-2027-0001", "Ada Lovelace"),
            ("F-LENS-2027-0002", "Ville de Lens"),
        ]


# --- groups, and places that change hands


def a_school(tx: Transaction, *, now: datetime, pupils: int = 3) -> Group:
    """Register a group in a category with a price, as its leader does."""
    category = a_priced_category(tx)
    an_issuer(tx)
    request = registration_actions.GroupRequest(
        edition_id=category.edition_id,
        category_id=category.id,
        name="Lycée Condorcet",
        leader=PersonDetails("Ada", "Lovelace", "ada@example.org"),
        members=(),
        nameless=pupils,
        waits_together=True,
        submission_key=codes.new_token(),
    )
    return registration_actions.register_group(tx, request, now=now)


def test_a_group_has_one_order_one_letter_and_one_invoice_line(
    write: Write, read: Read, now: datetime, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        a_school(tx, now=now)
        order = tx.session.scalars(select(Order)).one()
        assert (len(order.lines), order.total, order.payer_email) == (3, 3 * PRICE, "ada@example.org")
    run_jobs()
    assert [letter.kind for letter in letters(read) if letter.kind.startswith("payments")] == ["payments-to-pay"]
    with write() as tx:
        received(tx, order, 3 * PRICE, now=now)
    assert states(read)["registrations"] == ["confirmed"] * 3
    with read() as session:
        (line,) = session.scalars(select(Invoice)).one().snapshot["lines"]
        assert (line["quantity"], line["net"]) == (3, "150.00")


def test_one_of_a_group_is_taken_off_and_the_rest_is_invoiced_anew(write: Write, now: datetime) -> None:
    with write() as tx:
        a_school(tx, now=now)
        order = received(tx, tx.session.scalars(select(Order)).one(), 3 * PRICE, now=now)
        order = actions.take_off(tx, order.id, {order.lines[1].id}, reason="Absent", now=now)
        assert (order.state, order.total, order.to_give_back) == ("paid", 2 * PRICE, PRICE)
        assert [(each.kind, each.total) for each in order.invoices] == [
            ("invoice", 3 * PRICE),
            ("credit-note", 3 * PRICE),
            ("invoice", 2 * PRICE),
        ]


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_place_that_is_handed_over_takes_its_order_along(
    write: Write, read: Read, now: datetime, is_paid: bool
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        old_id = order.lines[0].registration_id
        assert old_id is not None
        if is_paid:
            received(tx, order, PRICE, now=now)
        new = registration_actions.hand_over(tx, old_id, PersonDetails(*cast.ZOE), now=now)
        line = tx.session.scalars(select(OrderLine)).one()
        assert (line.registration_id, line.person) == (new.id, "Zoé de La Motte-Françoise")
        if not is_paid:
            received(tx, order, PRICE, now=now)
    assert states(read) == {"orders": ["paid"], "registrations": ["cancelled", "confirmed"], "taken": ["1"]}
