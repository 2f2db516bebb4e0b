"""Until when an order is to be paid, and what is refused about money."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.payments.models import Order

REMINDER = timedelta(days=3)


class NoIssuer(Conflict):
    """Nothing can be sold before it is known who sells."""

    code = "no-issuer"
    sentence = _("Say first who sells: name, SIRET, address and bank account, on the page “Invoices and bank account”.")


class AlreadySettled(Conflict):
    """The order is not open any more."""

    code = "already-settled"
    sentence = _("This order is not open any more. Reload the page to see what became of it.")


class NothingMissing(Conflict):
    """Everything came."""

    code = "nothing-missing"
    sentence = _("This order is paid already: nothing is missing.")


class NothingToGiveBack(Conflict):
    """Nothing came, or all went back."""

    code = "nothing-to-give-back"
    sentence = _("There is nothing to give back for this order.")


class TooMuchBack(Malformed):
    """More cannot go back than came."""

    code = "too-much-back"
    sentence = _("This is more than what came for this order.")
    field: str | None = "amount"


class NotThisEntry(Conflict):
    """A bank entry is booked once."""

    code = "not-this-entry"
    sentence = _("This transfer was dealt with already. Reload the page to see where it went.")


class InvoiceStands(Conflict):
    """An order has one invoice at a time."""

    code = "invoice-stands"
    sentence = _("This order has an invoice already. Take it back by a credit note first.")


class CardsNotSet(Conflict):
    """No card provider is set, or it does not answer."""

    code = "cards-not-set"
    sentence = _("Paying by card is not possible at the moment. Pay by bank transfer, or try again in a few minutes.")


class UnreadableStatement(Malformed):
    """The file is no bank statement that we can read."""

    code = "unreadable-statement"
    sentence = _("This bank statement cannot be read: %(why)s. Download it from your bank as CAMT.053 or as CSV.")
    field: str | None = "file"


def due_moment(edition: Edition, *, days: int, now: datetime) -> datetime:
    """Return the midnight until which an order is to be paid.

    Some days from now, but never past the day before the forum opens its doors; who orders later has until tonight.
    """
    today = edition.local(now).date()
    last = max(today, min(today + timedelta(days=days), edition.first_day - timedelta(days=1)))
    return datetime.combine(last + timedelta(days=1), time(), edition.zone)


def reminder_moment(order: Order) -> datetime:
    """Return when an order is reminded of: three days before its end, or half-way where there is less time."""
    return order.due_at - min(REMINDER, (order.due_at - (order.told_at or order.created_at)) / 2)


def is_payable(order: Order) -> None:
    """Refuse to take money for what is paid or over. Raises `AlreadySettled`."""
    if not order.is_open or not order.missing:
        raise AlreadySettled
