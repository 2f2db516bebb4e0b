"""A past day's passages and counts, for the safety register and the pages of the day after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from forum.checkin.models import Gate, HeadCountChange, Scan
from forum.checkin.queries import venues_of
from forum.checkin.rules import INSIDE_VERDICTS
from forum.core.kept import Kept
from forum.editions.models import Edition
from forum.inside.queries.board import DAY
from forum.inside.rules.attendance import HourInside, Stays, hours_of, stays_of
from forum.inside.rules.day_log import CountChange, Passage, PlaceLog, live_again
from forum.inside.rules.pace import start_of
from forum.people.models import Account
from forum.venues.models import Venue


def log_of_day(
    session: Database, edition: Edition, day: date, *, passages: Sequence[Passage] | None = None
) -> tuple[Sequence[Venue], dict[int, PlaceLog]]:
    """Return an edition's venues, and what a day was in each of them; 0 stands for gates without a venue."""
    venues = venues_of(session, edition.id)
    since = start_of(edition, day)
    logs = live_again(
        passages_on(session, edition, day) if passages is None else passages,
        changes_on(session, edition, day),
        capacities={venue.id: venue.safe_capacity for venue in venues},
        since=since,
        until=since + DAY,
    )
    return venues, logs


@dataclass(frozen=True)
class DayFigures:
    """How many were inside when on a day, and how long they stayed."""

    hours: Sequence[HourInside]
    stays: Stays


_figures: Kept[DayFigures] = Kept(seconds=60)


def figures_of_day(session: Database, edition: Edition, day: date) -> DayFigures:
    """Return the figures of a day, lived again once a minute at most: that takes half a second for 20,000 people."""

    def live() -> DayFigures:
        passages = passages_on(session, edition, day)
        _venues, logs = log_of_day(session, edition, day, passages=passages)
        return DayFigures(hours_of([log.quarters for log in logs.values()]), stays_of(passages))

    return _figures.get_or_make((edition.id, day), live)


def passages_on(session: Database, edition: Edition, day: date) -> list[Passage]:
    """Return who went in and out of the venues on a day, in their order; what was taken back is left out."""
    since = start_of(edition, day)
    rows = session.execute(
        select(Scan.at, Scan.badge_id, Scan.gate_id, Gate.venue_id, Scan.verdict)
        .join(Gate, Gate.id == Scan.gate_id)
        .where(Scan.edition_id == edition.id, Scan.at >= since, Scan.at < since + DAY, Scan.undone_at.is_(None))
        .where(Scan.verdict.in_((*INSIDE_VERDICTS, "left")), Scan.badge_id.is_not(None))
        .where(Gate.session_id.is_(None), Gate.zone_id.is_(None))
        .order_by(Scan.at, Scan.id)
    )
    return [
        Passage(at, badge_id or 0, gate_id, venue_id or 0, is_entry=verdict != "left")
        for at, badge_id, gate_id, venue_id, verdict in rows
    ]


def changes_on(session: Database, edition: Edition, day: date) -> list[CountChange]:
    """Return how counts of venues were changed on a day, with who put them right."""
    since = start_of(edition, day)
    rows = session.execute(
        select(
            HeadCountChange.at,
            HeadCountChange.place_id,
            HeadCountChange.difference,
            HeadCountChange.reason,
            Account.name,
        )
        .outerjoin(Account, Account.id == HeadCountChange.account_id)
        .where(HeadCountChange.edition_id == edition.id, HeadCountChange.kind.in_(("forum", "venue")))
        .where(HeadCountChange.at >= since, HeadCountChange.at < since + DAY)
        .order_by(HeadCountChange.at, HeadCountChange.id)
    )
    return [CountChange(at, place_id, difference, reason, by or "") for at, place_id, difference, reason, by in rows]
