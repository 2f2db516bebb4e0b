"""Writing what devices are answered: our rows in pretix's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from forum.checkin.models import Gate
from forum.core.db import LocalText
from forum.core.i18n import localised
from forum.core.web import public_address
from forum.editions.models import Edition
from forum.pretixscan import rules
from forum.pretixscan.models import ScanningDevice
from forum.pretixscan.rules import SEAT_ITEMS
from forum.registration.models import Category


def answer(body: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON that nobody keeps."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    response = Response(content, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def page_body(results: Sequence[Any], *, count: int, following: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Return a page of a list; `following` is what the next page's address changes."""
    return {
        "count": count,
        "next": None if following is None else address(**following),
        "previous": None,
        "results": list(results),
    }


def address(**changes: object) -> str:
    """Return the address of another page of the same list."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    return public_address(
        f"{request.path}?{urlencode([*kept, *((name, str(value)) for name, value in changes.items())])}"
    )


def moment(value: datetime) -> str:
    """Return a moment in UTC as ISO 8601, whole: it comes back as a cursor."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def both_languages(text: LocalText | str) -> dict[str, str]:
    """Return words in the languages they have."""
    return {"fr": text, "en": text} if isinstance(text, str) else dict(text)


# ---- the device, the event, its items and lists


def device_body(device: ScanningDevice, token: str) -> dict[str, Any]:
    """Return a device as pretix describes it to itself."""
    gates = rules.open_gates(device)
    only = gates[0] if len(gates) == 1 else None
    return {
        "organizer": rules.ORGANISER,
        "device_id": device.id,
        "unique_serial": device.serial,
        "api_token": token,
        "name": device.name,
        "security_profile": "pretixscan",
        "gate": None if only is None else {"id": only.id, "name": localised(only.name), "identifier": only.key},
    }


def event_body(edition: Edition) -> dict[str, Any]:
    """Return an edition as pretix's event."""
    zone = edition.zone
    begins = datetime.combine(edition.first_day, time(), zone)
    ends = datetime.combine(edition.last_day + timedelta(days=1), time(), zone) - timedelta(seconds=1)
    return {
        "name": both_languages(edition.name),
        "slug": edition.slug,
        "live": edition.state != "archived",
        "testmode": False,
        "currency": "EUR",
        "date_from": begins.isoformat(),
        "date_to": ends.isoformat(),
        "date_admission": None,
        "is_public": edition.is_public(),
        "presale_start": None,
        "presale_end": None,
        "location": both_languages(edition.host_city.name),
        "geo_lat": None,
        "geo_lon": None,
        "has_subevents": False,
        "meta_data": {},
        "seating_plan": None,
        "seat_category_mapping": {},
        "plugins": [],
        "item_meta_properties": {},
        "timezone": edition.timezone,
        "valid_keys": {"pretix_sig1": []},
        "sales_channels": [],
        "public_url": public_address(f"/{edition.slug}"),
    }


def item_body(item_id: int, name: LocalText | str, *, position: int, is_addon: bool = False) -> dict[str, Any]:
    """Return a category, or a session with seats, as one of pretix's items."""
    return {
        "id": item_id,
        "category": None,
        "name": both_languages(name),
        "internal_name": None,
        "active": True,
        "admission": not is_addon,
        "personalized": not is_addon,
        "position": position,
        "description": None,
        "default_price": "0.00",
        "free_price": False,
        "tax_rate": "0.00",
        "tax_rule": None,
        "picture": None,
        "sales_channels": ["web"],
        "available_from": None,
        "available_until": None,
        "require_voucher": False,
        "hide_without_voucher": False,
        "allow_cancel": True,
        "min_per_order": None,
        "max_per_order": None,
        "checkin_attention": False,
        "checkin_text": None,
        "original_price": None,
        "require_approval": False,
        "require_bundling": False,
        "generate_tickets": None,
        "issue_giftcard": False,
        "media_policy": None,
        "media_type": None,
        "validity_mode": None,
        "has_variations": False,
        "variations": [],
        "addons": [],
        "bundles": [],
        "meta_data": {},
    }


def items_of(device: ScanningDevice, categories: Iterable[Category]) -> list[dict[str, Any]]:
    """Return what can be on a device's lists: the categories, and the sessions whose doors are among its gates."""
    items = [item_body(each.id, each.name, position=number) for number, each in enumerate(categories)]
    held = {gate.session_id: gate.session for gate in rules.open_gates(device) if asks_for_seat(gate)}
    items += [
        item_body(SEAT_ITEMS + number, session.title, position=len(items), is_addon=True)
        for number, session in sorted(held.items(), key=str)
        if number is not None and session is not None
    ]
    return items


def asks_for_seat(gate: Gate) -> bool:
    """Tell whether a gate is the door of a session in which seats are chosen."""
    return gate.session is not None and gate.session.seats is not None


def list_body(gate: Gate) -> dict[str, Any]:
    """Return a gate as pretix's check-in list, with what it needs to decide without the network."""
    categories = [each.id for each in gate.categories]
    products = [SEAT_ITEMS + (gate.session_id or 0)] if asks_for_seat(gate) else categories
    return {
        "id": gate.id,
        "name": localised(gate.name),
        "all_products": not products,
        "limit_products": products,
        "subevent": None,
        "include_pending": False,
        "allow_multiple_entries": gate.rule == "freely" or is_daily(gate) or gate.direction == "out",
        "allow_entry_after_exit": gate.rule == "freely" or is_daily(gate),
        "addon_match": asks_for_seat(gate),
        "ignore_in_statistics": False,
        "consider_tickets_used": True,
        "exit_all_at": None,
        "rules": rules_body(gate),
    }


def is_daily(gate: Gate) -> bool:
    """Tell whether a badge enters once each day here."""
    return gate.rule == "once-a-day" and gate.session_id is None


def rules_body(gate: Gate) -> dict[str, Any]:
    """Return a gate's days, hours and rule in pretix's logic."""
    edition = gate.edition
    first, last = gate.first_day or edition.first_day, gate.last_day or edition.last_day
    opens = datetime.combine(first, time(), edition.zone)
    closes = datetime.combine(last + timedelta(days=1), time(), edition.zone)
    conditions = [compared("isAfter", "custom", opens.isoformat()), compared("isBefore", "custom", closes.isoformat())]
    if gate.opens_at is not None:
        conditions.append(compared("isAfter", "customtime", gate.opens_at.isoformat()))
    if gate.closes_at is not None:
        conditions.append(compared("isBefore", "customtime", gate.closes_at.isoformat()))
    if is_daily(gate):
        conditions.append({"<": [{"var": "entries_today"}, 1]})
    return {"and": conditions}


def compared(operator: str, kind: str, value: str) -> dict[str, Any]:
    """Return a comparison of now with a moment."""
    return {operator: [{"var": "now"}, {"buildTime": [kind, value]}, None]}
