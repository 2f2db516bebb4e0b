"""The API's description: whole, readable, and true of what the API really answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from forum.core import codes
from tests import cast
from tests.checkin.door import Phone
from tests.checkin.schema_check import faults
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_gate, a_person, a_registration, a_venue
from tests.inspection import InspectingClient, words


@pytest.fixture
def document(client: InspectingClient) -> dict[str, Any]:
    """Return the description."""
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def answer_schema(document: dict[str, Any], path: str, method: str, status: str = "200") -> dict[str, Any]:
    """Return the schema of one answer."""
    content = document["paths"][f"/api/v1/gates/{{gate}}/{path}"][method]["responses"][status]["content"]
    return dict(next(iter(content.values()))["schema"])


def test_every_address_of_the_api_is_described(app: Flask, document: dict[str, Any]) -> None:
    paths = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/gates/")}
    assert {path.replace("<", "{").replace(">", "}") for path in paths} == set(document["paths"])
    assert document["openapi"] == "3.1.0"


def test_real_answers_are_as_described(app: Flask, write: Write, clock: Clock, document: dict[str, Any]) -> None:
    clock.moves_to(cast.OPENING)
    with write() as tx:
        phone = Phone.at(app, a_gate(tx, venue_id=a_venue(tx, safe_capacity=2).id))
        person = a_person(tx, cast.ZOE, search_text="zoe de la motte-francoise")
        codes_of = [a_badge(tx).code, a_badge(tx, a_registration(tx, person_id=person.id)).code]
        cancelled = a_badge(tx, a_registration(tx, state="cancelled")).code
    first = phone.scan_item(codes_of[0])
    items = [first, phone.scan_item(codes_of[0]), phone.scan_item(codes_of[1]), phone.scan_item(cancelled), None]
    items += [phone.scan_item(codes.new_code()), phone.scan_item("x"), phone.scan_item(codes_of[1], direction="out")]
    answers = {
        ("scans", "post"): phone.send(*items),
        ("list", "get"): phone.get("list"),
        ("search", "get"): phone.get("search?q=zoé"),
        ("status", "get"): phone.get("status"),
        ("scans/{scan}/undo", "post"): phone.undo(first["id"]),
    }
    for (path, method), response in answers.items():
        assert response.status_code == 200, path
        assert faults(response.get_json(), answer_schema(document, path, method), document) == []
    assert len(answers["list", "get"].get_json()["people"]) == 3


def test_refusals_are_as_described(app: Flask, write: Write, clock: Clock, document: dict[str, Any]) -> None:
    clock.moves_to(cast.OPENING)
    with write() as tx:
        phone = Phone.at(app, a_gate(tx))
        closed = Phone.at(app, a_gate(tx, revoked_at=cast.NOW))
    wrong = Phone(app, phone.key, "nonsense")
    for response, path, status in (
        (wrong.get("list"), "list", "401"),
        (closed.get("list"), "list", "410"),
        (phone.get("search?q=a"), "search", "422"),
    ):
        assert (response.status_code, response.mimetype) == (int(status), "application/problem+json")
        assert faults(response.get_json(), answer_schema(document, path, "get", status), document) == []


def test_the_example_of_the_description_can_be_sent(
    app: Flask, write: Write, clock: Clock, document: dict[str, Any]
) -> None:
    clock.moves_to(cast.OPENING)
    with write() as tx:
        phone = Phone.at(app, a_gate(tx))
    content = document["paths"]["/api/v1/gates/{gate}/scans"]["post"]["requestBody"]["content"]["application/json"]
    assert faults(content["example"], content["schema"], document) == []
    response = app.test_client().post(
        f"/api/v1/gates/{phone.key}/scans", json=content["example"], headers=phone.all_headers()
    )
    assert [answer["verdict"] for answer in response.get_json()["results"]] == ["unknown"]


def test_the_check_itself_finds_faults(document: dict[str, Any]) -> None:
    schema = answer_schema(document, "status", "get")
    right = {"now": "2027-03-18T08:30:00Z", "inside": 1, "capacity": None, "level": None, "alert": None}
    assert faults(right, schema, document) == []
    for change in ({"inside": "1"}, {"inside": -1}, {"level": 81}, {"now": "soon"}, {"more": 1}, {"inside": True}):
        assert faults(right | change, schema, document) != [], change


def test_people_can_read_it(client: InspectingClient) -> None:
    page = client.page("/api/docs")
    text = words(page.main)
    assert "POST /api/v1/gates/{gate}/scans" in text
    assert "already-in" in text
    assert page.select("script") == []
