"""An edition that sells places: its issuer, a category with a price, and people who registered in it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.payments import actions, queries
from forum.payments.models import Issuer, Order
from forum.people.actions import PersonDetails
from forum.registration import actions as registration_actions
from forum.registration.actions import RegistrationRequest
from forum.registration.models import Category, Registration
from tests import cast
from tests.factories import a_category, an_edition

PRICE = Decimal("60.00")
SELLER = actions.IssuerDetails(
    name="Association Grand Nord numérique",
    legal_form="Association loi 1901",
    siret="73282932000074",
    vat_number="FR44732829320",
    address="1 place de la Gare",
    postcode="62300",
    town="Lens",
    iban="FR1420041010050500013M02606",
    bic="PSSTFRPPXXX",
)


def an_issuer(tx: Transaction, edition: Edition | None = None) -> Issuer:
    """Return the issuer of an edition."""
    edition = edition or an_edition(tx)
    return queries.issuer_of(tx.session, edition.id) or actions.save_issuer(tx, edition.id, SELLER)


def a_priced_category(tx: Transaction, **values: Any) -> Category:
    """Return a category with a price."""
    defaults: dict[str, Any] = {
        "slug": "pro",
        "name": LocalText(fr="Passe professionnel", en="Professional pass"),
        "price": PRICE,
        "vat_rate": Decimal("20.00"),
    }
    return a_category(tx, **(defaults | values))


def register(
    tx: Transaction,
    *,
    now: datetime,
    who: tuple[str, str, str] = cast.ADA,
    category: Category | None = None,
    organisation: str | None = None,
) -> Registration:
    """Register somebody as the public form does."""
    category = category or a_priced_category(tx)
    given_name, family_name, email = who
    request = RegistrationRequest(
        edition_id=category.edition_id,
        category_id=category.id,
        details=PersonDetails(given_name, family_name, email, organisation_name=organisation),
        adjustment="",
        session_ids=(),
        submission_key=codes.new_token(),
    )
    return registration_actions.register(tx, request, now=now)


def an_order(tx: Transaction, *, now: datetime, **values: Any) -> Order:
    """Return the order of somebody who registered in a category with a price; the issuer is known."""
    an_issuer(tx)
    order = queries.order_of_registration(tx.session, register(tx, now=now, **values).id)
    assert order is not None
    return order


def received(tx: Transaction, order: Order, amount: Decimal, *, now: datetime, key: str = "") -> Order:
    """Book a transfer for an order."""
    receipt = actions.Receipt(once_key=key or codes.new_key(), method="transfer", amount=amount)
    return actions.receive(tx, order.id, receipt, now=now)
