"""Gates, and who came through them."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Presence, Scan, Zone
from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.demo import rules
from forum.demo.actions.ground import Laid
from forum.demo.story import FINISHED, TODAY
from forum.programme.models import Session
from forum.registration.models import Category, Registration

SHARE_WHO_COME = {1: 0.74, 2: 0.52}
"""About a third of those who register for a free event do not come."""


DOOR_WORDS = ("Accueillie par le maire", "Son invité vient avec lui, sans badge", "À conduire à la salle Joliot-Curie")


class Door:
    """The gates of one edition and the scans made at them."""

    def __init__(self, tx: Transaction, laid: Laid) -> None:
        """Set the gates up."""
        self.laid = laid
        entrance = a_gate(laid, fr="Entrée principale", en="Main entrance", direction="in")
        entrance.notes, entrance.allows_override = ["adjustment", "word"], True
        self.entrance = tx.add(entrance)
        self.way_out = tx.add(a_gate(laid, fr="Sortie", en="Way out", direction="out", rule="freely"))
        phones = ((self.entrance, 2), (self.way_out, 1))
        self.phones: dict[int, list[Device]] = {
            gate.id: [
                tx.add(Device(gate_id=gate.id, key=codes.new_key(), last_seen_at=gate.created_at)) for _ in range(n)
            ]
            for gate, n in phones
        }

    def scan(self, badge: Badge | None, gate: Gate, verdict: str, *, at: datetime, **values: Any) -> Scan:
        """Make one reading of a badge."""
        device = self.phones[gate.id][int(at.timestamp()) % len(self.phones[gate.id])]
        device.last_seen_at = max(device.last_seen_at, at)
        return Scan(
            uuid=str(uuid.uuid4()),
            edition_id=self.laid.edition.id,
            gate_id=gate.id,
            device_id=device.id,
            badge_id=badge.id if badge else None,
            direction="out" if gate is self.way_out else "in",
            verdict=verdict,
            at=at,
            received_at=at + timedelta(seconds=1),
            **values,
        )


def a_gate(laid: Laid, *, fr: str, en: str, direction: str, rule: str = "once-a-day", **values: Any) -> Gate:
    """Make a gate."""
    return Gate(
        edition_id=laid.edition.id,
        venue_id=laid.venue.id,
        key=codes.new_key(),
        token=codes.new_token(),
        name=LocalText(fr=fr, en=en),
        direction=direction,
        rule=rule,
        created_at=laid.days.at(1, "08:00") - timedelta(days=2),
        **values,
    )


def fill(tx: Transaction, laid: Laid, chance: random.Random, *, now: datetime) -> None:
    """Let people come through the door: both days of the finished edition, today's until now."""
    door = Door(tx, laid)
    if laid.days.city == TODAY:
        add_session_door(tx, laid)
        add_set_up(tx, laid)
        write_door_words(tx, laid)
    badges = badges_of(tx, laid)
    inside: dict[int, Presence] = {}
    for day in (1, 2) if laid.days.city == FINISHED else (1,):
        opens = laid.days.at(day, "08:30") if laid.days.city == FINISHED else rules.opening(now)
        closes = laid.days.at(day, "18:30")
        coming = [badge for badge in badges if chance.random() < chance_to_come(badge, day)]
        walks = rules.passages(chance, len(coming), opens=opens, closes=max(closes, opens), until=now)
        chance.shuffle(coming)
        for badge, walk in zip(coming, walks, strict=False):
            inside[badge.id] = walk_through(tx, door, badge, walk, day=day)
        refuse_some(tx, door, laid, badges, chance, opens=opens, until=min(now, closes))
    tx.session.add_all(inside.values())
    tx.session.flush()


def badges_of(tx: Transaction, laid: Laid) -> list[Badge]:
    """Return the badges of everyone who is expected."""
    statement = (
        select(Badge).join(Registration).where(Badge.edition_id == laid.edition.id, Registration.state == "confirmed")
    )
    return list(tx.session.scalars(statement.order_by(Badge.id)).unique())


def chance_to_come(badge: Badge, day: int) -> float:
    """Return how likely somebody is to come: the team, speakers and exhibitors nearly always."""
    return 0.97 if badge.registration.category.kind in ("staff", "exhibitor", "speaker") else SHARE_WHO_COME[day]


def walk_through(tx: Transaction, door: Door, badge: Badge, walk: rules.Passage, *, day: int) -> Presence:
    """Scan somebody in, and out again when they left; return where they are."""
    laid = door.laid
    date = laid.days.at(day, "12:00").date()
    key = f"venue-{laid.venue.id}:{date}"
    tx.session.add(door.scan(badge, door.entrance, "admitted", at=walk.entered, admission_key=key))
    if walk.left:
        tx.session.add(door.scan(badge, door.way_out, "left", at=walk.left))
    return Presence(
        badge_id=badge.id,
        edition_id=laid.edition.id,
        venue_id=laid.venue.id,
        is_inside=walk.left is None,
        since=walk.left or walk.entered,
    )


def refuse_some(
    tx: Transaction,
    door: Door,
    laid: Laid,
    badges: list[Badge],
    chance: random.Random,
    *,
    opens: datetime,
    until: datetime,
) -> None:
    """Let the door say no a few times: in already, cancelled, unknown."""
    tx.session.flush()
    admitted = select(Scan).where(
        Scan.edition_id == laid.edition.id, Scan.verdict == "admitted", Scan.at >= opens, Scan.at <= until
    )
    by_id = {badge.id: badge for badge in badges}
    for first in chance.sample(scans := tx.session.scalars(admitted.order_by(Scan.id)).all(), min(9, len(scans))):
        again = min(until, first.at + timedelta(minutes=chance.uniform(1, 25)))
        tx.session.add(door.scan(by_id[first.badge_id or 0], door.entrance, "already-in", at=again, first_id=first.id))
    cancelled = (
        select(Badge).join(Registration).where(Badge.edition_id == laid.edition.id, Registration.state == "cancelled")
    )
    for badge in tx.session.scalars(cancelled.order_by(Badge.id).limit(2)).unique():
        tx.session.add(door.scan(badge, door.entrance, "cancelled", at=between(chance, opens, until)))
    for _number in range(3):
        tx.session.add(door.scan(None, door.entrance, "unknown", at=between(chance, opens, until)))
    tx.session.flush()


def between(chance: random.Random, first: datetime, last: datetime) -> datetime:
    """Return a moment between two."""
    return first + (last - first) * chance.random()


def add_session_door(tx: Transaction, laid: Laid) -> None:
    """Set a gate up at the door of a workshop: only who has a seat goes in."""
    limited = select(Session).where(
        Session.edition_id == laid.edition.id, Session.kind == "workshop", Session.seats.is_not(None)
    )
    session = tx.session.scalars(limited.order_by(Session.starts_at)).first()
    if session is not None:
        name = f"Porte : {session.title}"
        door = a_gate(laid, fr=name, en=f"Door: {session.title}", direction="in", rule="once", session_id=session.id)
        door.seats_kept_minutes = 5
        tx.add(door)


def add_set_up(tx: Transaction, laid: Laid) -> None:
    """Set a gate up into the halls for those who build their stands: the day before, for exhibitors and the team."""
    day = laid.edition.first_day - timedelta(days=1)
    zone = Zone(edition_id=laid.edition.id, venue_id=laid.venue.id, key="montage des stands", safe_capacity=60)
    zone.name = LocalText(fr="Montage des stands", en="Setting up stands")
    gate = a_gate(laid, fr="Entrée des exposants", en="Exhibitors' entrance", direction="both", rule="freely")
    gate.first_day, gate.last_day, gate.opens_at, gate.closes_at = day, day, time(7), time(20)
    gate.venue_id, gate.zone_id = None, tx.add(zone).id
    kinds = (Category.edition_id == laid.edition.id, Category.kind.in_(("exhibitor", "staff")))
    gate.categories = list(tx.session.scalars(select(Category).where(*kinds).order_by(Category.id)))
    tx.add(gate)


def write_door_words(tx: Transaction, laid: Laid) -> None:
    """Write a word to the door for a few who come."""
    expected = (Registration.edition_id == laid.edition.id, Registration.state == "confirmed")
    few = tx.session.scalars(select(Registration).where(*expected).order_by(Registration.id).limit(len(DOOR_WORDS)))
    for registration, words in zip(few.unique(), DOOR_WORDS, strict=False):
        registration.door_word = words
