"""Looking orders, transfers and invoices up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import joinedload, lazyload, selectinload

from forum.core.refusals import NotFound
from forum.payments.models import (
    ORDER_STATES,
    BankEntry,
    CardPayment,
    Invoice,
    Issuer,
    Order,
    OrderLine,
    Payment,
)
from forum.people.rules import search_text
from forum.registration.models import Category, Registration

SORTS = ("due", "-due", "created", "-created", "total", "-total", "payer", "-payer")


def issuer_of(session: Database, edition_id: int) -> Issuer | None:
    """Return who sells an edition's places."""
    return session.scalar(select(Issuer).where(Issuer.edition_id == edition_id))


def deals_with_money(session: Database, edition_id: int) -> bool:
    """Tell whether an edition has anything to do with money: a category with a price, an issuer, an order."""
    priced = select(Category.id).where(Category.edition_id == edition_id, Category.price > 0)
    issuer = select(Issuer.id).where(Issuer.edition_id == edition_id)
    order = select(Order.id).where(Order.edition_id == edition_id)
    return bool(session.scalar(select(or_(priced.exists(), issuer.exists(), order.exists()))))


def order_of_registration(session: Database, registration_id: int) -> Order | None:
    """Return the order of a registration: the latest one that still has its line."""
    statement = (
        select(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.registration_id == registration_id)
        .order_by(OrderLine.dropped_at.is_(None).desc(), Order.id.desc())
        .options(selectinload(Order.lines), selectinload(Order.invoices).selectinload(Invoice.correction))
        .limit(1)
    )
    return session.scalar(statement)


def order_ids_of(session: Database, registration_ids: Sequence[int]) -> dict[int, int]:
    """Return the order of each of some registrations, as `order_of_registration` finds it."""
    statement = (
        select(OrderLine.registration_id, OrderLine.order_id)
        .where(OrderLine.registration_id.in_(registration_ids))
        .order_by(OrderLine.dropped_at.is_(None), OrderLine.order_id)
    )
    return {registration_id: order_id for registration_id, order_id in session.execute(statement) if registration_id}


def order_in(session: Database, edition_id: int, order_id: int) -> Order:
    """Return one order of an edition. Raises `NotFound`."""
    order = session.get(Order, order_id)
    if order is None or order.edition_id != edition_id:
        raise NotFound
    return order


def order_of_moment(session: Database, group_key: str, created_at: datetime) -> Order | None:
    """Return the order that a group's first registration made in this same moment."""
    statement = select(Order).where(Order.group_key == group_key, Order.created_at == created_at)
    return session.scalar(statement.order_by(Order.id.desc()).limit(1))


def untold_orders(session: Database) -> Sequence[int]:
    """Return the open orders whose letter is not written, where it is known how to pay."""
    statement = (
        select(Order.id)
        .join(Issuer, Issuer.edition_id == Order.edition_id)
        .where(Order.state == "open", Order.told_at.is_(None))
        .order_by(Order.id)
        .limit(100)
    )
    return session.scalars(statement).all()


def due_orders(session: Database, now: datetime) -> Sequence[int]:
    """Return the open orders whose last day is over; who was never told how to pay has time."""
    statement = select(Order.id).where(Order.state == "open", Order.told_at.is_not(None), Order.due_at <= now)
    return session.scalars(statement.order_by(Order.id).limit(100)).all()


def orders_to_remind(session: Database, soon: datetime) -> Sequence[Order]:
    """Return the open orders that end before a moment and were not reminded of."""
    statement = select(Order).where(
        Order.state == "open", Order.told_at.is_not(None), Order.reminded_at.is_(None), Order.due_at <= soon
    )
    return session.scalars(statement.order_by(Order.id).limit(100)).all()


def stale_orders(session: Database) -> Sequence[int]:
    """Return the open orders with a place that is not kept any more: given back, or paid otherwise."""
    statement = (
        select(Order.id)
        .distinct()
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Registration, Registration.id == OrderLine.registration_id)
        .where(
            Order.state == "open",
            OrderLine.dropped_at.is_(None),
            or_(Registration.id.is_(None), Registration.state != "unpaid"),
        )
        .order_by(Order.id)
        .limit(100)
    )
    return session.scalars(statement).all()


# --- the organisers' list


@dataclass(frozen=True)
class OrderFilter:
    """Which orders a list shows, and in which order."""

    words: str = ""
    state: str = ""
    sort: str = "-created"


def filtered(edition_id: int, wanted: OrderFilter) -> Select[Order]:
    """Return the statement of an edition's orders."""
    statement = select(Order).where(Order.edition_id == edition_id).options(selectinload(Order.lines))
    if wanted.state in ORDER_STATES:
        statement = statement.where(Order.state == wanted.state)
    if wanted.state == "give-back":
        statement = statement.where(is_to_give_back())
    for word in search_text(wanted.words).split():
        statement = statement.where(
            or_(Order.search_text.contains(word, autoescape=True), Order.reference.icontains(word, autoescape=True))
        )
    columns: dict[str, Any] = {
        "due": Order.due_at,
        "created": Order.created_at,
        "total": Order.total,
        "payer": Order.search_text,
    }
    column = columns[wanted.sort.lstrip("-") if wanted.sort in SORTS else "created"]
    backwards = wanted.sort.startswith("-")
    return statement.order_by(column.desc() if backwards else column, Order.id.desc() if backwards else Order.id)


def is_to_give_back() -> ColumnElement[bool]:
    """Return the condition of orders for which money came that is not ours."""
    return or_(
        and_(Order.state == "paid", Order.received > Order.total),
        and_(Order.state.in_(("lapsed", "refunded")), Order.received > 0),
    )


@dataclass(frozen=True)
class Totals:
    """What an edition's orders come to."""

    counts: Mapping[str, int]
    sums: Mapping[str, Decimal]
    received: Decimal
    give_back: int


def totals_of(session: Database, edition_id: int) -> Totals:
    """Return how many orders there are in each state and what they come to."""
    statement = (
        select(Order.state, func.count(), func.sum(Order.total), func.sum(Order.received))
        .where(Order.edition_id == edition_id)
        .group_by(Order.state)
    )
    rows = {state: (count, total, received) for state, count, total, received in session.execute(statement)}
    nothing = (0, Decimal(0), Decimal(0))
    give_back = select(func.count()).select_from(Order).where(Order.edition_id == edition_id, is_to_give_back())
    return Totals(
        counts={state: rows.get(state, nothing)[0] for state in ORDER_STATES},
        sums={state: as_money(rows.get(state, nothing)[1]) for state in ORDER_STATES},
        received=sum((as_money(row[2]) for row in rows.values()), Decimal(0)),
        give_back=session.scalar(give_back) or 0,
    )


def as_money(value: Decimal | None) -> Decimal:
    """Return a sum, which is nothing where there is no row."""
    return Decimal(0) if value is None else Decimal(value)


# --- the bank


def entries_of(session: Database, edition_id: int, state: str) -> Select[BankEntry]:
    """Return the statement of an edition's bank entries in a state, the latest first."""
    statement = select(BankEntry).where(BankEntry.edition_id == edition_id, BankEntry.state == state)
    return statement.order_by(BankEntry.booked_on.desc(), BankEntry.id.desc()).options(joinedload(BankEntry.order))


def entry_counts(session: Database, edition_id: int) -> Mapping[str, int]:
    """Return how many bank entries are in each state."""
    statement = (
        select(BankEntry.state, func.count()).where(BankEntry.edition_id == edition_id).group_by(BankEntry.state)
    )
    counted: dict[str, int] = dict(session.execute(statement).all())
    return {"unmatched": 0, "booked": 0, "ignored": 0} | counted


def entry_in(session: Database, edition_id: int, entry_id: int) -> BankEntry:
    """Return one bank entry of an edition. Raises `NotFound`."""
    entry = session.get(BankEntry, entry_id)
    if entry is None or entry.edition_id != edition_id:
        raise NotFound
    return entry


def unmatched_ids(session: Database, edition_id: int) -> Sequence[int]:
    """Return the bank entries of which nobody knows what they are for, the oldest first."""
    statement = select(BankEntry.id).where(BankEntry.edition_id == edition_id, BankEntry.state == "unmatched")
    return session.scalars(statement.order_by(BankEntry.id)).all()


def orders_by_reference(session: Database, edition_id: int, references: Sequence[str]) -> Mapping[str, int]:
    """Return the orders of an edition that have one of some references."""
    statement = select(Order.reference, Order.id).where(
        Order.edition_id == edition_id, Order.reference.in_(list(references))
    )
    found: dict[str, int] = dict(session.execute(statement).all())
    return found


def waiting_for_money(session: Database, edition_id: int) -> list[tuple[int, str, str, Decimal, str]]:
    """Return the orders that a transfer without a reference may be for: id, reference, payer, missing, search text."""
    statement = select(Order).where(Order.edition_id == edition_id, Order.state.in_(("open", "lapsed")))
    return [
        (order.id, order.reference, order.organisation or order.payer_name, order.missing, order.search_text)
        for order in session.scalars(statement.order_by(Order.state.desc(), Order.id.desc()).limit(5000))
    ]


def order_with_reference(session: Database, edition_id: int, reference: str) -> Order | None:
    """Return the order of a reference."""
    return session.scalar(select(Order).where(Order.edition_id == edition_id, Order.reference == reference))


# --- cards


def open_page_of(session: Database, order: Order, *, later_than: datetime) -> CardPayment | None:
    """Return the provider's page on which an order can still be paid, for what is missing now."""
    statement = select(CardPayment).where(
        CardPayment.order_id == order.id,
        CardPayment.state == "open",
        CardPayment.amount == order.missing,
        CardPayment.expires_at > later_than,
    )
    return session.scalar(statement.order_by(CardPayment.id.desc()).limit(1))


def card_payment_with_key(session: Database, page_key: str) -> CardPayment | None:
    """Return the card payment of a provider's page."""
    return session.scalar(select(CardPayment).where(CardPayment.session_key == page_key))


def card_payments_of(session: Database, order_id: int) -> Sequence[CardPayment]:
    """Return the card payments of an order that came through, or are on their way back."""
    statement = select(CardPayment).where(CardPayment.order_id == order_id, CardPayment.state != "open")
    return session.scalars(statement.order_by(CardPayment.id)).all()


def pages_to_ask_after(session: Database, *, made_before: datetime) -> Sequence[CardPayment]:
    """Return the provider's pages of which nothing was heard for a while."""
    statement = select(CardPayment).where(CardPayment.state == "open", CardPayment.created_at <= made_before)
    return session.scalars(statement.order_by(CardPayment.id).limit(50)).all()


def card_refunds_due(session: Database, now: datetime) -> Sequence[CardPayment]:
    """Return the card payments of which something is to be given back now."""
    statement = select(CardPayment).where(CardPayment.state == "refunding", CardPayment.next_try_at <= now)
    return session.scalars(statement.order_by(CardPayment.id).limit(50)).all()


def payment_with_key(session: Database, once_key: str) -> Payment | None:
    """Return the payment of a key."""
    return session.scalar(select(Payment).where(Payment.once_key == once_key))


# --- invoices


def invoices_of(edition_id: int, *, kind: str = "", words: str = "") -> Select[Invoice]:
    """Return the statement of an edition's invoices and credit notes, the latest first, without their files."""
    statement = (
        select(Invoice)
        .where(Invoice.edition_id == edition_id)
        .options(selectinload(Invoice.correction), selectinload(Invoice.corrects), lazyload(Invoice.file))
    )
    if kind:
        statement = statement.where(Invoice.kind == kind)
    if words:
        statement = statement.where(
            or_(Invoice.number.icontains(words, autoescape=True), Invoice.recipient.icontains(words, autoescape=True))
        )
    return statement.order_by(Invoice.id.desc())


def invoice_counts(session: Database, edition_id: int) -> Mapping[str, int]:
    """Return how many invoices and credit notes there are."""
    statement = select(Invoice.kind, func.count()).where(Invoice.edition_id == edition_id).group_by(Invoice.kind)
    counted: dict[str, int] = dict(session.execute(statement).all())
    return {"invoice": 0, "credit-note": 0} | counted


def invoice_in(session: Database, edition_id: int, invoice_id: int) -> Invoice:
    """Return one invoice of an edition. Raises `NotFound`."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or invoice.edition_id != edition_id:
        raise NotFound
    return invoice


def invoice_of_order(session: Database, order_id: int, number: str) -> Invoice:
    """Return an invoice or credit note of an order by its number. Raises `NotFound`."""
    invoice = session.scalar(select(Invoice).where(Invoice.order_id == order_id, Invoice.number == number))
    if invoice is None:
        raise NotFound
    return invoice


def standing_invoice(session: Database, order_id: int) -> Invoice | None:
    """Return the invoice of an order that no credit note took back."""
    statement = select(Invoice).where(
        Invoice.order_id == order_id, Invoice.kind == "invoice", ~Invoice.correction.has()
    )
    return session.scalar(statement.order_by(Invoice.id.desc()).limit(1))


def invoices_without_file(session: Database) -> Sequence[int]:
    """Return the invoices whose PDF was not made yet."""
    statement = select(Invoice.id).where(~Invoice.file.has()).order_by(Invoice.id).limit(20)
    return session.scalars(statement).all()
