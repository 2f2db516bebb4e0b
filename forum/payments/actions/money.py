"""Money comes, from wherever, and goes back; nobody is admitted as paid before all of it is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.messages.actions import write_letter
from forum.payments import emails, queries, rules
from forum.payments.actions.invoices import credit, issue_for_order
from forum.payments.actions.orders import freshen, in_order, page_of
from forum.payments.models import CardPayment, Order, OrderLine, Payment
from forum.registration import actions as registration_actions
from forum.registration.models import Registration


@dataclass(frozen=True)
class Receipt:
    """Money that came for an order."""

    once_key: str
    method: str
    amount: Decimal
    note: str = ""
    account_id: int | None = None


def receive(tx: Transaction, order_id: int, receipt: Receipt, *, now: datetime) -> Order:
    """Book money, once for each key; admit the people when all is there, give back by card what is too much."""
    order = tx.lock(Order, order_id)
    if book(tx, order, receipt, now=now):
        settle(tx, order, now=now)
    return order


def book(tx: Transaction, order: Order, receipt: Receipt, *, now: datetime) -> bool:
    """Write a payment of a locked order down; False when it is known."""
    payment = tx.add_once(
        Payment,
        once="once_key",
        order_id=order.id,
        once_key=receipt.once_key,
        method=receipt.method,
        amount=receipt.amount,
        at=now,
        note=receipt.note,
        account_id=receipt.account_id,
    )
    if payment is None:
        return False
    order.received += receipt.amount
    tx.session.flush()
    tx.session.expire(order, ["payments"])
    return True


def settle(tx: Transaction, order: Order, *, now: datetime) -> None:
    """Admit the people of a locked order if all its money is there; else leave it as it is."""
    freshen(tx, order, now=now)
    enough = bool(order.living_lines) and order.received >= order.total
    if enough and (order.state == "open" or (order.state == "lapsed" and take_places_again(tx, order, now=now))):
        admit(tx, order, now=now)
    send_card_money_back(tx, order, now=now)


def admit(tx: Transaction, order: Order, *, now: datetime) -> None:
    """Confirm the places of an order that is paid; issue the invoice and write the letter that brings it."""
    for line in in_order(order.living_lines):
        if line.registration_id is None:
            continue
        registration = registration_actions.confirm_paid(tx, line.registration_id, now=now)
        if not registration.is_confirmed:
            line.dropped_at = now  # given back in this very moment: what was paid for it goes back
    left = order.living_lines
    if not left:
        order.state, order.ended_at = "lapsed", now
        return
    order.total = sum((line.price for line in left), Decimal(0))
    order.state, order.paid_at, order.ended_at = "paid", now, None
    tx.session.flush()
    invoice = queries.standing_invoice(tx.session, order.id) or issue_for_order(tx, order, now=now)
    write_letter(tx, emails.paid(order, invoice, own_page=page_of(order.living_lines)), now=now)


def take_places_again(tx: Transaction, order: Order, *, now: datetime) -> bool:
    """Take the places of a lapsed order again, all of them or none; tell whether they were free.

    Money that comes late buys the place if there still is one: that is what its sender wants. Else it goes back.
    """
    try:
        with tx.session.begin_nested():
            order.state = "open"  # so that the places that are kept again make no other order
            tx.session.flush()
            for line in in_order(order.living_lines):
                if line.registration_id is not None:
                    hold_again(tx, line.registration_id, now=now)
    except Refusal:
        # The savepoint undid what was written; what was loaded is read again.
        tx.session.expire_all()
        order.state = "lapsed"
        tx.session.flush()
        write_letter(tx, emails.too_late(order), now=now)
        return False
    return True


def hold_again(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Keep a place for someone whose order had lapsed. Raises what registration refuses."""
    registration = tx.session.get_one(Registration, registration_id, populate_existing=True)
    if registration.is_ended:
        registration_actions.come_back(tx, registration_id, now=now, at_desk=True)


def send_card_money_back(tx: Transaction, order: Order, *, now: datetime) -> None:
    """Let what is not ours go back to the card it came from; what came by bank is for an organiser to send."""
    excess = order.to_give_back
    for card in queries.card_payments_of(tx.session, order.id):
        if excess <= 0:
            return
        if card.state == "refunding":
            excess -= card.refund_amount
        elif card.state == "paid" and card.intent_key:
            part = min(excess, card.amount)
            card.state, card.refund_amount, card.next_try_at = "refunding", part, now
            excess -= part


def mark_paid(tx: Transaction, order_id: int, *, note: str, account_id: int | None, now: datetime) -> Order:
    """Write down by hand that the rest came: cash, a cheque, a public body's word. Raises `NothingMissing`."""
    order = tx.lock(Order, order_id)
    freshen(tx, order, now=now)
    if order.state not in ("open", "lapsed") or not order.missing or not order.living_lines:
        raise rules.NothingMissing
    if queries.issuer_of(tx.session, order.edition_id) is None:
        raise rules.NoIssuer
    key = f"manual:{order.id}:{order.received}:{now.isoformat()}"
    receipt = Receipt(once_key=key, method="manual", amount=order.missing, note=note, account_id=account_id)
    book(tx, order, receipt, now=now)
    settle(tx, order, now=now)
    return order


def take_off(tx: Transaction, order_id: int, line_ids: Collection[int], *, reason: str, now: datetime) -> Order:
    """Cancel paid places and owe their price back: a credit note for the invoice, a new one for what is left.

    What came by card goes back by itself; the rest is on the list of what is to be given back.
    Raises `NothingToGiveBack`.
    """
    order = tx.lock(Order, order_id)
    chosen = [line for line in order.living_lines if line.id in line_ids]
    if order.state != "paid" or not chosen:
        raise rules.NothingToGiveBack
    for line in in_order(chosen):
        line.dropped_at = now
        if line.registration_id is not None:
            registration_actions.cancel(tx, line.registration_id, now=now, at_desk=True)
    tx.session.flush()
    standing = queries.standing_invoice(tx.session, order.id)
    if standing is not None:
        credit(tx, standing.id, reason=reason, now=now)
    left = order.living_lines
    if left:
        order.total = sum((line.price for line in left), Decimal(0))
        issue_for_order(tx, order, now=now)
    else:
        order.state, order.ended_at = "refunded", now
    tx.session.flush()
    tx.session.expire(order, ["invoices"])
    send_card_money_back(tx, order, now=now)
    write_letter(tx, emails.refunded(order, amount=sum_of(chosen), own_page=page_of(chosen), now=now), now=now)
    return order


def sum_of(lines: Collection[OrderLine]) -> Decimal:
    """Return what lines come to."""
    return sum((line.price for line in lines), Decimal(0))


def give_back(
    tx: Transaction, order_id: int, *, amount: Decimal, note: str, account_id: int | None, now: datetime
) -> Order:
    """Write down that an organiser sent money back by bank. Raises `NothingToGiveBack` or `TooMuchBack`."""
    order = tx.lock(Order, order_id)
    if not order.to_give_back:
        raise rules.NothingToGiveBack
    if amount > order.to_give_back:
        raise rules.TooMuchBack
    key = f"back:{order.id}:{order.received}:{now.isoformat()}"
    book(tx, order, Receipt(once_key=key, method="transfer", amount=-amount, note=note, account_id=account_id), now=now)
    return order


RETRY = timedelta(minutes=10)


def refunding(tx: Transaction, card_payment_id: int) -> CardPayment:
    """Lock a card payment's order, then the card payment: the order in which both are always taken."""
    card = tx.session.get_one(CardPayment, card_payment_id)
    tx.lock(Order, card.order_id)
    return tx.lock(CardPayment, card_payment_id)
