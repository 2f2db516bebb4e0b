"""Owners' pages of accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.people.actions import AccountDetails, open_account
from forum.people.models import Account
from tests import cast
from tests.conftest import Read, Write, browser
from tests.factories import an_edition
from tests.inspection import InspectingClient, soup, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
NEW = {"name": "Inès Petit", "email": "ines@example.org"}


def account_id(read: Read, email: str) -> int:
    with read() as session:
        return session.scalars(select(Account.id).where(Account.email == email)).one()


def test_a_new_organiser_gets_a_link_and_works_on_their_edition_only(
    app: Flask, client_for: ClientFor, write: Write
) -> None:
    with write() as tx:
        an_edition(tx)
        an_edition(tx, "amiens-2028")
    shown = soup(client_for("owner").submit("/organise/people/new", NEW | {"organises": ["lens-2027"]}))
    link = shown.select_one("#one-time-link")["value"].removeprefix("http://localhost")
    organiser = browser(app)
    password = "terril brique canal étoile"
    organiser.submit(link, {"password": password, "again": password})
    answers = [organiser.get(f"/organise/{slug}/").status_code for slug in ("lens-2027", "amiens-2028")]
    assert answers == [200, 403]
    assert organiser.get("/organise/people").status_code == 403


def test_an_account_is_changed_and_the_list_says_what_each_may_do(
    client_for: ClientFor, write: Write, read: Read
) -> None:
    with write() as tx:
        an_edition(tx, name="Lens 2027")
    owner = client_for("owner")
    client_for("organiser")
    omar = account_id(read, "omar@example.org")
    page = owner.page(f"/organise/people/{omar}")
    assert [box["value"] for box in page.select("input[name=organises][checked]")] == ["lens-2027"]
    owner.submit(f"/organise/people/{omar}", {"name": "Omar B."}, form="#account")
    rows = [
        [words(cell) for cell in row.select("th, td")][:3] for row in owner.page("/organise/people").select("tbody tr")
    ]
    assert rows == [
        ["Odile Verbeke", "odile@example.org", "responsable du forum"],
        ["Omar B.", "omar@example.org", "Lens 2027"],
    ]
    owner.submit(f"/organise/people/{omar}", {"organises": None}, form="#account")
    assert "rien encore" in words(owner.page("/organise/people").select_one("tbody"))


def test_a_disabled_organiser_is_out_at_once_and_can_come_back(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx)
    owner, organiser = client_for("owner"), client_for("organiser")
    assert organiser.get("/organise/").status_code == 200
    address = f"/organise/people/{account_id(read, 'omar@example.org')}"
    owner.submit(address, {}, form=f"form[action='{address}/disable']")
    assert organiser.get("/organise/").status_code == 302
    assert "Ce compte est désactivé" in words(owner.page(address).main)
    owner.submit(address, {}, form=f"form[action='{address}/enable']")
    assert owner.page(address).select(f"form[action='{address}/link']")


def test_the_last_owner_stays_one_and_is_told_so(client_for: ClientFor, read: Read) -> None:
    owner = client_for("owner")
    address = f"/organise/people/{account_id(read, 'odile@example.org')}"
    owner.submit(address, {}, form=f"form[action='{address}/disable']")
    assert "Vous ne pouvez pas désactiver votre propre compte." in words(owner.page(address).main)
    answer = owner.submit(address, {"is_owner": None}, form="#account")
    assert answer.status_code == 409
    assert "Odile Verbeke est le dernier responsable du forum." in words(soup(answer).main)


@pytest.mark.parametrize(
    ("values", "field", "status"),
    [
        ({"email": "ODILE@example.org"}, "email", 409),
        ({"email": "nobody"}, "email", 422),
        ({"name": ""}, "name", 422),
        ({"organises": ["nowhere-2027"]}, "organises", 422),
    ],
)
def test_what_is_wrong_with_an_account_is_said_at_its_field(
    client_for: ClientFor, write: Write, values: dict[str, object], field: str, status: int
) -> None:
    with write() as tx:
        an_edition(tx)
    answer = client_for("owner").submit("/organise/people/new", NEW | values)
    assert answer.status_code == status
    assert soup(answer).select_one(f"#{field}-error") is not None


def test_every_page_of_accounts_is_for_owners(client: InspectingClient, client_for: ClientFor, read: Read) -> None:
    organiser = client_for("organiser")
    number = account_id(read, "omar@example.org")
    token = organiser.page("/organise/account").select_one("input[name=csrf_token]")["value"]
    for address in ("/organise/people", "/organise/people/new", f"/organise/people/{number}"):
        assert (client.get(address).status_code, organiser.get(address).status_code) == (302, 403)
    for step in ("link", "disable", "enable"):
        address = f"/organise/people/{number}/{step}"
        assert organiser.post(address, data={"csrf_token": token}).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_thirty(app: Flask, client_for: ClientFor, write: Write) -> None:
    client = client_for("owner")
    counts = []
    for number in (1, 30):
        with write() as tx:
            for each in range(number):
                details = AccountDetails(
                    name="Zoé", email=f"z{number}-{each}@example.org", organises=("lens-2027", "lens-2028")
                )
                open_account(tx, details, now=cast.NOW)
        with statements_of(app) as sent:
            client.page("/organise/people")
        counts.append(len(sent))
    assert counts[0] == counts[1]
