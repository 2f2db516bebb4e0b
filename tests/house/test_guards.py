"""Every address says who may open it, and everybody else is really turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from forum.core.web import Audience
from tests.conftest import Write
from tests.factories import a_registration
from tests.inspection import InspectingClient

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FOREIGN_EDITION = "lens-2027"


def an_example(name: str, converter: BaseConverter) -> object:
    """Return a value that fits a place of an address."""
    if name == "slug":
        return FOREIGN_EDITION
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else "1"


@dataclass(frozen=True)
class Address:
    """One way to call one view."""

    rule: Rule
    audience: str
    method: str

    @property
    def path(self) -> str:
        """Return an address that leads there; the edition is one that the stranger does not organise."""
        values = {name: an_example(name, converter) for name, converter in self.rule._converters.items()}
        built = self.rule.build(values, append_unknown=False)
        assert built is not None
        return built[1]

    def __str__(self) -> str:
        """Return the call as a person would write it."""
        return f"{self.method} {self.path}"


def addresses(app: Flask) -> Iterator[Address]:
    """Return every way to call every view."""
    for rule in app.url_map.iter_rules():
        audience = getattr(app.view_functions[rule.endpoint], "__open_to__", "")
        for method in sorted((rule.methods or set()) & set(METHODS)):
            yield Address(rule, audience, method)


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = {address.rule.endpoint for address in addresses(app) if address.audience not in get_args(Audience)}
    assert silent == set()


def test_organisers_addresses_are_for_organisers(app: Flask) -> None:
    # `/organise/` is theirs by its name; whatever is below it and open to others is a mistake.
    open_ones = {
        str(address)
        for address in addresses(app)
        if address.rule.rule.startswith("/organise") and address.audience not in ("organiser", "owner")
    }
    assert open_ones == set()


def guarded(app: Flask) -> list[Address]:
    """Return the addresses of organisers and owners."""
    found = [address for address in addresses(app) if address.audience in ("organiser", "owner")]
    assert len(found) > 10
    return found


def test_nobody_who_is_not_signed_in_gets_in(app: Flask, client: InspectingClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # so that it is the guard who turns them away
    try:
        let_in = {}
        for address in guarded(app):
            answer = client.open(address.path, method=address.method)
            if answer.status_code != 302 or not answer.location.startswith("/sign-in?next="):
                let_in[str(address)] = answer.status_code
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert let_in == {}


def test_an_organiser_of_another_edition_is_refused(app: Flask, client_for: Callable[[str], InspectingClient]) -> None:
    stranger = client_for("stranger")
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        let_in = {}
        for address in guarded(app):
            is_of_an_edition = "slug>" in address.rule.rule
            if address.audience == "organiser" and not is_of_an_edition:
                continue  # theirs too: the list of the editions they work on, their own account
            answer = FlaskClient.open(stranger, address.path, method=address.method)  # two hundred times one page
            if answer.status_code != 403:
                let_in[str(address)] = answer.status_code
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert let_in == {}


VIEWERS_READ = {
    "editions_overview.editions",
    "forecast_organise.forecast",
    "inside_board.ahead_part",
    "inside_board.day_part",
    "inside_board.door_board",
    "inside_board.gates",
    "inside_board.now_part",
    "inside_board.screen",
    "inside_board.screen_day",
    "inside_board.screen_now",
    "lists_registrations.registrations",
    "people.own_account",
    "programme_organise_sessions.programme",
    "registration_categories.categories",
    "site_overview.edition_overview",
    "venues.venues",
}
"""What a viewer may open; a page that is added here shows no address, no private link, and no file of people."""


def test_a_viewer_reads_some_pages_and_changes_nothing(
    app: Flask, client_for: Callable[[str], InspectingClient], write: Write
) -> None:
    viewer = client_for("viewer")
    with write() as tx:
        a_registration(tx)
    let_in = set()
    try:
        for address in guarded(app):
            if "slug>" not in address.rule.rule and address.method != "GET":
                continue  # their own password
            app.config["WTF_CSRF_ENABLED"] = address.method == "GET"  # so that it is the guard who refuses
            if FlaskClient.open(viewer, address.path, method=address.method).status_code != 403:
                let_in.add((address.method, address.rule.endpoint))
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert let_in == {("GET", name) for name in VIEWERS_READ}
    listed = viewer.get("/organise/lens-2027/registrations?adjustment=1").text
    assert "Lovelace" in listed
    assert "ada@example.org" not in listed
    assert "/registrations.csv" not in listed


@pytest.mark.parametrize("role", ["organiser", "owner"])
def test_an_organisers_form_without_its_token_changes_nothing(
    app: Flask, client_for: Callable[[str], InspectingClient], role: str
) -> None:
    client = client_for(role)
    taken = {}
    for address in guarded(app):
        if address.method != "GET":
            answer = client.open(address.path, method=address.method, data={"anything": "1"})
            if answer.status_code not in (400, 403):
                taken[str(address)] = answer.status_code
    assert taken == {}


def test_metrics_are_for_the_machine_itself(client: InspectingClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


def test_every_answer_protects_its_reader(client: InspectingClient) -> None:
    headers = client.get("/healthz").headers
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["Cache-Control"] == "no-store"
