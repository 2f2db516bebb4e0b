"""The short way through the door: read, judge, write, each with one statement, where nothing else can come of it.

PostgreSQL charges for every message, and six of them (begin, lock, read, write, note who is inside, commit) cost more
than all the rest of a scan. Most readings are of badges that the database knows, at gates without seats, from phones
that were noted a moment ago: those are judged by what was read, and written by a single statement, which is its own
transaction. What somebody quicker changed in between, the statement does not write; whatever is not written, or is no
such reading, gets no answer here and goes the long way (`scanning.check_in_phones`), which knows everything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from forum.checkin.actions.scanning import (
    Sent,
    Timed,
    answer_for,
    apart,
    badges_of,
    judged_now,
    known_device,
    phones_of,
    scan_row,
    timed_reading,
)
from forum.checkin.queries import Answer
from forum.checkin.rules import BadgeAtGate, Judgement, OpenGate
from forum.core.db import Transaction

MOST = 8
"""Readings that are written at once; more make a transaction worth its price."""

# The limit tells the planner how few they are, whatever is in them: so it plans once for each connection.
SCANS_WRITTEN = """
WITH given AS (
  SELECT * FROM json_to_recordset(CAST(:scans AS json)) AS given (
    uuid varchar, edition_id integer, gate_id integer, device_id integer, badge_id integer, direction varchar,
    verdict varchar, reason varchar, override varchar, admission_key varchar, first_id integer,
    at timestamptz, received_at timestamptz
  ) LIMIT 8
), held AS (  -- in the order of their ids, as whoever takes a passage back holds them
  SELECT badge.id FROM badge WHERE badge.id IN (SELECT badge_id FROM given) ORDER BY badge.id FOR UPDATE
), written AS (
  INSERT INTO scan (
    uuid, edition_id, gate_id, device_id, badge_id, direction, verdict, reason, override, admission_key, first_id,
    at, received_at
  )
  SELECT * FROM given
  WHERE (SELECT count(*) FROM held) > 0  -- counted first, so that all are held before anything is written
  ON CONFLICT DO NOTHING
  RETURNING uuid, badge_id, edition_id, verdict, at
), passed AS (
  SELECT badge_id, edition_id, verdict <> 'left' AS is_inside, at
  FROM written WHERE verdict IN ('admitted', 'conflict', 'left')
), """

PRESENCE_KEPT = """
kept AS (
  INSERT INTO presence (badge_id, edition_id, venue_id, is_inside, since)
  SELECT badge_id, edition_id, CAST(:place AS integer), is_inside, at FROM passed
  ON CONFLICT (badge_id) DO UPDATE SET edition_id = excluded.edition_id, venue_id = excluded.venue_id,
    is_inside = excluded.is_inside, since = excluded.since
  WHERE presence.since <= excluded.since
), ended AS (  -- who leaves a venue leaves its rooms
  UPDATE stay SET is_inside = false, since = passed.at FROM passed
  WHERE stay.badge_id = passed.badge_id AND NOT passed.is_inside AND stay.is_inside AND stay.since <= passed.at
)
SELECT uuid FROM written"""

STAY_KEPT = """
kept AS (
  INSERT INTO stay (badge_id, kind, place_id, edition_id, is_inside, since)
  SELECT badge_id, CAST(:kind AS varchar), CAST(:place AS integer), edition_id, is_inside, at FROM passed
  ON CONFLICT (badge_id, kind) DO UPDATE SET place_id = excluded.place_id, edition_id = excluded.edition_id,
    is_inside = excluded.is_inside, since = excluded.since
  WHERE stay.since <= excluded.since
)
SELECT uuid FROM written"""

WRITTEN = text(SCANS_WRITTEN + PRESENCE_KEPT)
"""Scans written down at the gate of a venue, or of the forum as a whole, and who is inside kept by them."""

WRITTEN_WITHIN = text(SCANS_WRITTEN + STAY_KEPT)
"""The same within a venue: at a session's door, at a zone's gate."""

Judged = tuple[Timed, BadgeAtGate, Judgement]
"""A reading of a badge that is known, with its verdict."""


def check_in_at_once(tx: Transaction, gate: OpenGate, sent: Sequence[Sent]) -> dict[str, Answer]:
    """Return the answers, by the ids of the readings, to those that could be judged and written at once."""
    devices = None if gate.asks_for_seat else devices_noted(tx, gate, sent)
    if devices is None:
        return {}
    timed = [timed_reading(reading, each, devices) for each in sent for reading in each.readings]
    if len(timed) > MOST or len(list(apart(gate, timed))) > 1:
        return {}
    badges = badges_of(tx, gate, timed)
    judged = [
        (each, badge, judged_now(tx, gate, each, badge))
        for each in timed
        if (badge := badges.get((each.of.looked_up, each.key_at(gate)))) is not None
    ]
    written = write(tx, gate, judged) if judged else set()
    return {
        each.of.uuid: answer_for(tx, each, badge, gate=gate, found=found)
        for each, badge, found in judged
        if each.of.uuid in written
    }


def devices_noted(tx: Transaction, gate: OpenGate, sent: Sequence[Sent]) -> dict[str, int] | None:
    """Return the ids of phones by their keys; None where one of them has something to note."""
    found = {}
    for key, each in phones_of(sent).items():
        device = known_device(tx, gate.id, key)
        if device is None or not device.is_noted(each):
            return None
        found[key] = device.id
    return found


def write(tx: Transaction, gate: OpenGate, judged: Sequence[Judged]) -> set[str]:
    """Write scans and who is inside by them with one statement; return the ids of those that were not there yet."""
    rows = [scan_row(gate, each, badge, found) for each, badge, found in judged]
    within = gate.kind in ("session", "zone")
    place = {"kind": gate.kind, "place": gate.place_id} if within else {"place": gate.venue_id}
    values = {"scans": json.dumps(rows, default=datetime.isoformat), **place}
    return set(tx.session.connection().execute(WRITTEN_WITHIN if within else WRITTEN, values).scalars())
