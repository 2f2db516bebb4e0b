"""The scan API: what the scanner page, and anyone's device, asks at a gate."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import Blueprint, Response, g, request

from forum.checkin import actions, queries, rules
from forum.checkin.actions import Reading, Sent
from forum.checkin.api.answers import (
    answer_body,
    answer_json,
    conflict_body,
    count_body,
    gate_body,
    moment,
    people_bodies,
)
from forum.checkin.api.readings import read_batch, read_clicks, read_device, read_moment, read_uuid
from forum.checkin.api.schemas import CLICKS, LIST, SCANS, SEARCH, STATUS, UNDO
from forum.checkin.api.taking import checked_in
from forum.checkin.rules import OpenGate
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.openapi import described
from forum.core.refusals import NotFound
from forum.core.security import csrf
from forum.core.web import open_to, secret_key, sent_json

blueprint = Blueprint("checkin_api", __name__, url_prefix="/api/v1/gates/<gate>")
# A gate's token in the Authorization header is what no other site can make a browser send.
csrf.exempt(blueprint)


def opened_gate(key: str, *, takes_late_scans: bool = False) -> OpenGate:
    """Return the gate that the request's token opens.

    Where the gate has a PIN, the token is followed by a point and the phone's pass.
    Raises `NoGateToken` or `PinNeeded` (401), `GateRevoked` or `EditionOver` (410).
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    given, _dot, phones_pass = token.strip().lower().partition(".")
    found = queries.kept_gate(db.session(), key, given)
    if found is None or scheme.lower() != "bearer":
        raise rules.NoGateToken
    gate, expected = found
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise rules.NoGateToken
    if gate.pin_hash and not rules.is_pass(phones_pass, token=expected, kept=gate.pin_hash, secret=secret_key()):
        raise rules.PinNeeded
    gate.refuse_closed(clock.now(), grace=rules.LATE_SENDING if takes_late_scans else rules.NO_GRACE)
    g.edition = gate  # hours in messages follow the host city's clock
    return gate


@blueprint.post("/scans")
@open_to("gate")
@described(SCANS)
def scans(gate: str) -> Response:
    """Judge up to 500 scans, each on its own; an id sent again gets its first answer again."""
    opened = opened_gate(gate, takes_late_scans=True)
    batch = read_batch(opened)
    readable = [item for item in batch.items if isinstance(item, Reading)]
    told = iter(checked_in(opened, Sent(readable, clock.now(), batch.phone_now, batch.pending)))
    return answer_json(
        {"results": [answer_body(next(told), opened) if isinstance(item, Reading) else item for item in batch.items]}
    )


@blueprint.post("/scans/<scan>/undo")
@open_to("gate")
@described(UNDO)
def undo(gate: str, scan: str) -> Response:
    """Take a passage back, from the phone that made it."""
    opened = opened_gate(gate, takes_late_scans=True)
    body = sent_json()
    sent = body if isinstance(body, dict) else {}
    now = clock.now()
    at = rules.corrected(read_moment(sent.get("at")) or now, phone_now=read_moment(sent.get("now")), now=now)
    if (scan_id := read_uuid(scan)) is None:
        raise NotFound
    with transaction() as tx:
        actions.undo(tx, opened, scan_id, device_key=read_device(sent.get("device")), now=now, at=at)
    return answer_json({"id": scan_id, "undone": True})


@blueprint.post("/clicks")
@open_to("gate")
@described(CLICKS)
def clicks(gate: str) -> Response:
    """Count people who have no badge; a click sent twice is one click."""
    opened = opened_gate(gate, takes_late_scans=True)
    sent = read_clicks()
    now = clock.now()
    with transaction() as tx:
        actions.click(tx, opened, sent.readable, device_key=sent.device, now=now, phone_now=sent.phone_now)
    count = queries.count_at(db.session(), opened, now=now)
    return answer_json({"results": [{"id": click_id} for click_id in sent.ids], **count_body(count)})


@blueprint.get("/list")
@open_to("gate")
@described(LIST)
def list_changes(gate: str) -> Response:
    """Tell what changed since a cursor: all that a phone needs to decide without the network."""
    opened = opened_gate(gate)
    session, now = db.session(), clock.now()
    changes = queries.changes_since(session, opened, request.args.get("since"), now=now)
    count = queries.count_at(session, opened, now=now)
    device = read_device(request.headers.get("X-Device"))
    twice = queries.let_in_twice(session, opened, device, now=now) if device else []
    body = {
        "cursor": changes.cursor,
        "complete": changes.is_complete,
        "total": changes.total,
        "now": moment(now),
        "gate": gate_body(opened),
        **count_body(count),
        "conflicts": [conflict_body(each) for each in twice],
        "people": people_bodies(changes.people, opened),
    }
    note_device(opened, device, now=now)
    return answer_json(body)


@blueprint.get("/search")
@open_to("gate")
@described(SEARCH)
def search(gate: str) -> Response:
    """Find people by a part of their name, accents forgiven."""
    opened = opened_gate(gate)
    words = request.args.get("q", "").strip()[:100]
    if len(words) < 2:
        raise rules.TooShortSearch
    return answer_json({"people": people_bodies(queries.people_named(db.session(), opened, words), opened)})


@blueprint.get("/status")
@open_to("gate")
@described(STATUS)
def status(gate: str) -> Response:
    """Tell how many are inside, of how many who may be."""
    opened = opened_gate(gate)
    now = clock.now()
    return answer_json({"now": moment(now), **count_body(queries.count_at(db.session(), opened, now=now))})


def note_device(gate: OpenGate, device: str | None, *, now: datetime) -> None:
    """Note that a phone holds the list as of now, and what it has yet to send."""
    pending = request.headers.get("X-Pending", "0")
    if device is None:
        return
    with transaction() as tx:
        count = int(pending) if pending.isdigit() and len(pending) < 7 else 0
        actions.see_device(tx, gate.id, device, pending=count, now=now, has_list=True)
