"""A device's whole day at our gates, from its set-up QR to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.badges.actions.issuing import void_and_reissue
from forum.badges.models import Badge
from forum.checkin.models import Device, Presence, Scan
from forum.core import codes
from forum.registration.actions import cancel
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_gate, a_person, a_registration, an_edition
from tests.pretixscan.app import ORGANISER, App, a_device, switched_on

NO_COUNTS = ["checkin_count", "position_count"]


@pytest.fixture(autouse=True)
def on(app: Flask) -> Iterator[None]:
    """Let pretixSCAN in."""
    with switched_on(app):
        yield


def test_a_device_s_whole_day(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    with write() as tx:
        edition = an_edition(tx)
        gate, other_gate = a_gate(tx, notes=["word"]), a_gate(tx)
        device = a_device(tx, edition, gate)
        people = [a_registration(tx, who, door_word=f"Mot {n}") for n, who in enumerate(cast.HARD_NAMES)]
        ada, zoe, *others = [a_badge(tx, registration).code for registration in people]

    # The evening before: the QR, the event, its lists, everybody.
    phone = App.set_up(app, device)
    assert phone.get("/api/v1/device/info").get_json()["device"]["name"] == "Scanner 1"
    assert [
        event["slug"]
        for event in phone.get(f"{ORGANISER}/events/", ends_after="2027-03-01T00:00:00Z").get_json()["results"]
    ] == ["lens-2027"]
    lists = phone.known("checkinlists/", exclude=NO_COUNTS).get_json()["results"]
    assert [each["id"] for each in lists] == [gate.id]
    assert phone.download(page_size=3) == 3
    assert phone.position(zoe)["attendee_name"] == "Thị Hồng Ánh Nguyễn"
    assert {position["attendee_email"] for order in phone.orders.values() for position in order["positions"]} == {None}

    # Somebody cancels, somebody loses their badge, somebody is new: only they come with the next download.
    clock.moves(hours=2)
    with write() as tx:
        cancel(tx, people[2].id, now=clock())
        lost = tx.session.scalar(select(Badge).where(Badge.code == others[1]))
        assert lost is not None
        fresh = void_and_reissue(tx, lost.id, "lost", clock()).code
        late = a_badge(
            tx, a_registration(tx, cast.ADA, registered_at=clock()), made_at=clock(), changed_at=clock()
        ).code
    before = dict(phone.orders)
    phone.download()
    assert {code for code, order in phone.orders.items() if before.get(code) != order} == {
        people[2].reference,
        people[3].reference,
        phone.position(late)["order"],
    }
    assert (phone.position(others[0])["status"], phone.position(late)["status"]) == ("c", "p")
    assert phone.position(fresh)["order"] == people[3].reference
    revoked = phone.get("revokedsecrets/").get_json()["results"]
    assert [each["secret"] for each in revoked] == [others[1]]
    assert phone.known("checkinlists/", exclude=NO_COUNTS).status_code == 304

    # The morning: in, twice, the same request again, out, unknown, void, cancelled.
    clock.moves_to(cast.OPENING)
    first = phone.redeem(gate, ada, nonce="a" * 32)
    assert (first.status_code, first.get_json()["status"], first.get_json()["checkin_texts"]) == (201, "ok", ["Mot 0"])
    assert phone.redeem(gate, ada, nonce="a" * 32).get_json() == first.get_json()
    assert phone.verdict(gate, ada) == "already_redeemed"
    assert phone.verdict(gate, ada, type="exit") == "ok"
    assert phone.verdict(gate, codes.new_code()) == "invalid"
    assert phone.verdict(gate, others[1]) == "revoked"
    assert phone.verdict(gate, others[0]) == "canceled"
    assert phone.redeem(other_gate, ada).get_json() == {
        "lists": [f'Invalid pk "{other_gate.id}" - object does not exist.']
    }

    # The network fails: scans are queued with the hour they were made at, and sent later, twice.
    clock.moves(minutes=20)
    at = (clock() - timedelta(minutes=15)).isoformat()
    for _again in range(2):
        assert phone.upload(gate, zoe, nonce="q1", datetime=at).status_code == 201
        assert phone.upload(gate, others[0], nonce="q2", datetime=at).status_code == 201
        assert phone.upload(gate, codes.new_code()[:-1] + "0/+ é", nonce="q3", datetime=at).status_code == 404
        refused = {"raw_barcode": ada, "error_reason": "already_redeemed", "datetime": at, "type": "entry"}
        key = {"X-Idempotency-Key": "k1"}
        assert phone.post(f"checkinlists/{gate.id}/failed_checkins/", refused, **key).status_code == 201
    with read() as session:
        scans = session.execute(select(Scan.verdict, Scan.at).order_by(Scan.id)).all()
        assert [scan.verdict for scan in scans] == [
            "admitted",
            "already-in",
            "left",
            "unknown",
            "cancelled",
            "cancelled",
            "admitted",
            "conflict",
            "unknown",
            "already-in",
        ]
        assert scans[6].at == clock() - timedelta(minutes=15)
        assert session.scalar(select(func.count()).where(Presence.is_inside.is_(True))) == 2
        assert session.scalars(select(Device.key)).one() == f"pretixscan-{device.serial}"

    # A turnstile did not turn; somebody forgot their badge; how many are inside.
    assert phone.verdict(gate, late, nonce="turn") == "ok"
    taken_back = {"lists": [gate.id], "nonce": "turn", "error_explanation": "Turnstile did not turn"}
    assert phone.post(f"{ORGANISER}/checkinrpc/annul/", taken_back).get_json() == {"status": "ok"}
    assert phone.verdict(gate, late, nonce="turn again") == "ok"
    with write() as tx:
        found = a_badge(tx, a_registration(tx, person_id=a_person(tx, cast.ELENI, search_text="ελενη παπαδοπουλου").id))
    names = phone.get(f"{ORGANISER}/checkinrpc/search/", list=gate.id, search="Παπαδ", ignore_status="true").get_json()
    assert [each["secret"] for each in names["results"]] == [found.code]
    status = phone.get(f"checkinlists/{gate.id}/status/").get_json()
    assert (status["checkin_count"], status["inside_count"], status["position_count"]) == (4, 3, 8)

    # What others scan comes with the next download, once on each list that it concerns.
    phone.download()
    assert [(each["list"], each["type"]) for each in phone.position(ada)["checkins"]] == [
        (gate.id, "entry"),
        (gate.id, "exit"),
    ]

    # Its end: revoked, and every address says so in the words that make the app delete what it holds.
    assert phone.post("/api/v1/device/revoke").status_code == 200
    gone = phone.get("orders/")
    assert (gone.status_code, gone.get_json()) == (401, {"detail": "Device access has been revoked."})
