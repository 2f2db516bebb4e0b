"""Paper: kits made beforehand, ticks brought back, what gates read of badges without a name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from forum.badges.actions.blanks import make_blanks
from forum.checkin.actions import Reading, check_in_all
from forum.checkin.models import Gate, Scan
from forum.core import codes
from forum.core.db import Transaction
from forum.desk import rules
from forum.desk.models import BlankReading, PaperKit
from forum.desk.queries import paper as paper_queries
from forum.desk.rules import KitParts

PAPER = uuid.UUID("5b0c3b8e-6f0e-4a57-9c53-2f1a0d7f2a11")
"""Names the ids of passages that were ticked on paper: the same tick is the same passage."""


@dataclass(frozen=True)
class KitRequest:
    """What is to be in a kit."""

    edition_id: int
    account_id: int | None
    parts: KitParts
    blanks: int = 0
    category_id: int | None = None


def ask_for_kit(tx: Transaction, asked: KitRequest, *, now: datetime) -> PaperKit:
    """Write a kit down, with the codes of its blank badges. Raises `EmptyKit`, `TooManyBlanks`, `NotFound`."""
    rules.holds_something(asked.parts, asked.blanks)
    numbers: list[int] = []
    if asked.blanks and asked.category_id is not None:
        numbers = make_blanks(
            tx,
            edition_id=asked.edition_id,
            category_id=asked.category_id,
            count=asked.blanks,
            account_id=asked.account_id,
            now=now,
        )
    return tx.add(
        PaperKit(
            edition_id=asked.edition_id,
            account_id=asked.account_id,
            key=codes.new_token(),
            parts=replace(asked.parts, blanks=tuple(numbers)).as_json(),
            people=paper_queries.expected(tx.session, asked.edition_id),
            asked_at=now,
        )
    )


def claim_kit(tx: Transaction, *, now: datetime, kit_id: int | None = None) -> PaperKit | None:
    """Take a kit that waits or whose worker went silent; one that fails again and again is given up."""
    kit = paper_queries.next_kit(tx.session, now, kit_id=kit_id)
    if kit is None:
        return None
    if kit.tries >= rules.MOST_TRIES:
        kit.state, kit.finished_at, kit.leased_until = "failed", now, None
        return kit
    kit.state, kit.tries, kit.leased_until = "running", kit.tries + 1, now + rules.LEASE
    tx.session.flush()
    return kit


def end_kit(tx: Transaction, kit_id: int, state: str, *, attempt: int, now: datetime) -> None:
    """Say what became of a kit. Raises `KitLost`."""
    kit = tx.lock(PaperKit, kit_id)
    if kit.state != "running" or kit.tries != attempt:
        raise rules.KitLost
    kit.state, kit.finished_at, kit.leased_until = state, now, None


def forget_kits(tx: Transaction, kit_ids: Sequence[int], *, now: datetime) -> None:
    """Note that the files of kits were deleted."""
    tx.session.execute(update(PaperKit).where(PaperKit.id.in_(kit_ids)).values(deleted_at=now))


@dataclass(frozen=True)
class Ticked:
    """What came of ticks on paper."""

    written: int
    known: int
    """Those who were in already, and ticks that were brought twice."""


def write_ticks(tx: Transaction, gate: Gate, badge_ids: Sequence[int], *, at: datetime, now: datetime) -> Ticked:
    """Write down who came in by a paper list, each once a gate and day. Raises `NothingTicked`, `HourNotPast`."""
    rules.is_past(at, gate.edition, now)
    badges = paper_queries.badges_with_ids(tx.session, gate.edition_id, badge_ids)
    if not badges:
        raise rules.NothingTicked
    day = gate.edition.local(at).date()
    ids = {badge.id: str(uuid.uuid5(PAPER, f"{gate.id}:{badge.id}:{day}")) for badge in badges}
    before = paper_queries.known_scans(tx.session, list(ids.values()))
    readings = [Reading(uuid=ids[badge.id], code=badge.code, at=at) for badge in badges]
    answers = check_in_all(tx, gate, readings, now=now)
    admitted = [answer.id for answer in answers if answer.verdict == "admitted" and answer.id not in before]
    tx.session.execute(
        update(Scan).where(Scan.uuid.in_(admitted)).values(reason="paper"),
        execution_options={"synchronize_session": False},
    )
    return Ticked(written=len(admitted), known=len(badges) - len(admitted))


def note_blank(tx: Transaction, code_hash: str, *, gate_id: int, scan_uuid: str, at: datetime) -> None:
    """Write down that a gate read a blank badge; a scan sent twice is one reading."""
    blank = paper_queries.blank_with_hash(tx.session, code_hash)
    if blank is not None:
        tx.add_once(
            BlankReading,
            once="scan_uuid",
            blank_id=blank.id,
            gate_id=gate_id,
            scan_uuid=scan_uuid,
            at=at,
            counted_at=None,
        )
