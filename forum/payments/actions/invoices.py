"""Invoices and credit notes: a number each, without a gap, and everything they say frozen with it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.payments import queries, rules
from forum.payments.models import Invoice, InvoiceFile, Issuer, Order
from forum.payments.rules import InvoiceRequest, Sold


def issue(tx: Transaction, request: InvoiceRequest, *, now: datetime) -> Invoice:
    """Issue an invoice with the next number of its edition.

    The issuer's row is locked until the transaction ends: the number is given if and only if the invoice is written.
    Raises `NoIssuer`.
    """
    issuer = locked_issuer(tx, request.edition_id)
    edition = tx.session.get_one(Edition, request.edition_id)
    issuer.last_invoice += 1
    number = rules.number_of("invoice", edition.slug, issuer.last_invoice)
    snapshot = rules.frozen(
        request,
        issuer,
        number=number,
        issued_on=edition.local(now).date(),
        email=edition.contact_email,
        event={"name": edition.name, "city": edition.host_city.name, "accent": edition.host_city.accent},
    )
    return write(tx, edition, snapshot, count=issuer.last_invoice, order_id=request.order_id, now=now)


def locked_issuer(tx: Transaction, edition_id: int) -> Issuer:
    """Return the issuer, whose counters are ours until the end. Raises `NoIssuer`."""
    issuer = queries.issuer_of(tx.session, edition_id)
    if issuer is None:
        raise rules.NoIssuer
    return tx.lock(Issuer, issuer.id)


def write(
    tx: Transaction,
    edition: Edition,
    snapshot: dict[str, object],
    *,
    count: int,
    now: datetime,
    order_id: int | None = None,
    corrects: Invoice | None = None,
) -> Invoice:
    """Write an invoice or a credit note down."""
    buyer = snapshot["buyer"]
    invoice = tx.add(
        Invoice(
            edition_id=edition.id,
            kind=str(snapshot["kind"]),
            count=count,
            number=str(snapshot["number"]),
            issued_on=edition.local(now).date(),
            order_id=order_id,
            corrects_id=corrects.id if corrects else None,
            recipient=str(buyer["name"]) if isinstance(buyer, dict) else "",
            total=Decimal(str(snapshot["due"])),
            vat=Decimal(str(snapshot["vat"])),
            snapshot=snapshot,
        )
    )
    if corrects is not None:
        tx.session.expire(corrects, ["correction"])
    return invoice


def issue_for_order(tx: Transaction, order: Order, *, now: datetime) -> Invoice:
    """Issue the invoice of a locked order: paid, or to be paid when a public body needs it first.

    Raises `InvoiceStands` or `NoIssuer`.
    """
    if queries.standing_invoice(tx.session, order.id) is not None:
        raise rules.InvoiceStands
    edition = order.edition
    request = InvoiceRequest(
        edition_id=order.edition_id,
        buyer=rules.party_of_order(order),
        sold=[
            Sold(
                name=line.category.in_language(order.language),
                price=line.price,
                vat_rate=line.vat_rate,
                about=line.person,
            )
            for line in order.living_lines
        ],
        delivered_on=edition.last_day,
        order_id=order.id,
        reference=order.reference,
        engagement=order.engagement,
        due_on=edition.local(order.last_moment).date() if not order.paid_at else None,
        paid_on=edition.local(order.paid_at).date() if order.paid_at else None,
        paid_by=order.payments[-1].method if order.paid_at and order.payments else "",
        language=order.language,
    )
    invoice = issue(tx, request, now=now)
    tx.session.expire(order, ["invoices"])
    return invoice


def credit(tx: Transaction, invoice_id: int, *, reason: str, now: datetime) -> Invoice:
    """Take a whole invoice back by a credit note, once. Raises `AlreadySettled` the second time."""
    invoice = tx.session.get_one(Invoice, invoice_id)
    issuer = locked_issuer(tx, invoice.edition_id)
    tx.session.refresh(invoice, ["correction"])
    if not invoice.is_standing:
        raise rules.AlreadySettled
    edition = invoice.edition
    issuer.last_credit_note += 1
    snapshot = rules.frozen_credit(
        invoice.snapshot,
        number=rules.number_of("credit-note", edition.slug, issuer.last_credit_note),
        issued_on=edition.local(now).date(),
        reason=reason,
    )
    return write(
        tx, edition, snapshot, count=issuer.last_credit_note, order_id=invoice.order_id, corrects=invoice, now=now
    )


def keep_file(tx: Transaction, invoice_id: int, content: bytes, *, now: datetime) -> bytes:
    """Keep the PDF of an invoice; return the one that was kept first."""
    kept = tx.add_once(InvoiceFile, once="invoice_id", invoice_id=invoice_id, content=content, made_at=now)
    if kept is None:
        kept = tx.session.get_one(Invoice, invoice_id).file
    return kept.content if kept else content
