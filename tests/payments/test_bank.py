"""Bank statements: read in whatever form, matched by reference, booked once."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from forum.payments import actions, documents, rules
from forum.payments.models import BankEntry, Order, Payment
from forum.payments.rules import StatementEntry
from tests import cast
from tests.conftest import Read, Write
from tests.inspection import InspectingClient, soup, words
from tests.payments.shop import PRICE, an_order

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Ntry><Amt Ccy="EUR">60.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2027-03-05</Dt></BookgDt>
<AcctSvcrRef>B1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Ada Lovelace</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2027-03-05</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="CHF">60.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2027-03-05</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">90.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2027-03-06</Dt></BookgDt><NtryRef>B2</NtryRef>
<NtryDtls><TxDtls><Amt Ccy="EUR">40.00</Amt><RmtInf><Ustrd>Un</Ustrd></RmtInf></TxDtls>
<TxDtls><Amt Ccy="EUR">50.00</Amt><RmtInf><Ustrd>Deux</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""

CSV = """Compte 00013M02606;;;
Solde au 06/03/2027;1 234,56 EUR;;

Date opération;Libellé;Débit euros;Crédit euros
05/03/2027;VIR ADA LOVELACE {reference};;60,00
05/03/2027;FRAIS DE TENUE DE COMPTE;-12,50;
06/03/2027;"VIR INST M. DUPONT; sans référence";;1 250,00
06/03/2027;CB SANS NOM;;15,00
06/03/2027;CB SANS NOM;;15,00
"""


def test_a_camt_statement_gives_what_came_in_and_takes_collected_entries_apart() -> None:
    found = documents.read_statement(CAMT.format(reference="RF18539007547034").encode())
    assert [(each.booked_on, each.amount, each.payer, each.text) for each in found] == [
        (date(2027, 3, 5), Decimal("60.00"), "Ada Lovelace", "RF18539007547034"),
        (date(2027, 3, 6), Decimal("40.00"), "", "Un"),
        (date(2027, 3, 6), Decimal("50.00"), "", "Deux"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_banks_csv_is_read_from_its_headings_on(encoding: str) -> None:
    found = documents.read_statement(CSV.format(reference="RF18 5390 0754 7034").encode(encoding))
    assert [(each.booked_on, each.amount) for each in found] == [
        (date(2027, 3, 5), Decimal("60.00")),
        (date(2027, 3, 6), Decimal("1250.00")),
        (date(2027, 3, 6), Decimal("15.00")),
        (date(2027, 3, 6), Decimal("15.00")),
    ]
    assert len({each.entry_key for each in found}) == 4


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Date;Montant;Libellé;Devise", "2027-03-05;60.00;RF18539007547034;EUR"),
        ("Date comptable\tLibelle operation\tMontant", "05/03/27\tRF18539007547034\t+60,00"),
        ("Booking date,Name,Amount,Remittance information", '2027-03-05,Ada,"60.00 €",RF18539007547034'),
        ("Date valeur;Date opération;Crédit;Débit;Détail", "04/03/2027;05/03/2027;60,00;;RF18539007547034"),
    ],
)
def test_columns_are_guessed_from_what_banks_call_them(headings: str, row: str) -> None:
    (entry,) = documents.read_statement(f"{headings}\n{row}\n".encode())
    assert (entry.booked_on, entry.amount) == (date(2027, 3, 5), Decimal("60.00"))
    assert rules.references_in(entry.text) == ["RF18539007547034"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><Document>&c;</Document>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"<Document>",
        BOMB,
        b"<html></html>",
        b"un;deux\n1;2\n",
        b"PK\x03\x04nothing",
    ],
)
def test_what_is_no_statement_is_said(content: bytes) -> None:
    with pytest.raises(rules.UnreadableStatement):
        documents.read_statement(content)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(rules.UnreadableStatement):
        documents.read_statement(text.encode("utf-8", "replace"))


@given(st.sampled_from(["", " ", "-", "  "]), st.booleans())
def test_a_reference_is_found_however_it_was_typed(between: str, is_small: bool) -> None:
    reference = rules.new_reference()
    typed = between.join(rules.grouped_reference(reference).split())
    text = f"VIREMENT SURF DE {typed} MERCI"
    assert rules.references_in(text.lower() if is_small else text) == [reference]


@given(st.integers(2, 15), st.sampled_from("0123456789"))
def test_a_reference_with_a_wrong_digit_is_nobodys(place: int, wrong: str) -> None:
    reference = rules.new_reference()
    changed = reference[:place] + wrong + reference[place + 1 :]
    assert rules.references_in(changed) == ([reference] if changed == reference else [])


def upload(client: InspectingClient, content: str, name: str = "releve.csv") -> str:
    """Upload a statement on the organisers' page; return what they are told."""
    answer = client.submit(
        "/organise/lens-2027/bank",
        {"file": (io.BytesIO(content.encode()), name)},
        form="form.pay-upload",
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    notice = soup(answer).select_one(".notice")
    return words(notice)


def test_an_upload_books_what_names_its_order_and_the_same_file_again_nothing(
    client_for: Callable[[str], InspectingClient], write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
    client = client_for("organiser")
    statement = CAMT.format(reference=rules.grouped_reference(order.reference).lower())
    assert upload(client, statement, "camt.xml") == "3 nouveaux virements, 1 rapproché par sa référence."
    assert upload(client, statement, "camt.xml") == "0 nouveau virement, 3 déjà connus, 0 rapproché par sa référence."
    with read() as session:
        assert session.get_one(Order, order.id).state == "paid"
        assert session.scalars(select(Payment.amount)).all() == [PRICE]


def test_a_file_that_is_no_statement_is_refused_at_its_field(
    client_for: Callable[[str], InspectingClient], write: Write
) -> None:
    client = client_for("organiser")
    with write() as tx:
        an_order(tx, now=cast.NOW)
    assert "Ce relevé ne peut pas être lu" in upload(client, "<Document/>", "camt.xml")


def test_what_names_no_order_is_suggested_by_name_and_amount_and_booked_by_hand(
    client_for: Callable[[str], InspectingClient], write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        an_order(tx, now=now, who=cast.ELENI)
        entries = [StatementEntry("1", date(2027, 3, 5), PRICE, "M ou Mme LOVELACE ADA", "Forum")]
        actions.take_entries(tx, order.edition_id, entries, now=now)
    client = client_for("organiser")
    page = client.page("/organise/lens-2027/bank")
    assert [words(each) for each in page.select(".transfer__candidate a")] == ["Ada Lovelace"]
    client.submit("/organise/lens-2027/bank", {}, form=".transfer__candidate")
    with read() as session:
        assert session.get_one(Order, order.id).state == "paid"
        assert session.scalars(select(BankEntry.state)).all() == ["booked"]


def test_a_transfer_is_booked_once_even_by_hand(write: Write, now: datetime) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        actions.take_entries(tx, order.edition_id, [an_entry("1", order)], now=now)
        entry = tx.session.scalars(select(BankEntry)).one()
        actions.book_entry(tx, entry.id, order.id, account_id=None, now=now)
        with pytest.raises(rules.NotThisEntry):
            actions.book_entry(tx, entry.id, order.id, account_id=None, now=now)
        with pytest.raises(rules.NotThisEntry):
            actions.ignore_entry(tx, entry.id)


def an_entry(key: str, order: Order, amount: Decimal = PRICE) -> StatementEntry:
    return StatementEntry(key, date(2027, 3, 5), amount, "ADA", f"paiement {order.reference}")


def test_a_second_transfer_for_a_paid_order_waits_for_a_person(write: Write, now: datetime) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
        actions.take_entries(tx, order.edition_id, [an_entry("1", order), an_entry("2", order)], now=now)
        first, second = tx.session.scalars(select(BankEntry).order_by(BankEntry.id))
        booked = [actions.match_entry(tx, entry.id, now=now) for entry in (first, second)]
        assert (booked, second.state, order.received) == ([True, False], "unmatched", PRICE)


def test_two_references_in_one_transfer_are_for_a_person_to_sort_out(write: Write, now: datetime) -> None:
    with write() as tx:
        first, second = an_order(tx, now=now), an_order(tx, now=now, who=cast.ZOE)
        text = f"{first.reference} et {second.reference}"
        both = StatementEntry("1", date(2027, 3, 5), 2 * PRICE, "ADA", text)
        actions.take_entries(tx, first.edition_id, [both], now=now)
        assert not actions.match_entry(tx, tx.session.scalars(select(BankEntry.id)).one(), now=now)


def test_too_little_for_a_lapsed_order_waits_for_a_person(write: Write, now: datetime) -> None:
    late = now + timedelta(days=20)
    with write() as tx:
        order = an_order(tx, now=now)
        actions.tell(tx, order.id, now=now)
        actions.lapse(tx, order.id, now=late)
        entries = [an_entry("1", order, Decimal("59.00")), an_entry("2", order)]
        actions.take_entries(tx, order.edition_id, entries, now=late)
        ids = tx.session.scalars(select(BankEntry.id).order_by(BankEntry.id)).all()
        assert [actions.match_entry(tx, entry_id, now=late) for entry_id in ids] == [False, True]
        assert order.state == "paid"


def test_the_transfers_code_fills_in_what_epc069_12_says(now: datetime) -> None:
    content = rules.transfer_code(
        name="Association", iban="FR1420041010050500013M02606", bic="", amount=PRICE, reference="RF18539007547034"
    )
    assert content.split("\n") == [
        "BCD", "002", "1", "SCT", "", "Association", "FR1420041010050500013M02606", "EUR60.00", "", "RF18539007547034",
    ]  # fmt: skip
