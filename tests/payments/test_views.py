"""Pages about money: of who pays, of organisers; nothing of it where nothing is sold."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core import codes
from forum.core.sheets import read_rows
from forum.payments import actions
from forum.payments.models import Invoice, Issuer, Order
from forum.payments.rules import StatementEntry
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_registration, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.payments.shop import PRICE, SELLER, an_issuer, an_order, received
from tests.statements import statements_of

BASE = "/organise/lens-2027"
ClientFor = Callable[[str], InspectingClient]


def own_page(write: Write, now: datetime, **values: Any) -> str:
    """Return the own page of somebody who owes the price of a place."""
    with write() as tx:
        registration = an_order(tx, now=now, **values).lines[0].registration
        assert registration is not None
        return f"/r/{registration.token}"


def test_a_free_forum_shows_nothing_of_money(client: InspectingClient, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        token = a_registration(tx).token
    assert client.page(f"/r/{token}").select("#payment") == []
    rail = words(client_for("organiser").page(f"{BASE}/").select_one(".rail"))
    assert "Paiements" not in rail


def test_the_own_page_says_how_much_how_and_until_when(client: InspectingClient, write: Write, now: datetime) -> None:
    own = own_page(write, now)
    said = words(client.page(own).select_one("#payment"))
    for expected in (
        "60,00 €",
        "dont TVA à 20 %",
        "10,00 €",
        "lundi 15 mars 2027",
        "FR14 2004 1010 0505 0001 3M02 606",
    ):
        assert expected in said.replace("\u202f", " ").replace("\xa0", " ")
    assert client.page(own).select("#payment svg title")[0].text == "Code du virement"
    assert "carte" not in said


def test_before_it_is_known_who_sells_the_page_asks_for_patience(
    client: InspectingClient, write: Write, now: datetime
) -> None:
    own = own_page(write, now)
    with write() as tx:
        tx.session.delete(tx.session.scalars(select(Issuer)).one())
    assert "Une lettre vous dira comment régler" in words(client.page(own).select_one("#payment"))


def test_the_buyer_is_named_and_a_public_body_gets_its_invoice_at_once(
    client: InspectingClient, write: Write, read: Read, now: datetime
) -> None:
    own = own_page(write, now)
    values = {"organisation": "Ville de Lens", "siret": "216 204 982 00013", "town": "Lens", "engagement": "E-1"}
    assert client.submit(f"{own}/invoice", values | {"early": "y"}).status_code == 303
    link = client.page(own).select_one("#payment a[href$='.pdf']")
    assert link is not None
    answer = client.get(str(link["href"]))
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    with read() as session:
        said = session.scalars(select(Invoice)).one().snapshot
        assert (said["buyer"]["name"], said["buyer"]["siret"], said["engagement"]) == (
            "Ville de Lens",
            "21620498200013",
            "E-1",
        )


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("siret", "21620498200014", "Ce n’est pas un SIRET"),
        ("vat_number", "FR00732829320", "Ce n’est pas un numéro de TVA"),
        ("organisation", "x" * 10_000, "trop long"),
    ],
)
def test_a_wrong_number_is_said_at_its_field(
    client: InspectingClient, write: Write, now: datetime, field: str, typed: str, sentence: str
) -> None:
    own = own_page(write, now)
    answer = client.submit(f"{own}/invoice", {field: typed})
    assert (answer.status_code, sentence in words(soup(answer).select_one(f"#{field}-error"))) == (422, True)


def test_nobody_reads_the_invoice_of_somebody_else(client: InspectingClient, write: Write, now: datetime) -> None:
    with write() as tx:
        received(tx, an_order(tx, now=now), PRICE, now=now)
    assert client.get(f"{own_page(write, now, who=cast.ZOE)}/invoices/F-LENS-2027-0001.pdf").status_code == 404
    assert client.get(f"/r/{codes.new_token()}/invoice").status_code == 404


@pytest.mark.parametrize("path", ["orders", "orders/1", "orders.csv", "bank", "invoices", "invoices/1.pdf", "issuer"])
def test_money_is_for_the_organisers_of_the_edition(client_for: ClientFor, write: Write, path: str) -> None:
    with write() as tx:
        an_edition(tx)
    assert client_for("stranger").get(f"{BASE}/{path}").status_code == 403


def test_an_organiser_marks_as_paid_with_a_note_and_gives_back(
    client_for: ClientFor, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        order = an_order(tx, now=now)
    client, page = client_for("organiser"), f"{BASE}/orders/{order.id}"
    assert client.submit(page, {}, form="form[action$='/paid']").status_code == 422
    assert client.submit(page, {"note": "Chèque 12"}, form="form[action$='/paid']").status_code == 303
    chosen = {"line": str(order.lines[0].id), "reason": "Maladie"}
    assert client.submit(page, chosen, form="form[action$='/take-off']").status_code == 303
    refused = client.submit(page, {"amount": "60,01"}, form="form[action$='/give-back']")
    assert (refused.status_code, "plus que" in words(soup(refused).select_one("#amount-error"))) == (422, True)
    assert client.submit(page, {"amount": "60,00"}, form="form[action$='/give-back']").status_code == 303
    assert "remboursée" in words(client.page(page).select_one("main"))
    with read() as session:
        found = session.scalars(select(Order)).one()
        assert (found.state, found.received) == ("refunded", Decimal(0))
        assert session.scalars(select(Registration.state)).all() == ["cancelled"]


def test_a_corrected_address_is_invoiced_anew(client_for: ClientFor, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        order = received(tx, an_order(tx, now=now), PRICE, now=now)
    client = client_for("organiser")
    client.submit(f"{BASE}/orders/{order.id}/buyer", {"organisation": "Lycée Condorcet"})
    assert [words(each) for each in client.page(f"{BASE}/invoices").select("tbody th a")] == [
        "F-LENS-2027-0002",
        "A-LENS-2027-0001",
        "F-LENS-2027-0001",
    ]


def test_the_issuer_is_checked_and_saved(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx)
    client = client_for("organiser")
    good = {name: str(getattr(SELLER, name)) for name in SELLER.__dataclass_fields__ if name != "country"}
    wrong = client.submit(f"{BASE}/issuer", good | {"iban": "FR7612345", "siret": "1"})
    assert sorted(each["id"] for each in soup(wrong).select(".field__error")) == ["iban-error", "siret-error"]
    answer = client.submit(f"{BASE}/issuer", good | {"iban": "FR14 2004 1010 0505 0001 3M02 606"})
    assert answer.status_code == 303
    with read() as session:
        assert session.scalars(select(Issuer.iban)).all() == ["FR1420041010050500013M02606"]


def test_the_lists_are_filtered_and_leave_as_spreadsheets(client_for: ClientFor, write: Write, now: datetime) -> None:
    with write() as tx:
        received(tx, an_order(tx, now=now), PRICE, now=now)
        an_order(tx, now=now, who=("=cmd()", "Żółkiewski", "z@example.org"))
    client = client_for("organiser")
    assert len(client.page(f"{BASE}/orders").select("tbody tr")) == 2
    assert len(client.page(f"{BASE}/orders?q=zolkiewski").select("tbody tr")) == 1
    assert len(client.page(f"{BASE}/orders?state=paid").select("tbody tr")) == 1
    assert words(client.page(f"{BASE}/orders?q=personne").select_one(".empty__title")) == "Aucune commande trouvée"
    exported = read_rows(io.BytesIO(client.get(f"{BASE}/orders.csv?state=open").data))
    assert [row.get("payeur") for row in exported.rows] == ["=cmd() Żółkiewski"]
    assert b"'=cmd()" in client.get(f"{BASE}/orders.csv?state=open").data
    assert client.get(f"{BASE}/orders.xlsx").data.startswith(b"PK")
    numbers = read_rows(io.BytesIO(client.get(f"{BASE}/invoices.csv").data))
    assert [row.get("numéro") for row in numbers.rows] == ["F-LENS-2027-0001"]


@pytest.mark.parametrize("path", ["orders", "bank", "invoices"])
def test_a_list_of_thirty_costs_as_many_statements_as_a_list_of_one(
    app: Flask, client_for: ClientFor, write: Write, now: datetime, path: str
) -> None:
    def counted() -> int:
        with statements_of(app) as sent:
            client.get(f"{BASE}/{path}")
        return len(sent)

    def one_more(number: int) -> None:
        with write() as tx:
            order = received(tx, an_order(tx, now=now), PRICE, now=now)
            late = an_order(tx, now=now, who=cast.ZOE)
            entry = StatementEntry(f"{number}", now.date(), PRICE, "ZOÉ", "Forum")
            actions.take_entries(tx, order.edition_id, [entry], now=now)
            assert late.is_open

    client = client_for("organiser")
    one_more(0)
    client.get(f"{BASE}/{path}")
    first = counted()
    for number in range(1, 16):
        one_more(number)
    assert counted() == first


def test_an_empty_edition_says_what_to_do_first(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    client = client_for("organiser")
    for path in ("orders", "bank", "invoices"):
        page = client.page(f"{BASE}/{path}")
        assert "Personne ne peut encore régler" in words(page.select_one(".notice"))
        assert page.select(".empty")
    with write() as tx:
        an_issuer(tx)
    assert client.page(f"{BASE}/orders").select(".notice") == []
