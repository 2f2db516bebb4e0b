"""What an invoice says, frozen when it is issued: dates and amounts as text, so that nothing changes them later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from forum.payments.models import Issuer, Order
from forum.payments.rules.amounts import Amounts, Sold, amounts_of

NOT_SOLD = {
    "fr": "La place n’a pas été payée, ou a été rendue.",
    "en": "The place was not paid, or was given back.",
}
"""Why an invoice that was asked for before paying is taken back; frozen with the credit note."""

LETTERS = {"invoice": "F", "credit-note": "A"}


@dataclass(frozen=True)
class Party:
    """Who sells or buys, as an invoice names them."""

    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "FR"
    siret: str = ""
    vat_number: str = ""
    email: str = ""
    legal_form: str = ""
    contact: str = ""


@dataclass(frozen=True)
class InvoiceRequest:
    """What is to be invoiced, to whom; whoever sells something makes one (places now, stands of exhibitors later)."""

    edition_id: int
    buyer: Party
    sold: Sequence[Sold]
    delivered_on: date
    order_id: int | None = None
    reference: str = ""  # of the transfer
    engagement: str = ""
    due_on: date | None = None
    paid_on: date | None = None
    paid_by: str = ""
    language: str = "fr"


def number_of(kind: str, series: str, count: int) -> str:
    """Return an invoice's number: `F-LENS-2027-0001`, a credit note's `A-LENS-2027-0001`."""
    return f"{LETTERS[kind]}-{series.upper()}-{count:04}"


def party_of_issuer(issuer: Issuer, *, email: str) -> Party:
    """Return who sells."""
    return Party(
        name=issuer.name,
        address=issuer.address,
        postcode=issuer.postcode,
        town=issuer.town,
        country=issuer.country,
        siret=issuer.siret,
        vat_number=issuer.vat_number,
        email=email,
        legal_form=issuer.legal_form,
    )


def party_of_order(order: Order) -> Party:
    """Return who buys: the organisation that was named, else the person."""
    return Party(
        name=order.organisation or order.payer_name,
        address=order.address,
        postcode=order.postcode,
        town=order.town,
        country=order.country,
        siret=order.siret,
        vat_number=order.vat_number,
        email=order.payer_email,
        contact=order.payer_name if order.organisation else "",
    )


def frozen(
    request: InvoiceRequest, issuer: Issuer, *, number: str, issued_on: date, email: str, event: Mapping[str, str]
) -> dict[str, Any]:
    """Return everything an invoice says."""
    amounts = amounts_of(request.sold)
    return {
        "kind": "invoice",
        "number": number,
        "issued_on": issued_on.isoformat(),
        "delivered_on": request.delivered_on.isoformat(),
        "due_on": request.due_on.isoformat() if request.due_on else None,
        "paid_on": request.paid_on.isoformat() if request.paid_on else None,
        "paid_by": request.paid_by,
        "language": request.language,
        "reference": request.reference,
        "engagement": request.engagement,
        "event": dict(event),
        "seller": asdict(party_of_issuer(issuer, email=email)),
        "account": {"iban": issuer.iban, "bic": issuer.bic, "name": issuer.name},
        "exemption": issuer.exemption,
        "buyer": asdict(request.buyer),
        **frozen_amounts(amounts),
    }


def frozen_amounts(amounts: Amounts) -> dict[str, Any]:
    """Return lines and sums, amounts as text with a point."""
    return {
        "lines": [
            {
                "name": line.sold.name,
                "about": line.sold.about,
                "quantity": line.sold.quantity,
                "unit_price": str(line.unit_price),
                "vat_rate": f"{line.sold.vat_rate.normalize():f}",
                "net": str(line.net),
            }
            for line in amounts.lines
        ],
        "taxes": [
            {"rate": f"{tax.rate.normalize():f}", "base": str(tax.base), "tax": str(tax.tax)} for tax in amounts.taxes
        ],
        "net": str(amounts.net),
        "vat": str(amounts.vat),
        "gross": str(amounts.gross),
        "rounding": str(amounts.rounding),
        "due": str(amounts.due),
    }


def frozen_credit(invoice: Mapping[str, Any], *, number: str, issued_on: date, reason: str) -> dict[str, Any]:
    """Return what a credit note says: the whole of an invoice, taken back."""
    return {
        **invoice,
        "kind": "credit-note",
        "number": number,
        "issued_on": issued_on.isoformat(),
        "due_on": None,
        "paid_on": None,
        "paid_by": "",
        "corrects": {"number": invoice["number"], "issued_on": invoice["issued_on"]},
        "reason": reason,
    }
