"""What each phone showed, against the one log of passages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Scan
from forum.core.db import db
from forum.operations.check import presence_follows_scans
from tests.chaos.phones import SimulatedPhone

INSIDE = ("admitted", "conflict")


@dataclass(frozen=True)
class Logged:
    """A scan as the server keeps it."""

    uuid: str
    device: str
    badge_id: int | None
    direction: str
    verdict: str
    admission_key: str | None
    is_undone: bool


def log_of(gate_keys: Sequence[str]) -> list[Logged]:
    """Return the log of some gates in the order in which scans were made."""
    statement = (
        select(Scan.uuid, Device.key, Scan.badge_id, Scan.direction, Scan.verdict, Scan.admission_key, Scan.undone_at)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .where(Gate.key.in_(gate_keys))
        .order_by(Scan.at, Scan.id)
    )
    return [Logged(*row[:6], row[6] is not None) for row in db.session.execute(statement)]


def faults_of(phones: Sequence[SimulatedPhone], log: Sequence[Logged], now: object) -> list[str]:
    """Return each difference between what volunteers were told and what is in the log, as a sentence."""
    counts = Counter(row.uuid for row in log)
    rows = {row.uuid: row for row in log}
    found = [f"{uuid} is in the log {count} times" for uuid, count in counts.items() if count > 1]
    for phone in phones:
        found += differences(phone, rows)
    found += entered_twice(log)
    found += presence_follows_scans(db.session(), now)  # type: ignore[arg-type]
    return found


def differences(phone: SimulatedPhone, rows: dict[str, Logged]) -> Iterator[str]:
    """Compare one phone with the log."""
    yield from (f"{phone.name}: two answers to one scan: {said}" for said in phone.changed_answers)
    if phone.disk.queue:
        yield f"{phone.name}: {len(phone.disk.queue)} scans were never answered"
    for scan_id in phone.written - rows.keys():
        yield f"{phone.name}: {scan_id} was scanned and is not in the log"
    for scan_id, shown in phone.shown.items():
        row = rows.get(scan_id)
        if row is not None and row.verdict != shown.last_word:
            yield f"{phone.name}: {scan_id} was told as {shown.last_word} and is kept as {row.verdict}"
        if row is not None and shown.verdict == "admitted" and row.verdict not in INSIDE:
            yield f"{phone.name}: {scan_id} let somebody in whom the log has as {row.verdict}"
        if row is not None and shown.verdict not in ("admitted", "conflict") and row.verdict == "admitted":
            yield f"{phone.name}: {scan_id} kept somebody out whom the log has as inside"
    for scan_id in phone.undone & rows.keys():
        if not rows[scan_id].is_undone:
            yield f"{phone.name}: {scan_id} was taken back and stands in the log"


def entered_twice(log: Sequence[Logged]) -> Iterator[str]:
    """Find badges with two admissions on one key: the rule of the gate, broken."""
    entries: defaultdict[tuple[int | None, str], int] = defaultdict(int)
    for row in log:
        if row.verdict == "admitted" and row.admission_key and not row.is_undone:
            entries[row.badge_id, row.admission_key] += 1
    yield from (f"badge {badge} entered {count} times on {key}" for (badge, key), count in entries.items() if count > 1)


def badge_codes(edition_slug: str) -> list[str]:
    """Return the codes of an edition's valid badges."""
    statement = select(Badge.code).where(Badge.edition.has(slug=edition_slug), Badge.voided_at.is_(None))
    return list(db.session.scalars(statement.order_by(Badge.id)))
