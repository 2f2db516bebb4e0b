"""Orders and invoices as spreadsheets, for the books."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session as Database

from forum.core import sheets
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.payments import queries
from forum.payments.models import Invoice, Order
from forum.payments.queries import OrderFilter


def state_words() -> dict[str, str]:
    """Return the states of orders in words."""
    return {"open": _("to be paid"), "paid": _("paid"), "lapsed": _("lapsed"), "refunded": _("refunded")}


def method_words() -> dict[str, str]:
    """Return in words how money came."""
    return {"transfer": _("bank transfer"), "card": _("card"), "manual": _("by hand")}


def orders_sheet(database: Database, edition: Edition, wanted: OrderFilter, *, kind: str) -> bytes:
    """Return the orders of a filtered list."""
    headings = [
        _("Reference"),
        _("State"),
        _("Payer"),
        _("E-mail"),
        _("Organisation"),
        _("SIRET"),
        _("Places"),
        _("Total"),
        _("Received"),
        _("Missing"),
        _("To give back"),
        _("Ordered on"),
        _("To be paid until"),
        _("Paid on"),
        _("People"),
    ]
    states = state_words()
    orders = database.scalars(queries.filtered(edition.id, wanted)).all()
    rows = ([*cells(order, states[order.state])] for order in orders)
    return as_file(headings, [*rows], title=_("Orders"), kind=kind)


def cells(order: Order, state: str) -> Sequence[sheets.Cell]:
    """Return an order as a line."""
    lines = order.living_lines
    return [
        order.reference,
        state,
        order.payer_name,
        order.payer_email,
        order.organisation,
        order.siret,
        len(lines),
        order.total,
        order.received,
        order.missing if order.is_open else 0,
        order.to_give_back,
        order.created_at,
        order.due_at,
        order.paid_at,
        ", ".join(line.person for line in lines),
    ]


def invoices_sheet(database: Database, edition: Edition, *, kind: str) -> bytes:
    """Return all invoices and credit notes of an edition in the order of their numbers, amounts with their sign."""
    headings = [
        _("Number"),
        _("Date"),
        _("Kind"),
        _("Recipient"),
        _("Without VAT"),
        _("VAT"),
        _("Total"),
        _("Reference"),
        _("Takes back"),
    ]
    names = {"invoice": _("Invoice"), "credit-note": _("Credit note")}
    found = reversed(database.scalars(queries.invoices_of(edition.id)).all())
    rows = [invoice_cells(invoice, names[invoice.kind]) for invoice in found]
    return as_file(headings, rows, title=_("Invoices"), kind=kind)


def invoice_cells(invoice: Invoice, name: str) -> Sequence[sheets.Cell]:
    """Return an invoice as a line; what a credit note takes back is negative."""
    sign = -1 if invoice.kind == "credit-note" else 1
    return [
        invoice.number,
        invoice.issued_on,
        name,
        invoice.recipient,
        sign * (invoice.total - invoice.vat),
        sign * invoice.vat,
        sign * invoice.total,
        str(invoice.snapshot["reference"]),
        invoice.corrects.number if invoice.corrects else "",
    ]


def as_file(headings: Sequence[str], rows: Sequence[Sequence[sheets.Cell]], *, title: str, kind: str) -> bytes:
    """Return a table as CSV or XLSX."""
    return sheets.xlsx_bytes(headings, rows, title=title) if kind == "xlsx" else sheets.csv_bytes(headings, rows)
