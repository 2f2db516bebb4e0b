"""What becomes of orders by themselves: told, reminded of, given up; money on its way back; invoices on the shelf."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core import cards
from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.core.logs import log
from forum.payments import actions, documents, queries
from forum.payments.models import Invoice
from forum.payments.rules.orders import REMINDER

UNHEARD = timedelta(minutes=10)


@job(every=timedelta(seconds=2))
def tell_orders(now: datetime) -> int:
    """Write the letters of new orders; a group's registrations are all in by now."""
    found = queries.untold_orders(db.session())
    for order_id in found:
        with transaction() as tx:
            actions.tell(tx, order_id, now=now)
    return len(found)


@job(every=timedelta(minutes=1))
def mind_orders(now: datetime) -> int:
    """Put orders right whose places changed; remind of those that end soon; give up those that are over."""
    done = 0
    for order_id in queries.stale_orders(db.session()):
        with transaction() as tx:
            actions.tidy(tx, order_id, now=now)
        done += 1
    for order in queries.orders_to_remind(db.session(), now + REMINDER):
        with transaction() as tx:
            done += actions.remind(tx, order.id, now=now)
    for order_id in queries.due_orders(db.session(), now):
        with transaction() as tx:
            done += actions.lapse(tx, order_id, now=now)
    return done


@job(every=timedelta(seconds=5))
def make_invoices(now: datetime) -> int:
    """Draw the invoices that were issued, and keep them as they are."""
    found = queries.invoices_without_file(db.session())
    for invoice_id in found:
        content = documents.invoice_pdf(db.session.get_one(Invoice, invoice_id))
        with transaction() as tx:
            actions.keep_file(tx, invoice_id, content, now=now)
    return len(found)


@job(every=timedelta(seconds=10))
def give_card_money_back(now: datetime) -> int:
    """Ask the provider to give back what is not ours; asked twice with one key, it is done once."""
    provider = cards.cards()
    if provider is None:
        return 0
    found = [(each.id, each.intent_key, each.refund_amount) for each in queries.card_refunds_due(db.session(), now)]
    for card_id, intent_key, amount in found:
        db.session.rollback()  # no reading transaction stays open while the provider thinks
        try:
            provider.give_back(intent_key, amount, once_key=f"give-back-{card_id}-{amount}")
        except cards.CardsDown as down:
            log.error("card refund failed", card_payment=card_id, reason=str(down))
            with transaction() as tx:
                actions.refund_failed(tx, card_id, str(down), now=now)
        else:
            with transaction() as tx:
                actions.refund_done(tx, card_id, now=now)
    return len(found)


@job(every=timedelta(minutes=5))
def ask_after_card_pages(now: datetime) -> int:
    """Ask what became of the provider's pages of which nothing was heard: a webhook may be lost."""
    provider = cards.cards()
    if provider is None:
        return 0
    done = 0
    pages = [page.session_key for page in queries.pages_to_ask_after(db.session(), made_before=now - UNHEARD)]
    for page_key in pages:
        db.session.rollback()
        try:
            news = provider.look(page_key)
        except cards.CardsDown as down:
            log.error("card page not known", page=page_key, reason=str(down))
            continue
        if news.kind in ("paid", "expired"):
            with transaction() as tx:
                actions.take_in(tx, news, now=now)
            done += 1
    return done
