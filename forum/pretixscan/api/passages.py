"""What a device scans, searches, takes back, and sends later."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from forum.checkin.models import Gate
from forum.checkin.queries import count_at
from forum.checkin.rules import OpenGate
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.i18n import localised
from forum.core.limits import knock
from forum.core.logs import log
from forum.core.refusals import NotFound, Refusal
from forum.core.web import open_to
from forum.pretixscan import actions, queries, rules
from forum.pretixscan.actions import Redemption
from forum.pretixscan.api.access import device_of_event, device_of_organiser, gate_of, guarded
from forum.pretixscan.api.answers import answer, page_body
from forum.pretixscan.api.orders import Lists, explanation, note_texts, scanned_position, short_list
from forum.pretixscan.api.reading import (
    NOT_A_TEXT,
    REQUIRED,
    BadField,
    asked_page,
    lists_of,
    number_of,
    one_list,
    read_moment,
    redemption,
    refused,
    sent,
    whole,
)
from forum.pretixscan.models import ScanningDevice

blueprint = guarded("pretixscan_passages", __name__, prefix="/api/v1/organizers/<organiser>")

LISTS = "/events/<event>/checkinlists/<number>"
SHORTEST_SEARCH = 2
INVALID: dict[str, Any] = {
    "detail": "Not found.",
    "status": "error",
    "reason": "invalid",
    "reason_explanation": None,
    "require_attention": False,
    "checkin_texts": [],
}


@blueprint.post("/checkinrpc/redeem/", strict_slashes=False)
@open_to("gate")
def redeem(organiser: str) -> Response:
    """Let somebody in or out."""
    device = device_of_organiser(organiser)
    body = sent()
    read = redemption(body, secret=body.get("secret"), now=clock.now())
    gate = listed_gate(device, lists_of(body)[0], also_revoked=read.force)
    return redeemed(device, gate, read, in_own_language=body.get("use_order_locale") is True)


@blueprint.post(f"{LISTS}/positions/<path:secret>/redeem/", strict_slashes=False, merge_slashes=False)
@open_to("gate")
def redeem_in_list(organiser: str, event: str, number: str, secret: str) -> Response:
    """Let somebody in or out, the former way; with `force`, take in what was scanned without the network.

    The app keeps a queued scan until we take it, and drops it on 400 and 404: so a gate that was revoked meanwhile
    still takes what it let through.
    """
    device = device_of_event(organiser, event)
    body = sent()
    read = redemption(body, secret=secret, now=clock.now())
    gate = gate_of(device, number, also_revoked=read.force)
    return redeemed(device, gate, read, in_own_language=body.get("use_order_locale") is True)


def listed_gate(device: ScanningDevice, number: int, *, also_revoked: bool = False) -> Gate:
    """Return the gate of a list that the body names. Raises `BadField`."""
    try:
        return gate_of(device, number, also_revoked=also_revoked)
    except NotFound:
        raise BadField({"lists": [f'Invalid pk "{number}" - object does not exist.']}) from None


def redeemed(device: ScanningDevice, gate: Gate, read: Redemption, *, in_own_language: bool) -> Response:
    """Judge a scan, write it down and tell what became of it."""
    opened, shown = OpenGate.of(gate), Lists.of_gate(gate).shown
    # What was read of the device and its gate stays as it is: the transaction would read all of it once more.
    db.session().expunge_all()
    with transaction() as tx:
        given = actions.redeem(tx, device, opened, read, now=clock.now())
    holder = queries.holder_of_scan(db.session(), given.id, edition_id=opened.edition_id, shown=shown)
    is_void = holder is not None and holder.is_void
    state = holder.state if holder else None
    reason = rules.reason_for(given.verdict, given.reason, state=state, is_void=is_void)
    if reason == "invalid":
        return answer({**INVALID, "list": short_list(gate)}, 404)
    if holder is not None and in_own_language:
        g.language = holder.language
    body = {
        "status": "ok" if reason is None else "error",
        "require_attention": bool(holder and holder.notes),
        "checkin_texts": note_texts(holder) if holder else [],
        "list": short_list(gate),
    }
    if holder is not None:
        body["position"] = scanned_position(holder, gate)
    if reason is None:
        return answer(body, 201)
    return answer({**body, "reason": reason, "reason_explanation": explanation(given, opened)}, 400)


@blueprint.get("/checkinrpc/search/", strict_slashes=False)
@open_to("gate")
@knock("300 per minute", methods=("GET",))
def search(organiser: str) -> Response:
    """Find people by a part of their name, their reference, or the beginning of their code."""
    device = device_of_organiser(organiser)
    asked = [number_of(each) for each in request.args.getlist("list")]
    if None in asked:
        raise BadField({"list": ["Enter a number."]})
    return found_at(device, listed_gate(device, one_list([each for each in asked if each is not None])[0]))


@blueprint.get(f"{LISTS}/positions/", strict_slashes=False)
@open_to("gate")
@knock("300 per minute", methods=("GET",))
def search_in_list(organiser: str, event: str, number: str) -> Response:
    """Find people, the former way."""
    device = device_of_event(organiser, event)
    return found_at(device, gate_of(device, number))


def found_at(device: ScanningDevice, gate: Gate) -> Response:
    """Return a page of the people who were searched for: nobody for fewer than two letters."""
    words = request.args.get("search", "").replace("\0", "").strip()[:100]
    page, size = asked_page()
    size = min(size, 50)
    if len(words) < SHORTEST_SEARCH:
        return answer(page_body([], count=0))
    shown = Lists.of_gate(gate).shown
    found, total = queries.people_named(db.session(), device.edition_id, words, shown=shown, page=page, size=size)
    following = {"page": page + 1} if page * size < total else None
    return answer(page_body([scanned_position(each, gate) for each in found], count=total, following=following))


@blueprint.post("/checkinrpc/annul/", strict_slashes=False)
@open_to("gate")
def annul(organiser: str) -> Response:
    """Take a passage back: the turnstile did not turn."""
    device = device_of_organiser(organiser)
    body, now = sent(), clock.now()
    nonce = body.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise BadField({"nonce": [REQUIRED if nonce is None else NOT_A_TEXT]})
    at = read_moment(body.get("datetime"))
    if body.get("datetime") is not None and at is None:
        raise BadField({"datetime": ["Datetime has wrong format."]})
    gate = listed_gate(device, lists_of(body)[0])
    try:
        with transaction() as tx:
            actions.annul(
                tx, device, OpenGate.of(gate), whole(nonce[: rules.LONGEST_NONCE]), at=min(at or now, now), now=now
            )
    except NotFound:
        return answer({"detail": "No check-in found based on nonce"}, 404)
    except Refusal as refusal:
        return answer({"detail": str(refusal)}, 400)
    return answer({"status": "ok"})


@blueprint.post(f"{LISTS}/failed_checkins/", strict_slashes=False)
@open_to("gate")
def failed_checkins(organiser: str, event: str, number: str) -> Response:
    """Write down whom a device turned away by itself; sent twice, it is one."""
    device = device_of_event(organiser, event)
    said = refused(sent(), now=clock.now())
    gate = gate_of(device, number, also_revoked=True)
    with transaction() as tx:
        actions.note_refused(tx, device, OpenGate.of(gate), said.read, reason=said.reason, now=clock.now())
    return answer({}, 201)


@blueprint.get(f"{LISTS}/status/", strict_slashes=False)
@open_to("gate")
def status(organiser: str, event: str, number: str) -> Response:
    """Tell how many are expected, came, and are inside."""
    device = device_of_event(organiser, event)
    gate = gate_of(device, number)
    session, scope = db.session(), OpenGate.of(gate).scope
    same = [gate_id for gate_id, other in Lists.of(device).scopes if other == scope]
    counts = queries.counts_at(session, device.edition_id, gate_ids=same)
    return answer(
        {
            "checkin_count": sum(count.came for count in counts),
            "position_count": sum(count.expected for count in counts),
            "inside_count": count_at(session, OpenGate.of(gate), now=clock.now()).inside,
            "event": {"name": device.edition.name},
            "items": [
                {
                    "id": count.id,
                    "name": localised(count.name),
                    "checkin_count": count.came,
                    "position_count": count.expected,
                    "admission": True,
                    "variations": [],
                }
                for count in counts
            ],
        }
    )


@blueprint.post("/events/<event>/orderpositions/<number>/printlog/", strict_slashes=False)
@open_to("gate")
def print_log(organiser: str, event: str, number: str) -> Response:
    """Note in the service's log that a device says it printed; our own log of prints is of what we printed."""
    device = device_of_event(organiser, event)
    body = sent()
    position = number_of(number)
    if position is None or queries.badge_of_position(db.session(), device.edition_id, position) is None:
        raise NotFound
    if not isinstance(body.get("type", "badge"), str) or not isinstance(body.get("successful", True), bool):
        raise BadField({"type": [NOT_A_TEXT]})
    log.info("pretixscan_print", device=device.id, position=position, successful=body.get("successful", True))
    return answer({}, 201)
