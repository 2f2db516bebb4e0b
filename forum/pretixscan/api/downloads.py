"""What a device downloads: the event, its lists and items, and who may come in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from flask import Response, request

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound
from forum.core.web import open_to
from forum.pretixscan import actions, queries, rules
from forum.pretixscan.api.access import device_of_event, device_of_organiser, gate_of, guarded
from forum.pretixscan.api.answers import answer, event_body, items_of, list_body, moment, page_body
from forum.pretixscan.api.orders import Lists, order_body
from forum.pretixscan.api.reading import asked_moment, asked_page
from forum.pretixscan.models import ScanningDevice
from forum.pretixscan.queries import Wanted
from forum.pretixscan.rules import Place

blueprint = guarded("pretixscan_downloads", __name__, prefix="/api/v1/organizers/<organiser>")

SETTINGS = {
    "locales": ["fr", "en"],
    "locale": "fr",
    "name_scheme": "given_family",
    "reusable_media_active": False,
    **dict.fromkeys(
        (
            "invoice_address_from",
            "invoice_address_from_name",
            "invoice_address_from_zipcode",
            "invoice_address_from_city",
            "invoice_address_from_country",
            "invoice_address_from_tax_id",
            "invoice_address_from_vat_id",
            "pretixpos_additional_receipt_text",
        ),
        "",
    ),
}


def unless_known(device: ScanningDevice, name: str, body: Any) -> Response:
    """Answer with a list, or with 304 where the device has it as it is (`If-Modified-Since`).

    None of these rows has a moment of change that can be trusted; a fingerprint of what was sent last has.
    """
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    with transaction() as tx:
        since = actions.note_sent(tx, device.id, name=name, fingerprint=fingerprint, now=clock.now())
    headers = {"Last-Modified": format_datetime(since, usegmt=True)}
    try:
        known = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except (ValueError, TypeError):
        return answer(body, headers=headers)
    if known.tzinfo is not None and known >= since:
        return answer(None, 304, headers=headers)
    return answer(body, headers=headers)


def whole_list(results: Sequence[Any]) -> dict[str, Any]:
    """Return a list that fits on one page."""
    return page_body(results, count=len(results))


@blueprint.get("/events/", strict_slashes=False)
@open_to("gate")
def events(organiser: str) -> Response:
    """List the device's edition, and no other."""
    device = device_of_organiser(organiser)
    ends_after = asked_moment("ends_after")
    edition = device.edition
    is_asked_for = ends_after is None or edition.local(ends_after).date() <= edition.last_day
    return answer(whole_list([event_body(edition)] if is_asked_for else []))


@blueprint.get("/subevents/", strict_slashes=False)
@blueprint.get("/reusablemedia/", strict_slashes=False)
@open_to("gate")
def nothing_of_organiser(organiser: str) -> Response:
    """List what does not exist here: dates of a series, wristbands that are used again."""
    device_of_organiser(organiser)
    return answer(whole_list([]))


@blueprint.get("/events/<event>/", strict_slashes=False)
@open_to("gate")
def event(organiser: str, event: str) -> Response:
    """Describe the edition."""
    device = device_of_event(organiser, event)
    return unless_known(device, "event", event_body(device.edition))


def item_list(device: ScanningDevice) -> dict[str, Any]:
    """Return the categories, and sessions with seats."""
    return whole_list(items_of(device, queries.categories_of(db.session(), device.edition_id)))


def gate_list(device: ScanningDevice) -> dict[str, Any]:
    """Return the device's gates; with how many came, unless it says that it needs no counts."""
    gates = rules.open_gates(device)
    bodies = [list_body(gate) for gate in gates]
    needless = set(request.args.getlist("exclude"))
    if not {"checkin_count", "position_count"} <= needless:
        lists = Lists.of(device)
        for body, (_gate_id, scope) in zip(bodies, lists.scopes, strict=True):
            same = [gate_id for gate_id, other in lists.scopes if other == scope]
            counts = queries.counts_at(db.session(), device.edition_id, gate_ids=same)
            body["checkin_count"] = sum(count.came for count in counts)
            body["position_count"] = sum(count.expected for count in counts)
    return whole_list(bodies)


def setting_list(device: ScanningDevice) -> dict[str, Any]:
    """Return the few settings that apply."""
    return SETTINGS | {"timezone": device.edition.timezone}


LISTS: dict[str, Callable[[ScanningDevice], Any]] = {
    "items": item_list,
    "checkinlists": gate_list,
    "settings": setting_list,
    # Not offered: products have no groups, nothing is asked at the door, badges are printed by us.
    "categories": lambda _device: whole_list([]),
    "questions": lambda _device: whole_list([]),
    "badgelayouts": lambda _device: whole_list([]),
    "badgeitems": lambda _device: whole_list([]),
}


@blueprint.get("/events/<event>/<any(items,checkinlists,settings,categories,questions):name>/", strict_slashes=False)
@blueprint.get("/events/<event>/<any(badgelayouts,badgeitems):name>/", strict_slashes=False)
@open_to("gate")
def small_list(organiser: str, event: str, name: str) -> Response:
    """Give one of the lists that are small, and seldom change."""
    device = device_of_event(organiser, event)
    return unless_known(device, name, LISTS[name](device))


@blueprint.get("/events/<event>/checkinlists/<number>/", strict_slashes=False)
@open_to("gate")
def one_list(organiser: str, event: str, number: str) -> Response:
    """Describe one gate."""
    return answer(list_body(gate_of(device_of_event(organiser, event), number)))


@blueprint.get("/events/<event>/revokedsecrets/", strict_slashes=False)
@open_to("gate")
def revoked_secrets(organiser: str, event: str) -> Response:
    """List the codes that are void."""
    device = device_of_event(organiser, event)
    page, size = asked_page()
    rows, total = queries.void_codes(
        db.session(),
        device.edition_id,
        since=asked_moment("created_since"),
        offset=(page - 1) * size,
        size=size,
    )
    results = [{"id": row.id, "secret": row.code, "created": moment(row.voided_at)} for row in rows]
    following = {"page": page + 1} if page * size < total else None
    return answer(page_body(results, count=total, following=following), headers=generated())


@blueprint.get("/events/<event>/blockedsecrets/", strict_slashes=False)
@open_to("gate")
def blocked_secrets(organiser: str, event: str) -> Response:
    """List the codes that are blocked for a while: there is no such thing here."""
    device_of_event(organiser, event)
    return answer(whole_list([]), headers=generated())


@blueprint.get("/events/<event>/orders/", strict_slashes=False)
@open_to("gate")
def orders(organiser: str, event: str) -> Response:
    """List who may come in, page by page; with `modified_since`, whatever changed."""
    device = device_of_event(organiser, event)
    page, size = asked_page()
    lists, after = Lists.of(device), rules.read_place(request.args.get("after"))
    wanted = Wanted(
        edition_id=device.edition_id,
        shown=lists.shown,
        modified_since=asked_moment("modified_since"),
        created_since=asked_moment("created_since"),
        after=after,
        # An app that counts pages itself gets them as well, only slower.
        offset=0 if after else (page - 1) * size,
        size=size,
    )
    found, total = queries.orders(db.session(), wanted)
    with_pdf_data = request.args.get("pdf_data") == "true"
    results = [order_body(holder, lists, with_pdf_data=with_pdf_data) for holder in found[:size]]
    following = None
    if len(found) > size:
        last = found[size - 1]
        place = Place(last.registered_at, last.registration_id, total)
        following = {"page": page + 1, "after": place.written()}
    return answer(page_body(results, count=total, following=following), headers=generated())


@blueprint.get("/events/<event>/orders/<code>/", strict_slashes=False)
@open_to("gate")
def one_order(organiser: str, event: str, code: str) -> Response:
    """Describe one registration."""
    device = device_of_event(organiser, event)
    lists = Lists.of(device)
    holder = queries.holder_with_reference(db.session(), device.edition_id, code.upper(), shown=lists.shown)
    if holder is None:
        raise NotFound
    return answer(order_body(holder, lists))


def generated() -> dict[str, str]:
    """Return the cursor for what changes from now on: a little earlier, since changes are committed a little late."""
    return {"X-Page-Generated": moment(clock.now() - rules.OVERLAP)}
