"""What the card provider tells, and what is asked of it; each thing counts once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from forum.core.cards import CURRENCY, CardNews, CardPage
from forum.core.db import Transaction
from forum.payments import queries
from forum.payments.actions.money import RETRY, Receipt, book, receive, refunding
from forum.payments.models import CardEvent, CardPayment, Order


def keep_card_page(
    tx: Transaction, order_id: int, page: CardPage, *, amount: Decimal, expires_at: datetime, now: datetime
) -> None:
    """Write a page of the provider down, so that what it tells is known to be ours; a double click makes one."""
    tx.add_once(
        CardPayment,
        once="session_key",
        order_id=order_id,
        session_key=page.key,
        address=page.address,
        amount=amount,
        state="open",
        created_at=now,
        expires_at=expires_at,
    )


def hear(tx: Transaction, news: CardNews, *, now: datetime) -> str:
    """Take in what the provider tells, once for each event; return what came of it, for the log.

    The amount and the currency must be those that were asked for, else nobody is admitted and organisers see it.
    """
    event = tx.add_once(CardEvent, once="event_key", event_key=news.event_key, kind=news.name[:100], received_at=now)
    if event is None:
        return "known"
    return take_in(tx, news, now=now)


def take_in(tx: Transaction, news: CardNews, *, now: datetime) -> str:
    """Do what news of a page of ours asks for; also when it was we who asked."""
    known = queries.card_payment_with_key(tx.session, news.page_key) if news.page_key else None
    if known is None:
        return "not ours"
    card = refunding(tx, known.id)
    if news.kind == "expired" and card.state == "open":
        card.state = "expired"
        return "expired"
    if news.kind != "paid" or card.state not in ("open", "expired"):
        return "nothing to do"
    card.intent_key = news.intent_key
    if (news.amount, news.currency.lower()) != (card.amount, CURRENCY):
        card.state = "wrong"
        card.last_error = f"{news.amount} {news.currency}"[:200]
        return "wrong amount"
    card.state = "paid"
    tx.session.flush()
    receive(tx, card.order_id, Receipt(once_key=f"card:{card.session_key}", method="card", amount=card.amount), now=now)
    return "paid"


def refund_done(tx: Transaction, card_payment_id: int, *, now: datetime) -> None:
    """Book what went back to a card."""
    card = refunding(tx, card_payment_id)
    if card.state != "refunding":
        return
    card.state, card.last_error = "refunded", ""
    order = tx.session.get_one(Order, card.order_id)
    book(tx, order, Receipt(once_key=f"card-back:{card.id}", method="card", amount=-card.refund_amount), now=now)


def refund_failed(tx: Transaction, card_payment_id: int, reason: str, *, now: datetime) -> None:
    """Try again later; organisers see the provider's words."""
    card = refunding(tx, card_payment_id)
    if card.state == "refunding":
        card.next_try_at, card.last_error = now + RETRY, reason[:500]
