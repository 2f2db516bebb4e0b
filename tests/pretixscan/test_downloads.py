"""What a device downloads: whole, page by page, and only what changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.models import Badge
from forum.checkin.models import Gate
from forum.core.db import LocalText
from forum.registration.models import Category, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_category, a_gate, a_registration, an_edition
from tests.pretixscan.app import App, a_device, switched_on
from tests.statements import statements_of

PEOPLE = 30


@pytest.fixture(autouse=True)
def on(app: Flask, clock: Clock) -> Iterator[None]:
    """Let pretixSCAN in."""
    with switched_on(app):
        yield


@pytest.fixture
def phone(app: Flask, write: Write) -> App:
    """Return a device that is set up, at a gate with thirty people."""
    with write() as tx:
        device = a_device(tx, an_edition(tx), a_gate(tx))
        for number in range(PEOPLE):
            moment = cast.NOW - timedelta(minutes=number % 7)  # several in the same moment
            a_badge(tx, a_registration(tx, registered_at=moment))
    return App.set_up(app, device)


@pytest.mark.parametrize("size", [1, 7, 29, 30, 31, 500])
def test_every_page_size_gives_everybody_once_and_in_order(phone: App, size: int) -> None:
    assert phone.download(page_size=size) == -(-PEOPLE // size)
    moments = [order["datetime"] for order in phone.orders.values()]
    assert (len(moments), moments) == (PEOPLE, sorted(moments))


def test_an_app_that_counts_pages_itself_gets_the_same(phone: App) -> None:
    found = [
        order["code"]
        for page in (1, 2, 3)
        for order in phone.get("orders/", page=page, page_size=12).get_json()["results"]
    ]
    phone.download()
    assert found == list(phone.orders)


def test_an_interrupted_download_goes_on_where_it_stopped(phone: App) -> None:
    first = phone.get("orders/", page_size=20).get_json()["results"]
    since = first[-1]["datetime"]
    rest = phone.get("orders/", ordering="datetime", created_since=since).get_json()["results"]
    assert len({order["code"] for order in (*first, *rest)}) == PEOPLE


def test_a_page_costs_the_same_whatever_its_size(app: Flask, phone: App, clock: Clock) -> None:
    clock.moves(seconds=1)
    counts = []
    for size in (1, 30):
        with statements_of(app) as statements:
            assert len(phone.get("orders/", page_size=size).get_json()["results"]) == size
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_nothing_changed_is_a_small_answer(phone: App, clock: Clock) -> None:
    phone.download()
    clock.moves(minutes=10)
    phone.download()
    clock.moves(minutes=10)
    answer = phone.get("orders/", ordering="-last_modified", modified_since=phone.cursor)
    assert (answer.get_json()["results"], len(answer.data) < 500) == ([], True)


def test_whose_badge_is_void_without_another_is_forgotten(phone: App, write: Write, clock: Clock) -> None:
    phone.download()
    clock.moves(minutes=10)
    code = next(iter(phone.orders))
    with write() as tx:
        badge = tx.session.scalars(select(Badge).join(Registration).where(Registration.reference == code)).one()
        badge.voided_at = badge.changed_at = clock()
    phone.download()
    assert (phone.orders[code]["status"], phone.orders[code]["positions"]) == ("c", [])


def test_small_lists_are_sent_again_only_when_they_changed(phone: App, write: Write) -> None:
    """Even when they change twice within one second, which is all that the header tells apart."""
    for path in (
        "items/",
        "checkinlists/",
        "settings/",
        "categories/",
        "questions/",
        "badgelayouts/",
        "badgeitems/",
        "",
    ):
        assert [phone.known(path).status_code for _twice in range(2)] == [200, 304], path
    for name in ("Étudiants", "Élèves"):
        with write() as tx:
            tx.session.get_one(Category, a_category(tx).id).name = LocalText(fr=name)
        changed = phone.known("items/")
        assert changed.get_json()["results"][0]["name"] == {"fr": name}
        assert phone.known("items/").status_code == 304
    phone.modified["items/"] = "nonsense"
    assert phone.known("items/").status_code == 200


def test_a_list_tells_the_gate_s_rule_days_hours_and_categories(app: Flask, write: Write) -> None:
    with write() as tx:
        category = a_category(tx)
        daily = a_gate(tx, rule="once-a-day", opens_at=time(8, 30), closes_at=time(18), categories=[category])
        freely, out = a_gate(tx, rule="freely"), a_gate(tx, direction="out", rule="once")
        once = a_gate(tx, rule="once")
        device = a_device(tx, an_edition(tx), daily, freely, out, once)
    lists = {each["id"]: each for each in App.set_up(app, device).get("checkinlists/").get_json()["results"]}
    now = {"var": "now"}
    days = [
        {"isAfter": [now, {"buildTime": ["custom", "2027-03-18T00:00:00+01:00"]}, None]},
        {"isBefore": [now, {"buildTime": ["custom", "2027-03-20T00:00:00+01:00"]}, None]},
    ]
    hours = [
        {"isAfter": [now, {"buildTime": ["customtime", "08:30:00"]}, None]},
        {"isBefore": [now, {"buildTime": ["customtime", "18:00:00"]}, None]},
    ]
    assert lists[daily.id]["rules"] == {"and": [*days, *hours, {"<": [{"var": "entries_today"}, 1]}]}
    assert lists[once.id]["rules"] == {"and": days}
    assert (lists[daily.id]["all_products"], lists[daily.id]["limit_products"]) == (False, [category.id])
    assert lists[freely.id]["all_products"]
    several = {gate.id: lists[gate.id]["allow_multiple_entries"] for gate in (daily, freely, out, once)}
    assert several == {daily.id: True, freely.id: True, out.id: True, once.id: False}
    assert {each["position_count"] for each in lists.values()} == {0}


def test_no_address_no_organisation_and_no_link_leaves_the_house(app: Flask, phone: App, write: Write) -> None:
    with write() as tx:
        registration = a_registration(tx, cast.ZOE, adjustment="Près d’une prise")
        registration.person.organisation_name = "Atelier secret"
        a_badge(tx, registration)
        gate = tx.session.scalars(select(Gate)).one()
    text = phone.get("orders/", pdf_data="true", page_size=500).get_data(as_text=True)
    text += phone.get(f"checkinlists/{gate.id}/positions/", search="zo").get_data(as_text=True)
    assert registration.reference in text
    for secret in ("zoe@example.org", "Atelier secret", "Près d’une prise", registration.token):
        assert secret not in text
