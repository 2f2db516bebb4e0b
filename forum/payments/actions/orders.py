"""Orders: made when a place is kept, told by letter, reminded of, given up.

Who decides about an order locks it first, and reaches for places (category, registration) after that; the issuer's
counters come last. What registration tells arrives inside its own locks, so it only ever adds a new order: an order
whose place was given back is put right afterwards (`tidy`), never under the place's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from forum.core.db import Transaction
from forum.messages.actions import write_letter
from forum.payments import emails, queries, rules
from forum.payments.actions.invoices import credit, issue_for_order
from forum.payments.models import DAYS_TO_PAY, Invoice, Order, OrderLine
from forum.people.models import Person
from forum.people.rules import search_text
from forum.registration import actions as registration_actions
from forum.registration.models import Group, Registration


@dataclass(frozen=True)
class BuyerDetails:
    """To whom an invoice is addressed."""

    organisation: str = ""
    siret: str = ""
    vat_number: str = ""
    address: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "FR"
    engagement: str = ""


def hold_order(tx: Transaction, registration_id: int, *, now: datetime) -> Order | None:
    """Write down what a kept place costs; the registrations of a group made in one moment share an order.

    None for a place that costs nothing, or that has an open order already.
    """
    registration = tx.session.get_one(Registration, registration_id)
    if not registration.category.price:
        return None
    present = queries.order_of_registration(tx.session, registration.id)
    if present is not None and present.is_open and any(holds(line, registration) for line in present.living_lines):
        return None
    group_key = group_of(registration)
    order = queries.order_of_moment(tx.session, group_key, now) if group_key else None
    if order is None:
        order = new_order(tx, registration, group_key=group_key, now=now)
    add_line(tx, order, registration)
    return order


def hand_over(tx: Transaction, old_id: int, new_id: int) -> None:
    """Let the lines of a registration be those of the one it was handed to; who pays, and what was invoiced, stays."""
    person = tx.session.get_one(Registration, new_id).person
    lines = select(OrderLine).where(OrderLine.registration_id == old_id, OrderLine.dropped_at.is_(None))
    for line in tx.session.scalars(lines).all():
        line.registration_id, line.person = new_id, person.name
    tx.session.flush()


def change_payer(tx: Transaction, group_id: int, *, old_email: str) -> None:
    """Let the open orders of a group that its former leader pays be those of who leads it now."""
    leader = tx.session.get_one(Group, group_id).leader
    theirs = select(Order).where(
        Order.group_key == group_key_of(group_id), Order.state == "open", Order.payer_email == old_email
    )
    for order in tx.session.scalars(theirs).all():
        order.payer_name, order.payer_email = leader.name, leader.email
        order.search_text = search_text(order.search_text, leader.name, leader.email)[:2000]
    tx.session.flush()


def holds(line: OrderLine, registration: Registration) -> bool:
    """Tell whether a line is a registration's."""
    return line.registration_id == registration.id


def group_of(registration: Registration) -> str:
    """Return what the registrations of one group have in common; nothing for who registers alone."""
    return group_key_of(registration.group_id) if registration.group_id else ""


def group_key_of(group_id: int) -> str:
    """Return what the orders of one group are found by."""
    return f"group:{group_id}"


def new_order(tx: Transaction, registration: Registration, *, group_key: str, now: datetime) -> Order:
    """Write an order without lines down, addressed to the person who registered."""
    person = payer_of(registration)
    issuer = queries.issuer_of(tx.session, registration.edition_id)
    days = issuer.days_to_pay if issuer else DAYS_TO_PAY
    reference = rules.new_reference()
    return tx.add(
        Order(
            edition_id=registration.edition_id,
            reference=reference,
            group_key=group_key,
            total=Decimal(0),
            received=Decimal(0),
            created_at=now,
            due_at=rules.due_moment(registration.edition, days=days, now=now),
            language=person.language,
            payer_name=person.name,
            payer_email=person.email,
            organisation=person.organisation_name or "",
            search_text=search_text(person.name, person.email, person.organisation_name, registration.reference),
        )
    )


def payer_of(registration: Registration) -> Person:
    """Return who pays: the group's leader, else the person."""
    return registration.group.leader if registration.group else registration.person


def add_line(tx: Transaction, order: Order, registration: Registration) -> None:
    """Add one place to an order that was made in this transaction."""
    category = registration.category
    price = category.price or Decimal(0)
    tx.add(
        OrderLine(
            order_id=order.id,
            registration_id=registration.id,
            category=category.name,
            person=registration.person.name,
            price=price,
            vat_rate=category.vat_rate or Decimal(0),
        )
    )
    order.total += price
    order.search_text = search_text(order.search_text, registration.person.name)[:2000]
    tx.session.flush()
    tx.session.expire(order, ["lines"])


def tell(tx: Transaction, order_id: int, *, now: datetime) -> None:
    """Write the letter that says what to pay, how and until when; its days begin now."""
    order = tx.lock(Order, order_id)
    freshen(tx, order, now=now)
    issuer = queries.issuer_of(tx.session, order.edition_id)
    if not order.is_open or order.told_at is not None or issuer is None:
        return
    order.told_at = now
    order.due_at = rules.due_moment(order.edition, days=issuer.days_to_pay, now=now)
    write_letter(tx, emails.to_pay(order, issuer, own_page=page_of(order.living_lines)), now=now)


def remind(tx: Transaction, order_id: int, *, now: datetime) -> bool:
    """Remind of an order that ends soon, once; tell whether it was time."""
    order = tx.lock(Order, order_id)
    if not order.is_open or order.reminded_at is not None or now < rules.reminder_moment(order):
        return False
    freshen(tx, order, now=now)
    issuer = queries.issuer_of(tx.session, order.edition_id)
    if not order.is_open or issuer is None:
        return False
    order.reminded_at = now
    write_letter(tx, emails.reminder(order, issuer, own_page=page_of(order.living_lines)), now=now)
    return True


def lapse(tx: Transaction, order_id: int, *, now: datetime) -> bool:
    """Give up an order whose last day is over, and free its places; tell whether it was time."""
    order = tx.lock(Order, order_id)
    if not order.is_open or order.due_at > now:
        return False
    freshen(tx, order, now=now)
    if not order.is_open:
        return True
    order.state, order.ended_at = "lapsed", now
    take_invoice_back(tx, order, now=now)
    for line in in_order(order.living_lines):
        if line.registration_id is not None:
            registration_actions.release_unpaid(tx, line.registration_id, now=now)
    return True


def tidy(tx: Transaction, order_id: int, *, now: datetime) -> None:
    """Put an order right whose places changed meanwhile."""
    freshen(tx, tx.lock(Order, order_id), now=now)


def freshen(tx: Transaction, order: Order, *, now: datetime) -> None:
    """Take off a locked open order the places that are not kept any more: given back, or paid otherwise.

    An order that has none left is over, without a word: the person gave the place back, or has another order.
    """
    if not order.is_open:
        return
    gone = [line for line in order.living_lines if state_of(tx, line) != "unpaid"]
    if not gone:
        return
    for line in gone:
        line.dropped_at = now
    take_invoice_back(tx, order, now=now)
    left = order.living_lines
    if left:
        order.total = sum((line.price for line in left), Decimal(0))
    else:
        order.state, order.ended_at = "lapsed", now
    tx.session.flush()


def take_invoice_back(tx: Transaction, order: Order, *, now: datetime) -> None:
    """Take back the invoice that a locked order got before it was paid, since it says what is not sold any more."""
    standing = queries.standing_invoice(tx.session, order.id)
    if standing is not None:
        credit(tx, standing.id, reason=rules.NOT_SOLD[order.language], now=now)


def state_of(tx: Transaction, line: OrderLine) -> str:
    """Return the state of a line's registration as it is in the database now."""
    if line.registration_id is None:
        return ""
    registration = tx.session.get(Registration, line.registration_id, populate_existing=True)
    return registration.state if registration else ""


def in_order(lines: list[OrderLine]) -> list[OrderLine]:
    """Return lines in the order in which their places are locked: by category, then by registration."""

    def place(line: OrderLine) -> tuple[int, int]:
        registration = line.registration
        return (registration.category_id, registration.id) if registration else (0, 0)

    return sorted(lines, key=place)


def page_of(lines: Iterable[OrderLine]) -> str:
    """Return the private page on which places are paid: the group's, else that of the first person."""
    for line in lines:
        if line.registration is not None:
            group = line.registration.group
            return f"/g/{group.token}" if group else f"/r/{line.registration.token}"
    return ""


def name_buyer(tx: Transaction, order_id: int, buyer: BuyerDetails) -> Order:
    """Write down to whom the invoice is addressed. Raises `InvoiceStands` once it is issued."""
    order = tx.lock(Order, order_id)
    if queries.standing_invoice(tx.session, order.id) is not None:
        raise rules.InvoiceStands
    return address(tx, order, buyer)


def correct_buyer(tx: Transaction, order_id: int, buyer: BuyerDetails, *, reason: str, now: datetime) -> Order:
    """Address an order to somebody else; an invoice that was issued is taken back, and issued anew."""
    order = tx.lock(Order, order_id)
    standing = queries.standing_invoice(tx.session, order.id)
    address(tx, order, buyer)
    if standing is not None:
        credit(tx, standing.id, reason=reason, now=now)
        issue_for_order(tx, order, now=now)
    return order


def invoice_early(tx: Transaction, order_id: int, *, now: datetime) -> Invoice:
    """Issue the invoice of an order that is not paid yet: public bodies pay after an invoice only.

    Raises `AlreadySettled`, `InvoiceStands` or `NoIssuer`.
    """
    order = tx.lock(Order, order_id)
    freshen(tx, order, now=now)
    rules.is_payable(order)
    return issue_for_order(tx, order, now=now)


def address(tx: Transaction, order: Order, buyer: BuyerDetails) -> Order:
    """Write the buyer of a locked order down."""
    for name, value in asdict(buyer).items():
        setattr(order, name, value)
    order.search_text = search_text(order.search_text, buyer.organisation)[:2000]
    tx.session.flush()
    return order
