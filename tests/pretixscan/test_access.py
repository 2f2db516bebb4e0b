"""Who gets in and who does not: the setting, tokens, other editions, what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from flask import Flask

from forum.checkin.models import Gate
from forum.core import codes
from forum.editions.models import Edition
from forum.pretixscan import actions
from forum.pretixscan.models import ScanningDevice
from forum.privacy.actions import purge
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write, browser
from tests.factories import a_badge, a_gate, a_registration, an_edition
from tests.pretixscan.app import ORGANISER, WORDS, App, a_device, switched_on, token_in_qr

SECRET_KEY = "for tests only, long enough: 0123456789"


@pytest.fixture
def on(app: Flask, clock: Clock) -> Iterator[None]:
    """Let pretixSCAN in, on the first morning."""
    clock.moves_to(cast.OPENING)
    with switched_on(app):
        yield


@pytest.fixture
def device(write: Write) -> ScanningDevice:
    """Return a device that waits to be set up, at one gate."""
    with write() as tx:
        return a_device(tx, an_edition(tx), a_gate(tx))


def initialise(app: Flask, token: object, **values: object) -> tuple[int, Any]:
    """Try to set a device up."""
    response = browser(app).post("/api/v1/device/initialize", json=WORDS | {"token": token} | values)
    return response.status_code, response.get_json()


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Return the address and method of everything in pretix's interface."""
    places = {"organiser": "forum", "event": "lens-2027", "number": "1", "name": "items", "secret": "x", "code": "X"}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(("pretixscan_devices_api", "pretixscan_downloads", "pretixscan_passages")):
            values = {
                name: "badgeitems" if "badgeitems" in rule.rule and name == "name" else places[name]
                for name in rule.arguments
            }
            built = rule.build(values, append_unknown=False)
            assert built is not None
            found += [(built[1], method) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    assert len(found) > 20
    return found


def test_switched_off_there_is_nothing(app: Flask, clock: Clock) -> None:
    told = {
        (address, answer.status_code, answer.mimetype)
        for address, method in addresses(app)
        if (answer := browser(app).open(address, method=method)).status_code != 404 or not answer.is_json
    }
    assert told == set()


@pytest.mark.usefixtures("on")
def test_nothing_is_told_without_a_token(app: Flask, device: ScanningDevice) -> None:
    for authorization in (None, "Device", "Device x", "Bearer x", f"Device {token_in_qr(device)}", "Device \xe9" * 400):
        headers = {"Authorization": authorization} if authorization else {}
        for address, method in addresses(app):
            if address != "/api/v1/device/initialize":
                answer = browser(app).open(address, method=method, headers=headers)
                assert (answer.status_code, answer.get_json()) == (401, {"detail": "Invalid token."}), address


@pytest.mark.usefixtures("on")
def test_a_set_up_code_is_good_for_once(app: Flask, write: Write, device: ScanningDevice) -> None:
    token = token_in_qr(device)
    assert initialise(app, codes.new_token()) == (400, {"token": ["Unknown initialization token."]})
    status, told = initialise(app, token.upper())
    gate = told["gate"]
    assert (status, told["organizer"], told["name"], gate["name"]) == (200, "forum", "Scanner 1", "Entrée principale")
    assert initialise(app, token) == (400, {"token": ["This initialization token has already been used."]})
    with write() as tx:
        renewed = actions.renew_setup(tx, device.id, secret_key=SECRET_KEY)
    former = App(app, token=told["api_token"])
    assert former.get("/api/v1/device/info").status_code == 401
    assert initialise(app, token) == (400, {"token": ["Unknown initialization token."]})
    with write() as tx:
        actions.revoke_device(tx, device.id, now=cast.NOW)
    assert initialise(app, token_in_qr(renewed)) == (400, {"token": ["This initialization token has been revoked."]})


@pytest.mark.usefixtures("on")
def test_a_device_says_what_it_is(app: Flask, read: Read, device: ScanningDevice) -> None:
    missing = browser(app).post("/api/v1/device/initialize", json={"token": 5, "hardware_model": "x" * 191})
    required, too_long = ["This field is required."], ["Ensure this field has no more than 190 characters."]
    assert missing.get_json() == {
        "token": ["Not a valid string."],
        "hardware_brand": required,
        "hardware_model": too_long,
        "software_brand": required,
        "software_version": required,
    }
    phone = App.set_up(app, device)
    assert phone.post("/api/v1/device/update", WORDS | {"software_version": "2.22\0\n"}).status_code == 200
    assert phone.post("/api/v1/device/update", {}).status_code == 400
    with read() as session:
        kept = session.get_one(ScanningDevice, device.id)
        assert (kept.hardware_model, kept.software_version, kept.state) == ("TC26", "2.22", "in-use")
        assert phone.token not in str(vars(kept))
        assert token_in_qr(device) not in str(vars(kept))


@pytest.mark.usefixtures("on")
def test_a_token_is_rolled(app: Flask, device: ScanningDevice) -> None:
    phone = App.set_up(app, device)
    former, fresh = phone.token, phone.post("/api/v1/device/roll").get_json()["api_token"]
    assert phone.get("/api/v1/version").status_code == 401
    phone.token = fresh
    assert (former != fresh, phone.get("/api/v1/version").get_json()["pretix"]) == (True, "2026.8.0")


@pytest.mark.usefixtures("on")
def test_a_device_is_shown_its_own_edition_and_gates_only(app: Flask, write: Write, device: ScanningDevice) -> None:
    phone = App.set_up(app, device)
    with write() as tx:
        other = an_edition(tx, "amiens-2028")
        gate = a_gate(tx, other)
        ours = tx.session.get_one(ScanningDevice, device.id).gates[0]
    for path in ("", "orders/", "items/", f"checkinlists/{gate.id}/status/"):
        assert phone.get(f"{ORGANISER}/events/amiens-2028/{path}").status_code == 404
        assert phone.get(f"/api/v1/organizers/other/events/lens-2027/{path}").status_code == 404
    assert phone.get(f"checkinlists/{gate.id}/status/").status_code == 404
    chosen = "/api/v1/device/eventselection"
    event = {"slug": "lens-2027", "name": "Forum Lens"}
    right = {"event": event, "subevent": None, "checkinlist": ours.id}
    assert phone.get(chosen, current_event="amiens-2028", current_checkinlist=ours.id).get_json() == right
    assert phone.get(chosen, current_event="lens-2027", current_checkinlist=ours.id).status_code == 304


@pytest.mark.usefixtures("on")
def test_two_days_after_the_forum_devices_forget_everything(app: Flask, clock: Clock, device: ScanningDevice) -> None:
    phone = App.set_up(app, device)
    clock.moves(days=3)
    assert phone.get("orders/").status_code == 200
    clock.moves(days=1)
    assert phone.get("orders/").get_json() == {"detail": "Device access has been revoked."}


@pytest.mark.usefixtures("on")
def test_answers_set_no_cookie_and_are_kept_by_nobody(app: Flask, device: ScanningDevice) -> None:
    phone = App.set_up(app, device)
    for answer in (phone.get("orders/"), phone.get("settings/"), phone.redeem(Gate(id=1), "x")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_set_up_tokens_are_not_guessed_by_the_thousand(app: Flask) -> None:
    limited = replace(app.extensions["forum.settings"], pretixscan=True, rate_limits=True)
    former, app.extensions["forum.settings"] = app.extensions["forum.settings"], limited
    try:
        told = [initialise(app, codes.new_token())[0] for _ in range(21)]
    finally:
        app.extensions["forum.settings"] = former
    assert told in ([400] * 21, [*[400] * 20, 429])


STRANGE: tuple[Any, ...] = (None, -1, 2**70, [[]], {"a": {}}, "\0", "\ud800", "é😀عمر" * 500, "9999-12-31T23:59:59Z")


@pytest.mark.usefixtures("on")
def test_whatever_is_sent_gets_an_answer_in_json(app: Flask, write: Write, device: ScanningDevice) -> None:
    """Nothing of it raises: an exception would reach this test."""
    phone = App.set_up(app, device)
    with write() as tx:
        registration = a_registration(tx)
        code = a_badge(tx, registration).code
        gate_id = tx.session.get_one(ScanningDevice, device.id).gates[0].id
    at, scan = "2027-03-18T08:00:00Z", {"nonce": "n", "type": "entry", "force": False}
    bodies: dict[str, dict[str, Any]] = {
        f"{ORGANISER}/checkinrpc/redeem/": {"lists": [gate_id], "secret": code, "datetime": at, **scan},
        f"{ORGANISER}/checkinrpc/annul/": {"lists": [gate_id], "nonce": "n", "datetime": at},
        f"checkinlists/{gate_id}/positions/{code}/redeem/": {"datetime": None, **scan},
        f"checkinlists/{gate_id}/failed_checkins/": {"raw_barcode": code, "error_reason": "invalid", **scan},
        f"orderpositions/{registration.id}/printlog/": {"successful": True, "type": "badge", "datetime": None},
        "/api/v1/device/update": dict(WORDS),
    }
    answers = set()
    for path, body in bodies.items():
        assert phone.post(path, body).status_code in (200, 201)
        for name, strange in product([each for each in body if each not in WORDS], STRANGE):
            answer = phone.post(path, body | {name: strange})
            answers.add(answer.status_code)
            assert answer.is_json, (path, name, strange)
        for raw in (b"", b"{", b"[]", b"5", b"\xff", b"[" * 5000, b'{"lists": [NaN], "secret": "\\ud800"}'):
            answer = browser(app).post(
                phone.whole(path), data=raw, headers=phone.headers, content_type="application/json"
            )
            answers.add(answer.status_code)
            assert answer.is_json, (path, raw[:20])
    assert answers <= {200, 201, 400, 404}
    asked = {
        "orders/": ("page", "page_size", "after", "modified_since", "created_since"),
        "revokedsecrets/": ("page", "created_since"),
        f"{ORGANISER}/events/": ("ends_after",),
        f"{ORGANISER}/checkinrpc/search/": ("page", "list", "search"),
    }
    for path, name in ((path, name) for path, names in asked.items() for name in names):
        for strange in (each for each in STRANGE if each != "\ud800"):
            answer = phone.get(path, **({"list": gate_id} | {name: strange}))
            assert answer.status_code in (200, 400), (path, name, strange)
            assert answer.is_json
    for number in ("0", "-1", "99999999999999999999", "x", "%00", "%F0%9F%98%80", "1.5"):
        for path in ("status/", "positions/", ""):
            assert phone.get(f"checkinlists/{number}/{path}").status_code == 404


def test_an_edition_s_end_takes_its_devices_along(write: Write, read: Read, device: ScanningDevice) -> None:
    with write() as tx:
        last = tx.session.get_one(Edition, device.edition_id).last_day
    with write() as tx:
        purge(tx, now=cast.NOW.replace(year=last.year, month=5, day=1))
    with read() as session:
        assert session.get(ScanningDevice, device.id) is None
