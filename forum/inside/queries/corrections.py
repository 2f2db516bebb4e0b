"""The corrections of an edition's counts, with who made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from forum.checkin.models import HeadCountChange, Zone
from forum.core.db import LocalText
from forum.people.models import Account
from forum.programme.models import Session
from forum.venues.models import Venue

MOST = 200


@dataclass(frozen=True)
class CorrectionLine:
    """One correction as the list shows it."""

    at: datetime
    place: LocalText
    difference: int
    reason: str
    by: str


def corrections_of(session: Database, edition_id: int) -> Sequence[CorrectionLine]:
    """Return the corrections of an edition, the newest first; people clicked in at gates are none. One statement."""
    change = HeadCountChange
    rows = session.execute(
        select(change.at, change.difference, change.reason, Account.name, Venue.name, Zone.name, Session.title)
        .outerjoin(Account, Account.id == change.account_id)
        .outerjoin(Venue, (change.kind == "venue") & (Venue.id == change.place_id))
        .outerjoin(Zone, (change.kind == "zone") & (Zone.id == change.place_id))
        .outerjoin(Session, (change.kind == "session") & (Session.id == change.place_id))
        .where(change.edition_id == edition_id, change.reason != "")
        .order_by(change.at.desc(), change.id.desc())
        .limit(MOST)
    )
    return [
        CorrectionLine(at, zone or LocalText(fr=venue or title or ""), difference, reason, by or "")
        for at, difference, reason, by, venue, zone, title in rows
    ]
