"""What the live board asks: one statement for each thing it shows, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, String, cast, extract, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import joinedload, selectinload

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Presence, Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.core.db import LocalText
from forum.core.kept import Kept
from forum.inside.rules.pace import BUSY_GAP, LATELY, Gaps, StepCount, floor
from forum.inside.rules.unusual import OddScan
from forum.people.models import Person
from forum.registration.models import Category, Registration

MOST_ODD = 2000
"""Of a day's odd scans, the newest; a door that makes more has another trouble."""

MOST_DEVICES = 60
STILL_CHANGES = timedelta(minutes=30)
"""For how long most of what a day's chart shows still changes: an undo is for a quarter of an hour."""

DAY = timedelta(days=1)
SILENT_AFTER = timedelta(minutes=5)
"""After how long without a word a phone counts as silent."""


@dataclass(frozen=True)
class Holder:
    """Whose badge it is, for organisers."""

    badge_id: int
    registration_id: int
    name: str


@dataclass(frozen=True)
class CategoryCount:
    """How many of a category are expected, and came."""

    name: LocalText
    kind: str
    expected: int
    came: int


def is_sqlite(session: Database) -> bool:
    """Tell which of the two databases this is."""
    return session.get_bind().dialect.name == "sqlite"


def step_counts(session: Database, edition_id: int, *, since: datetime) -> list[StepCount]:
    """Return how many scans each gate made in each five minutes of a day, by verdict; none that was taken back.

    The database adds up: however many came, a day has 288 times five minutes. Grouping by one whole number is a third
    quicker than by three columns, and SQLite, which keeps moments as text, cuts them quicker than it reads them.
    """
    return counted_steps(session, edition_id, since=since, until=since + DAY)


def step_counts_so_far(session: Database, edition_id: int, *, since: datetime, now: datetime) -> list[StepCount]:
    """Return the same of the day that goes on; what is half an hour old is counted anew once a minute only.

    Every board and screen asks this every few seconds, and a day has tens of thousands of scans. A phone that was
    offline for longer stands in the chart a minute late; who is inside is counted elsewhere.
    """
    settled = max(since, floor(now) - STILL_CHANGES)
    before = _settled_steps.get_or_make(
        (edition_id, since, settled), lambda: counted_steps(session, edition_id, since=since, until=settled)
    )
    return [*before, *counted_steps(session, edition_id, since=settled, until=since + DAY)]


_settled_steps: Kept[list[StepCount]] = Kept(seconds=60)


def counted_steps(session: Database, edition_id: int, *, since: datetime, until: datetime) -> list[StepCount]:
    """Return how many scans were made in each five minutes between two moments that begin some."""
    rows = session.execute(
        select(Scan.gate_id, Scan.verdict, func.min(Scan.at), func.count())
        .where(Scan.edition_id == edition_id, Scan.at >= since, Scan.at < until, Scan.undone_at.is_(None))
        .group_by(Scan.gate_id, Scan.verdict, five_minutes(session))
    )
    return [StepCount(gate_id, verdict, floor(at), count) for gate_id, verdict, at, count in rows]


def five_minutes(session: Database) -> ColumnElement[int]:
    """Return which five minutes of its day a scan was made in."""
    if is_sqlite(session):
        written = type_coerce(Scan.at, String)
        return (cast(func.substr(written, 12, 2), Integer) * 60 + cast(func.substr(written, 15, 2), Integer)) // 5
    return cast(func.floor(extract("epoch", Scan.at) / 300), Integer)


def gaps_between_scans(session: Database, edition_id: int, *, now: datetime) -> dict[int, Gaps]:
    """Return how long each gate's phones took from one scan to the next lately, while people queued."""
    before = func.lag(Scan.at).over(partition_by=Scan.device_id, order_by=Scan.at)
    seconds: ColumnElement[Any]
    if is_sqlite(session):
        seconds = (func.julianday(type_coerce(Scan.at, String)) - func.julianday(type_coerce(before, String))) * 86400.0
    else:
        seconds = cast(extract("epoch", Scan.at - before), Float)
    scans = (
        select(Scan.gate_id, seconds.label("seconds"))
        .where(Scan.edition_id == edition_id, Scan.at > now - LATELY, Scan.at <= now, Scan.device_id.is_not(None))
        .subquery()
    )
    rows = session.execute(
        select(scans.c.gate_id, func.count(), func.avg(scans.c.seconds))
        .where(scans.c.seconds > 0, scans.c.seconds <= BUSY_GAP.total_seconds())
        .group_by(scans.c.gate_id)
    )
    return {gate_id: Gaps(count, float(mean)) for gate_id, count, mean in rows}


def odd_scans(session: Database, edition_id: int, *, since: datetime, now: datetime) -> list[OddScan]:
    """Return the scans of a day that were no plain entry or exit, the newest first.

    All scans of the day are looked at; as for its steps, those that are half an hour old once a minute.
    """
    settled = max(since, floor(now) - STILL_CHANGES)
    before = _settled_odd.get_or_make(
        (edition_id, since, settled), lambda: odd_between(session, edition_id, since=since, until=settled)
    )
    return [*odd_between(session, edition_id, since=settled), *before][:MOST_ODD]


_settled_odd: Kept[list[OddScan]] = Kept(seconds=60)


def odd_between(session: Database, edition_id: int, *, since: datetime, until: datetime | None = None) -> list[OddScan]:
    """Return the scans between two moments that were no plain entry or exit."""
    rows = session.execute(
        select(Scan.gate_id, Scan.badge_id, Scan.verdict, Scan.reason, Scan.override, Scan.at)
        .where(Scan.edition_id == edition_id, Scan.at >= since, Scan.undone_at.is_(None))
        .where(Scan.at < until if until else true())
        .where(or_(Scan.verdict.not_in(("admitted", "left")), Scan.override.is_not(None)))
        .order_by(Scan.at.desc())
        .limit(MOST_ODD)
    )
    return [OddScan(*row) for row in rows]


def holders(session: Database, edition_id: int, badge_ids: Iterable[int | None]) -> dict[int, Holder]:
    """Return whose badges these are; nothing of a badge of another edition."""
    wanted = {badge_id for badge_id in badge_ids if badge_id is not None}
    rows = session.execute(
        select(Badge.id, Registration.id, Person.given_name, Person.family_name)
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Badge.id.in_(wanted), Badge.edition_id == edition_id)
    )
    return {
        badge_id: Holder(badge_id, registration_id, f"{given} {family}".strip())
        for badge_id, registration_id, given, family in rows
    }


def came_today(session: Database, edition_id: int, *, since: datetime) -> int:
    """Return how many people passed an entrance or an exit since a moment: whoever leaves has come."""
    statement = select(func.count()).where(Presence.edition_id == edition_id, Presence.since >= since)
    return session.scalar(statement) or 0


def let_in(edition_id: int, since: datetime, until: datetime | None = None) -> list[ColumnElement[bool]]:
    """Return what is true of the scans by which people came in."""
    found = [
        Scan.edition_id == edition_id,
        Scan.at >= since,
        Scan.verdict.in_(INSIDE_VERDICTS),
        Scan.undone_at.is_(None),
    ]
    return found if until is None else [*found, Scan.at < until]


def categories_came(
    session: Database, edition_id: int, *, since: datetime, until: datetime | None = None
) -> list[CategoryCount]:
    """Return how many of each category are expected and came, in the organisers' order; two statements.

    Of the day that goes on (no `until`) it is asked who has a presence, as for the number of all who came: a fifth of
    the time of looking at every scan.
    """
    came = select(Registration.category_id, func.count(Registration.id.distinct())).group_by(Registration.category_id)
    if until is None:
        present = came.select_from(Presence).join(Badge, Badge.id == Presence.badge_id).join(Registration)
        came = present.where(Presence.edition_id == edition_id, Presence.since >= since, Badge.edition_id == edition_id)
    else:
        scanned = select(Scan.badge_id).where(*let_in(edition_id, since, until))
        badges = select(Badge.registration_id).where(Badge.edition_id == edition_id, Badge.id.in_(scanned))
        came = came.where(Registration.edition_id == edition_id, Registration.id.in_(badges))
    by_category = {row[0]: row[1] for row in session.execute(came)}
    expected = (
        select(Category.id, Category.name, Category.kind, func.count(Registration.id))
        .outerjoin(Registration, (Registration.category_id == Category.id) & (Registration.state == "confirmed"))
        .where(Category.edition_id == edition_id)
        .group_by(Category.id, Category.name, Category.kind, Category.position)
        .order_by(Category.position, Category.id)
    )
    if not is_sqlite(session):
        # PostgreSQL cannot group by JSON; the category's id says as much.
        expected = expected.group_by(None).group_by(Category.id)
    found = [
        CategoryCount(name, kind, count, by_category.get(category_id, 0))
        for category_id, name, kind, count in session.execute(expected)
    ]
    return [each for each in found if each.expected or each.came]


def expected_in_all(session: Database, edition_id: int) -> int:
    """Return how many registrations are confirmed."""
    statement = select(func.count()).where(Registration.edition_id == edition_id, Registration.state == "confirmed")
    return session.scalar(statement) or 0


def devices_of(session: Database, edition_id: int, *, since: datetime) -> Sequence[Device]:
    """Return the phones that were seen at an edition's gates since a moment: the longest silent one first."""
    statement = (
        select(Device)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Gate.edition_id == edition_id, Device.last_seen_at >= since)
        .order_by(Device.last_seen_at, Device.id)
        .limit(MOST_DEVICES)
    )
    return session.scalars(statement).all()


def gates_with_rules(session: Database, edition_id: int) -> Sequence[Gate]:
    """Return the gates of an edition with everything that their rules name, those in use first."""
    statement = select(Gate).where(Gate.edition_id == edition_id).order_by(Gate.revoked_at.is_not(None), Gate.id)
    return session.scalars(statement.options(joinedload(Gate.session), selectinload(Gate.categories))).unique().all()
