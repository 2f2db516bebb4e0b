"""Registrations as pretix's orders, passages as its check-ins; what a scan is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from forum.checkin.models import Gate
from forum.checkin.queries import Answer
from forum.checkin.rules import OpenGate, waits_in_words
from forum.core.i18n import hour, localised
from forum.core.words import gettext as _
from forum.pretixscan import rules
from forum.pretixscan.api.answers import asks_for_seat, moment
from forum.pretixscan.models import ScanningDevice
from forum.pretixscan.queries import Holder, Passage, SeatHeld, Shown
from forum.pretixscan.rules import SEAT_ITEMS

NOTHING = {"price": "0.00", "tax_rate": "0.00", "tax_value": "0.00"}


@dataclass(frozen=True)
class Lists:
    """The lists of one device: which passages stand on which, and what may be shown."""

    scopes: Sequence[tuple[int, str]]
    """Of each gate: its id, and what one enters there."""
    shown: Shown

    @classmethod
    def of(cls, device: ScanningDevice) -> Lists:
        """Return the lists of a device."""
        gates = rules.open_gates(device)
        sessions = frozenset(gate.session_id for gate in gates if asks_for_seat(gate) and gate.session_id is not None)
        return cls(
            tuple((gate.id, OpenGate.of(gate).scope) for gate in gates), Shown(rules.shared_notes(gates), sessions)
        )

    @classmethod
    def of_gate(cls, gate: Gate) -> Lists:
        """Return the list of one gate."""
        return cls(((gate.id, OpenGate.of(gate).scope),), Shown(frozenset(gate.notes), frozenset()))

    def standing(self, passage: Passage) -> list[int]:
        """Return the lists on which a passage stands: in pretix lists are apart, here two doors lead into one venue."""
        key = passage.admission_key
        if key is not None:
            found = [gate_id for gate_id, scope in self.scopes if key == scope or key.startswith(f"{scope}:")]
        else:
            found = [gate_id for gate_id, _scope in self.scopes if gate_id == passage.gate_id]
        return found


def checkins_body(passages: Iterable[Passage], lists: Lists) -> list[dict[str, Any]]:
    """Return the passages that a device's lists must know."""
    return [
        {
            "id": passage.id * 10_000 + gate_id % 10_000,
            "list": gate_id,
            "datetime": moment(passage.at),
            "type": "exit" if passage.direction == "out" else "entry",
            "gate": None,
            "device": None,
            "device_id": None,
            "auto_checked_in": False,
        }
        for passage in passages
        for gate_id in lists.standing(passage)
    ]


def order_body(holder: Holder, lists: Lists, *, with_pdf_data: bool = False) -> dict[str, Any]:
    """Return a registration as pretix's order: its name and category, its code, no address."""
    texts = note_texts(holder)
    positions = [] if holder.is_void else positions_of(holder, lists)
    for position in positions if with_pdf_data else ():
        position["pdf_data"] = {"images": {}}
    return {
        "code": holder.reference,
        "event": None,
        "status": "c" if holder.is_void else rules.order_state(holder.state),
        "testmode": False,
        "secret": "",
        "email": None,
        "phone": None,
        "locale": holder.language,
        "sales_channel": "web",
        "datetime": moment(holder.registered_at),
        "expires": moment(holder.registered_at),
        "last_modified": moment(max([holder.changed_at, *(passage.at for passage in holder.passages)])),
        "total": "0.00",
        "comment": "",
        "require_approval": holder.state in ("pending", "waiting", "offered"),
        "valid_if_pending": False,
        "checkin_attention": bool(texts),
        "checkin_text": " · ".join(texts) or None,
        "invoice_address": None,
        "payments": [],
        "refunds": [],
        "fees": [],
        "downloads": [],
        "positions": positions,
    }


def positions_of(holder: Holder, lists: Lists) -> list[dict[str, Any]]:
    """Return someone's place, and their seats as its add-ons, each with its own passages."""
    seats = {f"session-{seat.session_id}": seat for seat in holder.seats}
    of_seats: dict[int, list[Passage]] = {seat.id: [] for seat in holder.seats}
    own: list[Passage] = []
    for passage in holder.passages:
        seat = seats.get(passage.admission_key or "")
        (own if seat is None else of_seats[seat.id]).append(passage)
    place = position_body(holder, checkins_body(own, lists))
    return [
        place,
        *(
            seat_body(holder, seat, number=number, checkins=checkins_body(of_seats[seat.id], lists))
            for number, seat in enumerate(holder.seats, start=2)
        ),
    ]


def position_body(holder: Holder, checkins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return someone's place as pretix's order position."""
    return {
        "id": holder.registration_id,
        "order": holder.reference,
        "positionid": 1,
        "canceled": False,
        "item": holder.category_id,
        "variation": None,
        **NOTHING,
        "tax_rule": None,
        "attendee_name": f"{holder.given_name} {holder.family_name}".strip(),
        "attendee_name_parts": {
            "_scheme": "given_family",
            "given_name": holder.given_name,
            "family_name": holder.family_name,
        },
        "attendee_email": None,
        "company": None,
        "street": None,
        "zipcode": None,
        "city": None,
        "country": None,
        "state": None,
        "voucher": None,
        "secret": holder.code,
        "addon_to": None,
        "subevent": None,
        "discount": None,
        "blocked": None,
        "valid_from": None,
        "valid_until": None,
        "checkins": list(checkins),
        "downloads": [],
        "answers": [],
        "print_logs": [],
        "seat": None,
        "pseudonymization_id": holder.reference,
    }


def seat_body(holder: Holder, seat: SeatHeld, *, number: int, checkins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a seat as an add-on; nobody scans its secret, which is not a code."""
    return position_body(holder, checkins) | {
        "id": SEAT_ITEMS + seat.id,
        "positionid": number,
        "item": SEAT_ITEMS + seat.session_id,
        "secret": f"{holder.code}.{seat.session_id}",
        "addon_to": holder.registration_id,
        "pseudonymization_id": f"{holder.reference}-{number}",
    }


def note_texts(holder: Holder) -> list[str]:
    """Return the notes as the app shows them."""
    return [words or _("Minor: a parent has agreed.") for _kind, words in holder.notes]


def scanned_position(holder: Holder, gate: Gate) -> dict[str, Any]:
    """Return someone's place with the passages of one list."""
    body = position_body(holder, checkins_body(holder.passages, Lists.of_gate(gate)))
    return body | {
        "require_attention": bool(holder.notes),
        "order__status": rules.order_state(holder.state),
        "order__valid_if_pending": False,
        "order__require_approval": holder.state in ("pending", "waiting", "offered"),
        "order__locale": holder.language,
    }


def short_list(gate: Gate) -> dict[str, Any]:
    """Return what a scan's answer says of its list."""
    return {
        "id": gate.id,
        "name": localised(gate.name),
        "event": gate.edition.slug,
        "subevent": None,
        "include_pending": False,
    }


def explanation(given: Answer, gate: OpenGate) -> str | None:
    """Return why, in a sentence for the volunteer; None where the app's own word says it all."""
    if given.reason == "hours":
        return opening_hours(gate)
    if given.reason == "waits":
        return waits_in_words(given.turn)
    return {
        "day": _("This gate is not open today."),
        "category": _("This gate is not for their category."),
        "no-seat": _("No seat in this session."),
        "full": _("No free seat left in this session."),
        "replaced": _("A newer badge replaced this one."),
        "blank": _("This badge has no name yet."),
    }.get(given.reason or "")


def opening_hours(gate: OpenGate) -> str:
    """Say when a gate is open."""
    opens, closes = (hour_there(gate, each) for each in (gate.opens_at, gate.closes_at))
    if opens and closes:
        return _("This gate is open from %(opens)s to %(closes)s.", opens=opens, closes=closes)
    if opens:
        return _("This gate opens at %(hour)s.", hour=opens)
    return _("This gate closes at %(hour)s.", hour=closes)


def hour_there(gate: OpenGate, value: time | None) -> str:
    """Return an hour of the host city as the reader writes it."""
    return "" if value is None else hour(datetime.combine(gate.first_day, value, ZoneInfo(gate.timezone)))
