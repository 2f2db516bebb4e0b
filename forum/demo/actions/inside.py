"""What makes the board of today alive: a zone, a room, odd scans, a silent phone, corrections, a changed programme."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, HeadCountChange, Presence, Scan, Stay, Zone
from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.demo import rules
from forum.demo.actions.door import a_gate
from forum.demo.actions.ground import Laid
from forum.inside.models import SlotChange
from forum.people.models import Account
from forum.programme.models import Session
from forum.registration.models import Registration, Seat

PRESS_ROOM = 12
COME_TO_SESSIONS = 0.72


def enliven(tx: Transaction, laid: Laid, chance: random.Random, *, now: datetime) -> None:
    """Let today's door have its small stories."""
    entrance = tx.session.scalars(select(Gate).where(Gate.edition_id == laid.edition.id).order_by(Gate.id)).first()
    inside = people_inside(tx, laid)
    if entrance is None or len(inside) < 2 * PRESS_ROOM:
        return
    opens = rules.opening(now)
    fill_press_room(tx, laid, inside[:PRESS_ROOM], chance, opens=opens, now=now)
    let_in_oddly(tx, laid, entrance, inside[-4:], now=now)
    correct(tx, laid, now=now)
    mark_phones(tx, laid, entrance, now=now)
    change_programme(tx, laid, now=now)
    tx.session.flush()


def people_inside(tx: Transaction, laid: Laid) -> list[Badge]:
    """Return the badges that are inside now."""
    statement = select(Badge).join(Presence, Presence.badge_id == Badge.id)
    return list(
        tx.session.scalars(
            statement.where(Presence.edition_id == laid.edition.id, Presence.is_inside).order_by(Badge.id)
        ).unique()
    )


def a_scan(laid: Laid, gate: Gate, badge: Badge | None, verdict: str, *, at: datetime, **values: Any) -> Scan:
    """Make one reading."""
    return Scan(
        uuid=str(uuid.uuid4()),
        edition_id=laid.edition.id,
        gate_id=gate.id,
        badge_id=badge.id if badge else None,
        verdict=verdict,
        at=at,
        received_at=at + timedelta(seconds=1),
        **({"direction": "in"} | values),
    )


def fill_press_room(
    tx: Transaction, laid: Laid, people: Sequence[Badge], chance: random.Random, *, opens: datetime, now: datetime
) -> None:
    """Fill a small room of its own until it is nearly full."""
    name = LocalText(fr="Espace presse", en="Press room")
    zone = tx.add(
        Zone(edition_id=laid.edition.id, venue_id=laid.venue.id, key="espace presse", name=name, safe_capacity=14)
    )
    gate = tx.add(a_gate(laid, fr="Espace presse", en="Press room", direction="both", rule="freely"))
    gate.venue_id, gate.zone_id = None, zone.id
    for badge in people:
        at = opens + (now - opens) * chance.uniform(0.3, 0.95)
        tx.session.add(a_scan(laid, gate, badge, "admitted", at=at))
        tx.session.add(
            Stay(badge_id=badge.id, kind="zone", place_id=zone.id, edition_id=laid.edition.id, is_inside=True, since=at)
        )


def let_in_oddly(tx: Transaction, laid: Laid, gate: Gate, people: Sequence[Badge], *, now: datetime) -> None:
    """Let somebody in anyway, let a badge in twice without the network, refuse one again and again."""
    anyway, twice, again, _other = people
    scans = [
        a_scan(
            laid,
            gate,
            anyway,
            "admitted",
            at=now - timedelta(minutes=12),
            reason="already-in",
            override="Ressorti chercher son sac, reconnu",
        ),
        a_scan(laid, gate, twice, "conflict", at=now - timedelta(minutes=26)),
        *(a_scan(laid, gate, again, "already-in", at=now - timedelta(minutes=34 - 2 * n)) for n in range(4)),
        *(a_scan(laid, gate, None, "unknown", at=now - timedelta(minutes=41, seconds=-20 * n)) for n in range(6)),
    ]
    tx.session.add_all(scans)


def correct(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Count a class without badges by clicks, and put the count right once by hand."""
    omar = tx.session.scalars(select(Account).where(Account.email == "omar@example.org")).first()
    changes = ((24, "", timedelta(minutes=48)), (-7, "other-way", timedelta(minutes=19)))
    for difference, reason, ago in changes:
        tx.session.add(
            HeadCountChange(
                uuid=str(uuid.uuid4()),
                edition_id=laid.edition.id,
                kind="venue",
                place_id=laid.venue.id,
                account_id=omar.id if omar and reason else None,
                difference=difference,
                reason=reason,
                at=now - ago,
                received_at=now - ago,
            )
        )


def mark_phones(tx: Transaction, laid: Laid, entrance: Gate, *, now: datetime) -> None:
    """Let every phone be heard of just now, but one."""
    gates = select(Gate.id).where(Gate.edition_id == laid.edition.id)
    fresh = {"last_seen_at": now - timedelta(seconds=20), "list_at": now - timedelta(minutes=1)}
    tx.session.execute(update(Device).where(Device.gate_id.in_(gates)).values(**fresh))
    seen = now - timedelta(minutes=23)
    tx.add(Device(gate_id=entrance.id, key=codes.new_key(), last_seen_at=seen, list_at=seen, pending=9))


def change_programme(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Let a session of this day have moved, and another be cancelled."""
    moved = tx.session.scalars(
        select(Session)
        .where(Session.edition_id == laid.edition.id, Session.is_published, Session.starts_at > now)
        .where(Session.starts_at < laid.days.at(1, "23:59"), Session.room_id.is_not(None))
        .order_by(Session.starts_at, Session.id)
    ).first()
    if moved is None or moved.starts_at is None or moved.room is None:
        return
    was_at = moved.starts_at - timedelta(minutes=30)
    told = now - timedelta(minutes=50)
    room = moved.room.name
    tx.add(
        SlotChange(
            edition_id=laid.edition.id, session_id=moved.id, title=moved.title, was_at=was_at, was_room=room, at=told
        )
    )
    gone = "Café des makers : montrez ce que vous avez construit"
    tx.add(
        SlotChange(
            edition_id=laid.edition.id, session_id=None, title=gone, was_at=moved.starts_at, was_room=room, at=told
        )
    )


def keep_doors(tx: Transaction, laid: Laid, chance: random.Random, *, now: datetime) -> None:
    """Keep the doors of a past edition's workshops, and count by hand once a day."""
    workshops = select(Session).where(
        Session.edition_id == laid.edition.id, Session.seats.is_not(None), Session.starts_at.is_not(None)
    )
    for session in tx.session.scalars(workshops.order_by(Session.starts_at, Session.id)).unique().all():
        gate = tx.add(
            a_gate(
                laid,
                fr=f"Porte : {session.title}",
                en=f"Door: {session.title}",
                direction="in",
                rule="once",
                session_id=session.id,
            )
        )
        gate.venue_id = None
        with_seat = select(Badge).join(Registration).join(Seat, Seat.registration_id == Registration.id)
        for badge in tx.session.scalars(with_seat.where(Seat.session_id == session.id).order_by(Badge.id)).unique():
            if session.starts_at and chance.random() < COME_TO_SESSIONS:
                at = session.starts_at - timedelta(minutes=chance.uniform(-4, 12))
                tx.session.add(a_scan(laid, gate, badge, "admitted", at=at, admission_key=f"session-{session.id}"))
    odile = tx.session.scalars(select(Account).where(Account.email == "odile@example.org")).first()
    for day in (1, 2):
        at = laid.days.at(day, "14:35")
        tx.session.add(
            HeadCountChange(
                uuid=str(uuid.uuid4()),
                edition_id=laid.edition.id,
                kind="venue",
                place_id=laid.venue.id,
                account_id=odile.id if odile else None,
                difference=-5,
                reason="by-hand",
                at=at,
                received_at=at,
            )
        )
    tx.session.flush()
