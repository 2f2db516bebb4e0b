"""What organisers see of their gates: entries, the last scans, the phones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from forum.checkin.models import Device, Gate, Scan
from forum.checkin.rules import INSIDE_VERDICTS


@dataclass(frozen=True)
class GateEntries:
    """How many a gate let in and out on a day."""

    gate: Gate
    admitted: int
    left: int
    refused: int


@dataclass(frozen=True)
class FiveMinutes:
    """How many were let in during five minutes."""

    starts_at: datetime
    admitted: int


def entries_by_gate(session: Session, gates: Iterable[Gate], *, since: datetime) -> list[GateEntries]:
    """Return what each gate did since a moment; one statement."""
    gates = list(gates)
    rows = session.execute(
        select(Scan.gate_id, Scan.verdict, func.count())
        .where(Scan.gate_id.in_([gate.id for gate in gates]), Scan.at >= since, Scan.undone_at.is_(None))
        .group_by(Scan.gate_id, Scan.verdict)
    )
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for gate_id, verdict, count in rows:
        kind = {"admitted": "admitted", "conflict": "admitted", "left": "left"}.get(verdict, "refused")
        counts[gate_id][kind] += count
    return [GateEntries(gate, *(counts[gate.id][kind] for kind in ("admitted", "left", "refused"))) for gate in gates]


def entries_by_five_minutes(session: Session, edition_id: int, *, now: datetime, span: timedelta) -> list[FiveMinutes]:
    """Return the entries of the last hours in steps of five minutes, empty ones too, the oldest first."""
    step = timedelta(minutes=5)
    last = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    start = last - span + step
    moments = session.scalars(
        select(Scan.at)
        .join(Gate)
        .where(Scan.edition_id == edition_id, Scan.at >= start, Scan.undone_at.is_(None))
        .where(Scan.verdict.in_(INSIDE_VERDICTS), Gate.session_id.is_(None))
    )
    counts = [0] * (span // step)
    for moment in moments:
        counts[min((moment - start) // step, len(counts) - 1)] += 1
    return [FiveMinutes(start + step * index, count) for index, count in enumerate(counts)]


def last_scans(session: Session, edition_id: int, *, most: int = 12) -> Sequence[Scan]:
    """Return the newest scans with the person and the gate."""
    statement = select(Scan).where(Scan.edition_id == edition_id).order_by(Scan.at.desc(), Scan.id.desc()).limit(most)
    return session.scalars(
        statement.options(joinedload(Scan.gate), joinedload(Scan.badge), joinedload(Scan.first).joinedload(Scan.gate))
    ).all()


def devices_of(session: Session, edition_id: int) -> Sequence[tuple[Device, Gate]]:
    """Return the phones that scan for an edition, the last seen first."""
    statement = select(Device, Gate).join(Gate, Gate.id == Device.gate_id).where(Gate.edition_id == edition_id)
    return [
        (device, gate) for device, gate in session.execute(statement.order_by(Device.last_seen_at.desc()).limit(50))
    ]


def passages_of(session: Session, edition_id: int) -> Sequence[Scan]:
    """Return every scan of an edition in the order of their hours, for the file of passages."""
    statement = select(Scan).where(Scan.edition_id == edition_id).order_by(Scan.at, Scan.id)
    return session.scalars(
        statement.options(joinedload(Scan.gate), joinedload(Scan.badge), joinedload(Scan.first).joinedload(Scan.gate))
    ).all()
