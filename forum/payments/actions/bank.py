"""Bank statements: each entry is written down once, and booked where its reference says, or by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forum.core.db import Transaction
from forum.payments import queries, rules
from forum.payments.actions.money import Receipt, receive
from forum.payments.models import BankEntry, Order
from forum.payments.rules import StatementEntry


@dataclass(frozen=True)
class Taken:
    """What an upload brought."""

    new: int
    known: int


def take_entries(tx: Transaction, edition_id: int, entries: Iterable[StatementEntry], *, now: datetime) -> Taken:
    """Write the entries of a statement down; those of an earlier upload are known."""
    new = known = 0
    for entry in entries:
        row = tx.add_once(
            BankEntry,
            once=None,
            edition_id=edition_id,
            entry_key=entry.entry_key,
            booked_on=entry.booked_on,
            amount=entry.amount,
            payer=entry.payer,
            text=entry.text,
            state="unmatched",
            note="",
            uploaded_at=now,
        )
        new, known = (new, known + 1) if row is None else (new + 1, known)
    return Taken(new=new, known=known)


def match_entry(tx: Transaction, entry_id: int, *, now: datetime) -> bool:
    """Book a transfer to the order whose reference it names; tell whether there was one to book.

    Money for an order that is paid already, or too little for one that lapsed, is left for a person to decide.
    """
    entry = tx.session.get_one(BankEntry, entry_id)
    references = rules.references_in(entry.text)
    order_id = rules.matching_order(entry.text, queries.orders_by_reference(tx.session, entry.edition_id, references))
    if order_id is None:
        return False
    order = tx.lock(Order, order_id)
    fits = order.is_open or (order.state == "lapsed" and entry.amount >= order.missing > 0)
    if not fits or tx.lock(BankEntry, entry.id).state != "unmatched":
        return False
    book_locked(tx, entry, order, account_id=None, now=now)
    return True


def book_entry(tx: Transaction, entry_id: int, order_id: int, *, account_id: int | None, now: datetime) -> Order:
    """Book a transfer to an order because a person said so. Raises `NotThisEntry`."""
    order = tx.lock(Order, order_id)
    entry = tx.lock(BankEntry, entry_id)
    if entry.state == "booked" or entry.edition_id != order.edition_id:
        raise rules.NotThisEntry
    book_locked(tx, entry, order, account_id=account_id, now=now)
    return order


def book_locked(tx: Transaction, entry: BankEntry, order: Order, *, account_id: int | None, now: datetime) -> None:
    """Book a locked transfer to a locked order."""
    entry.state, entry.order_id = "booked", order.id
    receipt = Receipt(
        once_key=f"bank:{entry.id}", method="transfer", amount=entry.amount, note=entry.payer, account_id=account_id
    )
    receive(tx, order.id, receipt, now=now)


def ignore_entry(tx: Transaction, entry_id: int, *, note: str = "") -> BankEntry:
    """Put a transfer aside that has nothing to do with orders, or take it up again. Raises `NotThisEntry`."""
    entry = tx.lock(BankEntry, entry_id)
    if entry.state == "booked":
        raise rules.NotThisEntry
    entry.state = "unmatched" if entry.state == "ignored" else "ignored"
    entry.note = note
    return entry
