"""The letters about money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from forum.core.web import public_address
from forum.messages.actions import LetterDraft
from forum.payments import rules
from forum.payments.models import Invoice, Issuer, Order


def to_pay(order: Order, issuer: Issuer, *, own_page: str) -> LetterDraft:
    """Tell what to pay, how and until when."""
    context = {"issuer": issuer, "reference": rules.grouped_reference(order.reference)}
    return draft("to-pay", order, once_key=f"payments-to-pay:{order.id}", own_page=own_page, context=context)


def reminder(order: Order, issuer: Issuer, *, own_page: str) -> LetterDraft:
    """Remind of what is to be paid, before the place is given to somebody else."""
    context = {"issuer": issuer, "reference": rules.grouped_reference(order.reference)}
    return draft("reminder", order, once_key=f"payments-reminder:{order.id}", own_page=own_page, context=context)


def paid(order: Order, invoice: Invoice, *, own_page: str) -> LetterDraft:
    """Say thank you, with the invoice."""
    return draft(
        "paid",
        order,
        once_key=f"payments-paid:{order.id}:{invoice.id}",
        own_page=own_page,
        context={"invoice": invoice},
        attachments=(("invoice", invoice.id),),
    )


def too_late(order: Order) -> LetterDraft:
    """Say that the money came after the place was given up and no place is left: it goes back."""
    once_key = f"payments-too-late:{order.id}:{order.received}"
    return draft("too-late", order, once_key=once_key, own_page="", context={})


def refunded(order: Order, *, amount: Decimal, own_page: str, now: datetime) -> LetterDraft:
    """Say what goes back, with the credit note."""
    credits = [invoice for invoice in order.invoices if invoice.kind == "credit-note"]
    return draft(
        "refunded",
        order,
        once_key=f"payments-refunded:{order.id}:{now.isoformat()}",
        own_page=own_page,
        context={"amount": amount},
        attachments=[("invoice", credits[-1].id)] if credits else (),
    )


def draft(
    name: str,
    order: Order,
    *,
    once_key: str,
    own_page: str,
    context: Mapping[str, Any],
    attachments: Sequence[tuple[str, int]] = (),
) -> LetterDraft:
    """Describe a letter to who pays an order."""
    return LetterDraft(
        template=f"payments/emails/{name}",
        once_key=once_key,
        to_email=order.payer_email,
        to_name=order.payer_name,
        language=order.language,
        edition_slug=order.edition.slug,
        context={
            "order": order,
            "edition": order.edition,
            "own_address": public_address(own_page) if own_page else "",
            "language": order.language,
            **context,
        },
        attachments=attachments,
    )
