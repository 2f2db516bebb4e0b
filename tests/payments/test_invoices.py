"""Invoices: numbers without a gap whatever happens at once, sums by the rules of EN 16931, data inside the paper."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from facturx import get_facturx_xml_from_pdf
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pypdfium2 import PdfDocument
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from forum.core.db import db, transaction
from forum.payments import actions, documents, rules
from forum.payments.models import Invoice, Issuer
from forum.payments.rules import InvoiceRequest, Party, Sold
from tests.conftest import DATABASE, Read, Write
from tests.core.test_db import in_threads
from tests.factories import an_edition
from tests.payments.shop import PRICE, an_issuer, an_order, received

CLERKS = 12
TWENTY, TEN, NONE = Decimal("20.00"), Decimal("10.00"), Decimal("0.00")
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def a_request(edition_id: int, *sold: Sold, **values: Any) -> InvoiceRequest:
    defaults: dict[str, Any] = {
        "buyer": Party(name="Ville de Lens", siret="21620498200013", town="Lens", email="compta@example.org"),
        "sold": sold or (Sold("Passe professionnel", PRICE, TWENTY, about="Ada Lovelace"),),
        "delivered_on": date(2027, 3, 19),
        "due_on": date(2027, 3, 15),
        "reference": "RF18539007547034",
        "engagement": "2027-0118",
    }
    return InvoiceRequest(edition_id=edition_id, **(defaults | values))


# --- numbers


def clerks(app: Flask, work: Callable[[int], None]) -> list[str]:
    """Let many issue invoices at once; return what went wrong."""
    wrong: list[str] = []
    numbers = iter(range(CLERKS))

    def clerk() -> None:
        number = next(numbers)
        with app.app_context():
            try:
                work(number)
            except (IntegrityError, OperationalError) as error:
                wrong.append(type(error).__name__)

    in_threads(CLERKS, clerk)
    return wrong


@pytest.mark.rush
def test_without_the_counter_two_invoices_want_the_same_number(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    """The fault that the counter stops: everybody reads the highest number, and adds one to it.

    The UNIQUE refuses the second one on PostgreSQL, so an invoice is not written and its buyer sees an error; SQLite's
    own lock refuses it as well. Without the UNIQUE there would be two invoices of one number.
    """
    with write() as tx:
        edition = an_edition(tx)
        an_issuer(tx)
    together = threading.Barrier(2)

    def clerk() -> None:
        with app.app_context():
            session = db.session()
            highest = session.scalar(select(func.max(Invoice.count)).where(Invoice.edition_id == edition.id)) or 0
            together.wait(10)
            session.add(plain_invoice(edition.id, highest + 1))
            try:
                session.commit()
            except (IntegrityError, OperationalError) as error:
                failed.append(type(error).__name__)
                session.rollback()

    failed: list[str] = []
    in_threads(2, clerk)
    assert failed == ["OperationalError" if DATABASE == "sqlite" else "IntegrityError"]


def plain_invoice(edition_id: int, count: int) -> Invoice:
    return Invoice(
        edition_id=edition_id,
        kind="invoice",
        count=count,
        number=f"F-{count}",
        issued_on=date(2027, 3, 1),
        recipient="",
        total=PRICE,
        vat=Decimal(10),
        snapshot={},
    )


@pytest.mark.rush
def test_many_at_once_get_numbers_without_a_gap_even_when_some_give_up(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        request = a_request(an_issuer(tx).edition_id)

    class GaveUpError(Exception):
        """A clerk whose work fails after the number was taken."""

    def work(number: int) -> None:
        try:
            with transaction() as tx:
                actions.issue(tx, request, now=now)
                if number % 3 == 0:
                    raise GaveUpError
        except GaveUpError:
            return

    assert clerks(app, work) == []
    with read() as session:
        counts = list(session.scalars(select(Invoice.count).order_by(Invoice.count)))
        assert counts == list(range(1, CLERKS - CLERKS // 3 + 1))
        assert session.scalars(select(Issuer.last_invoice)).one() == len(counts)


@pytest.mark.rush
def test_one_invoice_is_taken_back_once_however_many_want_to(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        invoice = actions.issue(tx, a_request(an_issuer(tx).edition_id), now=now)

    def work(_number: int) -> None:
        try:
            with transaction() as tx:
                actions.credit(tx, invoice.id, reason="Annulé", now=now)
        except rules.AlreadySettled:
            return

    assert clerks(app, work) == []
    with read() as session:
        assert session.scalars(select(Invoice.number).order_by(Invoice.id)).all() == [
            "F-LENS-2027-0001",
            "A-LENS-2027-0001",
        ]


# --- sums


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value="0.01", max_value="9999", places=2),
            st.sampled_from([TWENTY, TEN, Decimal("5.50"), Decimal("2.10"), NONE]),
            st.integers(1, 40),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_sums_follow_the_business_rules_to_the_cent(sold: list[tuple[Decimal, Decimal, int]]) -> None:
    lines = [Sold(f"Passe {number}", price, rate, count) for number, (price, rate, count) in enumerate(sold)]
    amounts = rules.amounts_of(lines)
    assert amounts.net == sum(line.net for line in amounts.lines)  # BR-CO-10, BR-CO-13
    assert amounts.vat == sum(tax.tax for tax in amounts.taxes)  # BR-CO-14
    assert amounts.gross == amounts.net + amounts.vat  # BR-CO-15
    assert amounts.due == amounts.gross + amounts.rounding == sum(price * count for price, _rate, count in sold)
    for tax in amounts.taxes:
        assert tax.tax == rules.cents(tax.base * tax.rate / 100)  # BR-CO-17
    for line in amounts.lines:
        assert rules.cents(line.unit_price * line.sold.quantity) == line.net
    assert abs(amounts.rounding) <= Decimal("0.01") * (len(amounts.lines) + len(amounts.taxes))


def test_the_same_place_for_several_people_is_one_line() -> None:
    sold = [Sold("Passe", Decimal(25), TWENTY, about=name) for name in ("Ada", "Zoé", "Anh")]
    (line,) = rules.amounts_of(sold).lines
    assert (line.sold.quantity, line.sold.about, line.unit_price, line.net) == (
        3,
        "Ada, Zoé, Anh",
        Decimal("20.8333"),
        Decimal("62.50"),
    )


# --- paper and data


def said_by(xml: bytes, *names: str) -> list[str | None]:
    """Return the first text of some elements of an invoice's data."""
    root = etree.fromstring(xml)
    return [root.findtext(f".//{RAM}{name}") for name in names]


def test_the_pdf_is_a_pdf_a_3_that_holds_the_same_as_data(write: Write, now: datetime) -> None:
    with write() as tx:
        an_issuer(tx)
        invoice = actions.issue(tx, a_request(an_edition(tx).id), now=now)
        content = documents.invoice_pdf(invoice)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        described = pdf.open_metadata()
        assert (described["pdfaid:part"], described["pdfaid:conformance"]) == ("3", "B")
        assert described["{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel"] == "EN 16931"
        assert list(pdf.attachments) == ["factur-x.xml"]
    name, xml = get_facturx_xml_from_pdf(content, check_xsd=True)
    assert name == "factur-x.xml"
    assert said_by(xml, "DuePayableAmount", "TaxTotalAmount", "PaymentReference", "IBANID") == [
        "60.00",
        "10.00",
        "RF18539007547034",
        "FR1420041010050500013M02606",
    ]
    text = " ".join(PdfDocument(content)[0].get_textpage().get_text_range().split())
    for words in ("F-LENS-2027-0001", "SIRET 732 829 320 00074", "TVA FR44732829320", "Ville de Lens", "2027-0118"):
        assert words in text
    for words in ("pénalités", "40 euros", "escompte", "Net à payer", "RF18 5390 0754 7034"):
        assert words in text


@pytest.mark.parametrize(
    "sold",
    [
        [Sold("Passe", Decimal("39.99"), TWENTY)],
        [Sold("Passe", Decimal(20), NONE)],
        [Sold("Passe", Decimal("39.99"), TWENTY), Sold("Livre", Decimal("10.55"), Decimal("5.50"), 3)],
        [Sold("Passe <&> « é » 漢字 عمر", Decimal(60), TWENTY, about="Żółkiewski" * 20)],
    ],
)
def test_the_data_are_valid_for_the_schema_paid_or_not_and_as_a_credit_note(
    write: Write, now: datetime, sold: list[Sold]
) -> None:
    with write() as tx:
        edition_id = an_issuer(tx).edition_id
        open_one = actions.issue(tx, a_request(edition_id, *sold), now=now)
        paid = actions.issue(tx, a_request(edition_id, *sold, paid_on=date(2027, 3, 2), paid_by="card"), now=now)
        taken_back = actions.credit(tx, paid.id, reason="Annulé", now=now)
    due = str(open_one.total)
    read_back = [said_by(documents.facturx_xml(each.snapshot), "DuePayableAmount")[0] for each in (open_one, paid)]
    assert read_back == [due, "0.00"]
    xml = documents.facturx_xml(taken_back.snapshot)
    assert said_by(xml, "TypeCode", "DuePayableAmount") == ["381", due]
    assert said_by(xml, f"InvoiceReferencedDocument/{RAM}IssuerAssignedID") == ["F-LENS-2027-0002"]


def test_what_was_issued_is_kept_as_it_is_whatever_changes_afterwards(
    write: Write, read: Read, now: datetime, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), PRICE, now=now)
    run_jobs()
    with read() as session:
        before = documents.invoice_file(session.scalars(select(Invoice)).one())
    with write() as tx:
        an_issuer(tx).name = "Quelqu’un d’autre"
        tx.session.get_one(type(order), order.id).payer_name = "Quelqu’un"
    with read() as session:
        invoice = session.scalars(select(Invoice)).one()
        assert documents.invoice_file(invoice) == before
        assert (invoice.recipient, invoice.snapshot["seller"]["name"]) == (
            "Ada Lovelace",
            "Association Grand Nord numérique",
        )


def test_nothing_is_invoiced_before_it_is_known_who_sells(write: Write, now: datetime) -> None:
    with write() as tx:
        request = a_request(an_edition(tx).id)
        with pytest.raises(rules.NoIssuer):
            actions.issue(tx, request, now=now)
