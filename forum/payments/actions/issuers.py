"""Who sells an edition's places."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.payments import queries
from forum.payments.models import DAYS_TO_PAY, Issuer


@dataclass(frozen=True)
class IssuerDetails:
    """What organisers say of the issuer."""

    name: str
    siret: str
    address: str
    postcode: str
    town: str
    iban: str
    bic: str = ""
    legal_form: str = ""
    vat_number: str = ""
    exemption: str = ""
    country: str = "FR"
    days_to_pay: int = DAYS_TO_PAY


def save_issuer(tx: Transaction, edition_id: int, details: IssuerDetails) -> Issuer:
    """Write the issuer down; invoices that were issued keep what they say."""
    tx.lock(Edition, edition_id)
    issuer = queries.issuer_of(tx.session, edition_id)
    if issuer is None:
        return tx.add(Issuer(edition_id=edition_id, **asdict(details)))
    issuer = tx.lock(Issuer, issuer.id)
    for name, value in asdict(details).items():
        setattr(issuer, name, value)
    return issuer
