"""An invoice on paper, with the same as data inside: Factur-X, profile EN 16931, in a PDF/A-3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from forum.core.db import db
from forum.core.documents import Attachment, Document, attaches, render_pdf
from forum.payments.models import Invoice

TYPES = {"invoice": "380", "credit-note": "381"}
MEANS = {"transfer": "30", "card": "48", "manual": "1"}

SIREN_SCHEME, SIRET_SCHEME, PLATFORM_SCHEME = "0002", "0009", "0225"
LEGAL_NOTES = (
    # BR-FR: what French law wants to be said of late payment, with the codes of UNTDID 4451.
    ("PMD", "En cas de retard de paiement, pénalités au taux annuel de trois fois le taux d’intérêt légal."),
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 euros."),
    ("AAB", "Pas d’escompte pour paiement anticipé."),
)


@attaches("invoice")
def invoice_attachment(invoice_id: int) -> Attachment | None:
    """Return the file of an invoice's letter."""
    invoice = db.session.get(Invoice, invoice_id)
    if invoice is None:
        return None
    return Attachment(name=invoice_name(invoice), content=invoice_file(invoice), type="application/pdf")


def invoice_name(invoice: Invoice) -> str:
    """Return the name of the file."""
    return f"{invoice.number}.pdf"


def invoice_file(invoice: Invoice) -> bytes:
    """Return the PDF of an invoice: the one that was kept, else a new one of the same frozen words."""
    return invoice.file.content if invoice.file is not None else invoice_pdf(invoice)


def invoice_pdf(invoice: Invoice) -> bytes:
    """Draw an invoice and put its data inside."""
    from facturx import generate_from_binary  # slow to import: only who makes an invoice waits

    said = invoice.snapshot
    paper = render_pdf(
        Document(
            template="payments/print/invoice.html",
            title=invoice.number,
            context={
                "said": said,
                "notes": LEGAL_NOTES,
                "amount": amount,
                "euros_of": euros,
                "unit_of": unit_euros,
                "written": date.fromisoformat,
            },
            variant="pdf/a-3b",
        )
    )
    kind = "Avoir" if invoice.kind == "credit-note" else "Facture"
    made: bytes = generate_from_binary(
        paper,
        facturx_xml(said),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,  # checked when it was made
        lang="fr-FR",
        pdf_metadata={
            "author": said["seller"]["name"],
            "keywords": f"{kind}, Factur-X",
            "title": f"{said['seller']['name']} : {kind.lower()} {invoice.number}",
            "subject": f"{kind} {invoice.number} du {said['issued_on']}",
        },
    )
    return made


def amount(text: str) -> Decimal:
    """Return an amount that was frozen as text."""
    return Decimal(text)


def euros(value: Decimal) -> str:
    """Return an amount as French invoices write it, whoever reads: « 1 250,00 € »."""
    return format_currency(value, "EUR", locale="fr")


def unit_euros(text: str) -> str:
    """Return a price of one, with as many places as were frozen: « 20,8333 € »."""
    value = Decimal(text)
    places = max(2, -int(value.as_tuple().exponent))
    return format_currency(value, "EUR", format=f"#,##0.{'0' * places}\u00a0¤", locale="fr", currency_digits=False)


def facturx_xml(said: Mapping[str, Any]) -> bytes:
    """Return an invoice as Cross Industry Invoice XML, checked against the schema of the EN 16931 profile."""
    from facturx.generate_xml import generate_cii_xml

    made: bytes = generate_cii_xml(terms_of(said), level="en16931", check_xsd=True, check_schematron=None)
    return made


def terms_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an invoice says under the names of EN 16931's business terms (BT) and groups (BG).

    A credit note says the same amounts as its invoice, as what is owed back (type 381).
    """
    paid = bool(said["paid_on"])
    terms: dict[str, Any] = {
        "BT-1": said["number"],
        "BT-2": date.fromisoformat(said["issued_on"]),
        "BT-3": TYPES[said["kind"]],
        "BT-23": "S2" if paid else "S1",  # services, paid already or not (the French reform of 2026)
        "BT-5": "EUR",
        "BG-1": [{"BT-21": code, "BT-22": words} for code, words in LEGAL_NOTES],
        "BT-10": said["engagement"] or None,
        "BT-13": said["engagement"] or None,
        "BG-4": party_terms(said["seller"], is_seller=True),
        "BG-7": party_terms(said["buyer"], is_seller=False),
        "BT-72": date.fromisoformat(said["delivered_on"]),
        "BT-81": MEANS.get(said["paid_by"], "30") if paid else "30",
        "BT-83": said["reference"] or None,
        "BT-84": said["account"]["iban"],
        "BT-85": said["account"]["name"],
        "BT-86": said["account"]["bic"] or None,
        "BT-9": date.fromisoformat(said["due_on"] or said["issued_on"]),
        "BG-25": [line_terms(number, line) for number, line in enumerate(said["lines"], start=1)],
        "BG-23": [tax_terms(tax, said["exemption"]) for tax in said["taxes"]],
        "BT-106": said["net"],
        "BT-109": said["net"],
        "BT-110": said["vat"],
        "BT-112": said["gross"],
        "BT-113": said["due"] if paid else None,
        "BT-114": said["rounding"] if Decimal(said["rounding"]) else None,
        "BT-115": "0.00" if paid else said["due"],
    }
    if said["kind"] == "credit-note":
        corrected = said["corrects"]
        terms["BG-3"] = [{"BT-25": corrected["number"], "BT-26": date.fromisoformat(corrected["issued_on"])}]
        terms["BG-1"] = [*terms["BG-1"], {"BT-22": said["reason"]}]
    if terms["BT-81"] != "30":
        for bank in ("BT-84", "BT-85", "BT-86"):
            terms[bank] = None
    return {name: value for name, value in terms.items() if value is not None}


def party_terms(party: Mapping[str, str], *, is_seller: bool) -> dict[str, Any]:
    """Return who sells or buys; a French business is named by its SIREN, and its SIRET as another identifier."""
    siren = party["siret"][:9]
    terms: dict[str, Any] = {
        "name": party["name"],
        "addr_l1": party["address"].replace("\n", ", "),
        "postcode": party["postcode"],
        "city": party["town"],
        "country_code": party["country"],
        "legal_identifier": siren,
        "legal_identifier_schemeid": SIREN_SCHEME if siren else "",
        "identifiers": {SIRET_SCHEME: party["siret"]} if party["siret"] else {},
        "vat_identifier": party["vat_number"],
    }
    # Where platforms deliver it: the SIREN, else a letter box.
    terms["einvoicing_addr"] = siren or party["email"]
    terms["einvoicing_addr_schemeid"] = PLATFORM_SCHEME if siren else "EM"
    if is_seller:
        terms["legal_info"] = party["legal_form"]
        terms["contacts"] = [{"name": party["name"], "email": party["email"]}]
        if not party["vat_number"]:
            terms["tax_identifier"] = siren
    return {name: value for name, value in terms.items() if value}


def category_of(rate: str) -> str:
    """Return the VAT category: standard rate, or exempt."""
    return "S" if Decimal(rate) else "E"


def line_terms(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line."""
    terms = {
        "BT-126": str(number),
        "BT-153": line["name"],
        "BT-154": line["about"],
        "BT-129": str(line["quantity"]),
        "BT-130": "C62",
        "BT-146": line["unit_price"],
        "BT-131": line["net"],
        "BT-151": category_of(line["vat_rate"]),
        "BT-152": line["vat_rate"],
    }
    return {name: value for name, value in terms.items() if value}


def tax_terms(tax: Mapping[str, str], exemption: str) -> dict[str, Any]:
    """Return the VAT of one rate; without VAT, the reason is said."""
    terms = {
        "BT-116": tax["base"],
        "BT-117": tax["tax"],
        "BT-118": category_of(tax["rate"]),
        "BT-119": tax["rate"],
    }
    if terms["BT-118"] == "E":
        terms["BT-120"] = exemption or "TVA non applicable"
    return terms
