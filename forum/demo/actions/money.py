"""A category with a price in the edition to come: orders paid, waiting, lapsed, given back; what the bank said."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import People
from forum.payments import actions, queries
from forum.payments.models import Order
from forum.payments.rules import StatementEntry
from forum.people.actions import PersonDetails
from forum.registration import actions as registration_actions
from forum.registration.actions import RegistrationRequest
from forum.registration.models import Category

PRICE = Decimal("48.00")
ISSUER = actions.IssuerDetails(
    name="Association Grand Nord numérique",
    legal_form="Association loi 1901",
    siret="73282932000074",
    vat_number="FR44732829320",
    address="Maison des associations, 5 rue de la Paix",
    postcode="62300",
    town="Lens",
    iban="FR1420041010050500013M02606",
    bic="PSSTFRPPXXX",
)
BUYERS = (
    actions.BuyerDetails(
        organisation="Ville de Lens",
        siret="21620498200013",
        address="17 bis place Jean-Jaurès",
        postcode="62300",
        town="Lens",
        engagement="2027-0118",
    ),
    actions.BuyerDetails(
        organisation="Atelier du Beffroi", address="12 rue de l’Hospice", postcode="59100", town="Roubaix"
    ),
)
# How many days ago each ordered, and what became of it.
ORDERS = (
    (20, "lapsed"),
    (18, "transfer"),
    (17, "transfer"),
    (16, "card"),
    (13, "transfer"),
    (12, "refunded"),
    (11, "manual"),
    (9, "card"),
    (8, "too much"),
    (6, "invoice first"),
    (5, "open"),
    (3, "half"),
    (2, "open"),
    (1, "open"),
)


def sell(tx: Transaction, laid: Laid, people: People, *, now: datetime) -> None:
    """Sell places of a professional day pass."""
    actions.save_issuer(tx, laid.edition.id, ISSUER)
    category = tx.add(
        Category(
            edition_id=laid.edition.id,
            slug="masterclass",
            name=LocalText(fr="Passe ateliers pro", en="Masterclass pass"),
            description=LocalText(
                fr="Deux ateliers de perfectionnement et le déjeuner.", en="Two masterclasses, and lunch."
            ),
            places=40,
            price=PRICE,
            vat_rate=Decimal("20.00"),
            position=8,
        )
    )
    orders = [order_of(tx, laid, category, people, at=now - timedelta(days=ago)) for ago, _what in ORDERS]
    for number, (order, (ago, what)) in enumerate(zip(orders, ORDERS, strict=True)):
        become(tx, order, what, number=number, at=now - timedelta(days=ago), now=now)
    hear_the_bank(tx, laid, orders, now=now)


def order_of(tx: Transaction, laid: Laid, category: Category, people: People, *, at: datetime) -> Order:
    """Register somebody, and return what they owe."""
    person = people.visitor(made_at=at, works=True)
    request = RegistrationRequest(
        edition_id=laid.edition.id,
        category_id=category.id,
        details=PersonDetails(
            given_name=person.given_name,
            family_name=person.family_name,
            email=person.email,
            organisation_name=person.organisation_name,
        ),
        adjustment="",
        session_ids=(),
        submission_key=codes.new_token(),
    )
    registration = registration_actions.register(tx, request, now=at, at_desk=True)
    order = queries.order_of_registration(tx.session, registration.id)
    if order is None:
        raise RuntimeError("A place with a price made no order.")
    actions.tell(tx, order.id, now=at)
    return order


def become(tx: Transaction, order: Order, what: str, *, number: int, at: datetime, now: datetime) -> None:
    """Let an order become what the story says."""
    soon = at + timedelta(days=2, hours=3)
    if number % 3 == 1:
        actions.name_buyer(tx, order.id, BUYERS[number // 3 % len(BUYERS)])
    if what in ("transfer", "card", "refunded"):
        method = "card" if what == "card" else "transfer"
        pay(tx, order, PRICE, method=method, at=soon)
    elif what == "too much":
        pay(tx, order, PRICE + 12, method="transfer", at=soon)
    elif what == "half":
        pay(tx, order, PRICE / 2, method="transfer", at=now - timedelta(hours=20))
    elif what == "manual":
        actions.mark_paid(tx, order.id, note="Mandat administratif 2027-118", account_id=None, now=soon)
    elif what == "invoice first":
        actions.invoice_early(tx, order.id, now=soon)
    elif what == "lapsed":
        actions.lapse(tx, order.id, now=order.due_at)
    if what == "refunded":
        back = soon + timedelta(days=3)
        actions.take_off(tx, order.id, {line.id for line in order.living_lines}, reason="Empêchement", now=back)
        actions.give_back(tx, order.id, amount=PRICE, note="Virement émis", account_id=None, now=back)


def pay(tx: Transaction, order: Order, amount: Decimal, *, method: str, at: datetime) -> None:
    """Let money come."""
    receipt = actions.Receipt(once_key=f"demo:{order.reference}", method=method, amount=amount)
    actions.receive(tx, order.id, receipt, now=at)


def hear_the_bank(tx: Transaction, laid: Laid, orders: list[Order], *, now: datetime) -> None:
    """Upload a statement: two transfers that forgot their reference, and one that is somebody else's."""
    waiting = [order for order in orders if order.is_open and not order.received]
    yesterday = (now - timedelta(days=1)).date()
    first, second = waiting[-1], waiting[-2]
    entries = [
        StatementEntry("demo-1", yesterday, PRICE, f"M OU MME {first.payer_name.upper()}", "INSCRIPTION FORUM LENS"),
        StatementEntry("demo-2", yesterday, PRICE, (second.organisation or "SARL DUPONT").upper(), "VIR SEPA RECU"),
        StatementEntry("demo-3", yesterday, Decimal("250.00"), "CONSEIL DEPARTEMENTAL", "SUBVENTION 2027"),
    ]
    actions.take_entries(tx, laid.edition.id, entries, now=now)
