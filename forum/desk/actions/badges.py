"""A badge at once: printed, printed anew, given to whoever stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forum.badges.actions import printing
from forum.badges.actions.blanks import name_blank
from forum.badges.actions.issuing import void_and_reissue
from forum.badges.actions.printing import PrintRequest
from forum.badges.models import Badge, BlankBadge, PrintJob
from forum.badges.queries import valid_badge_of
from forum.badges.rules import REASONS, NotComing, Selection, Way
from forum.checkin.actions import Reading, check_in
from forum.checkin.models import Gate
from forum.checkin.queries import Answer
from forum.core.db import Transaction
from forum.core.refusals import refuse
from forum.desk import rules
from forum.desk.models import BlankReading
from forum.desk.queries import paper as paper_queries
from forum.editions.models import Edition
from forum.registration.models import Registration


@dataclass(frozen=True)
class OnePrint:
    """Which badge is printed, how, and why again."""

    badge_id: int
    """As the desk saw it: printed or replaced elsewhere meanwhile, it is refused."""
    way: Way
    reason: str | None = None
    account_id: int | None = None
    is_knowing: bool = False
    """It is in a large print too, and the desk knows."""
    place: str = ""
    """Which desk or kiosk, for the log of prints, where nobody is signed in."""


def ask_for_one(tx: Transaction, asked: OnePrint, *, now: datetime) -> PrintJob:
    """Write the print of one badge down, taken at once; whoever asked makes the file.

    A lost or a copied badge is void from here on. Two desks that ask for the same one wait for each other, and the
    second is told. Raises `PrintedAlready`, `ReplacedElsewhere`, `NoSuchReason`, `NotComing`, `InAnotherPrint`.
    """
    badge = tx.session.get_one(Badge, asked.badge_id)
    tx.lock(Edition, badge.edition_id)  # in the order of every print: the edition, then the person
    tx.lock(Registration, badge.registration_id)
    tx.session.refresh(badge)
    rules.may_be_replaced(badge)
    if asked.reason is None:
        rules.may_be_printed_first(badge)
    elif asked.reason not in REASONS:
        raise rules.NoSuchReason
    elif REASONS[asked.reason]:
        badge = void_and_reissue(tx, badge.id, asked.reason, now)
    return claimed(tx, badge, asked, now=now)


def claimed(tx: Transaction, badge: Badge, asked: OnePrint, *, now: datetime) -> PrintJob:
    """Return the print of a badge, taken by whoever asked for it."""
    if not badge.is_valid:
        raise NotComing
    request = PrintRequest(Selection(registration_ids=(badge.registration_id,)), asked.way, is_knowing=asked.is_knowing)
    job = printing.ask_for_print(tx, edition_id=badge.edition_id, account_id=asked.account_id, request=request, now=now)
    job.reason = asked.reason
    job.printer_name = " · ".join(filter(None, (job.printer_name, asked.place))) or None
    tx.session.flush()
    printing.claim_print_job(tx, now=now, job_id=job.id)
    return job


def ask_at_kiosk(tx: Transaction, registration_id: int, way: Way, *, place: str, now: datetime) -> PrintJob:
    """Write the print of somebody's own badge down. Raises `KioskSendsToDesk`, `KioskPrintedJustNow`."""
    tx.lock(Edition, tx.session.get_one(Registration, registration_id).edition_id)
    registration = tx.lock(Registration, registration_id)
    badge = rules.may_print_at_kiosk(registration, valid_badge_of(tx.session, registration_id), now)
    return claimed(tx, badge, OnePrint(badge.id, way, is_knowing=True, place=place), now=now)


def let_in(tx: Transaction, gate: Gate | None, badge: Badge, *, uuid: str, now: datetime) -> Answer:
    """Let the holder of a badge in at the desk's gate; the gate's own rules decide. Raises `NoGateHere`."""
    if gate is None or gate.revoked_at is not None:
        raise rules.NoGateHere
    return check_in(tx, gate, Reading(uuid=uuid, code=badge.code, at=now), now=now)


def give_blank(tx: Transaction, blank: BlankBadge, registration_id: int, *, now: datetime) -> tuple[Badge, int]:
    """Give a blank badge to somebody; where gates had read it, they were let in at that hour. Return how often.

    Raises what `name_blank` raises.
    """
    badge = name_blank(tx, blank.code, registration_id, now=now)
    counted = 0
    for reading in paper_queries.readings_of(tx.session, blank.id):
        counted += count_reading(tx, reading, badge, now=now)
    return badge, counted


def count_reading(tx: Transaction, reading: BlankReading, badge: Badge, *, now: datetime) -> bool:
    """Make a passage of what a gate read before the badge had a name; tell whether it was one."""
    row = tx.lock(BlankReading, reading.id)
    if row.counted_at is not None:
        return False
    row.counted_at = now
    passage = Reading(uuid=f"{reading.scan_uuid}:named", code=badge.code, at=reading.at)
    return check_in(tx, reading.gate, passage, now=now).verdict == "admitted"


def valid_badge(tx: Transaction, registration_id: int) -> Badge:
    """Return somebody's valid badge. Raises `NotComing`."""
    return valid_badge_of(tx.session, registration_id) or refuse(NotComing())
