"""What the doors know of somebody's attendance."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forum.badges.models import Badge
from forum.certificates.rules import Attendance
from forum.checkin.models import Gate, Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.editions.models import Edition


def attendance_of(session: Session, registration_id: int, edition: Edition) -> Attendance:
    """Return when somebody's badges, former ones too, were let in; passages that were taken back do not count."""
    statement = (
        select(Scan)
        .join(Badge, Badge.id == Scan.badge_id)
        .join(Gate, Gate.id == Scan.gate_id)
        .where(Badge.registration_id == registration_id, Scan.undone_at.is_(None), Scan.verdict.in_(INSIDE_VERDICTS))
        .order_by(Scan.at, Scan.id)
        .options(joinedload(Scan.gate).joinedload(Gate.session))
    )
    scans = session.scalars(statement).unique().all()
    entered = {scan.gate.session.id: scan.gate.session for scan in scans if scan.gate.session is not None}
    days = sorted({edition.local(scan.at).date() for scan in scans})
    return Attendance(tuple(days), tuple(entered.values()), scans[0].at if scans else None)
