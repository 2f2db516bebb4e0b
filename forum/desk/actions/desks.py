"""Desks and kiosks: adding, changing, closing them; sharing the letters out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.badges.rules.order import desks_for
from forum.core import codes
from forum.core.db import Transaction
from forum.desk import queries, rules
from forum.desk.models import Desk
from forum.editions.models import Edition


@dataclass(frozen=True)
class DeskDetails:
    """What an organiser says of a desk."""

    place: str
    printer_id: int | None
    gate_id: int | None
    staff: int = 1


def add_desk(tx: Transaction, edition_id: int, kind: str, details: DeskDetails, *, now: datetime) -> Desk:
    """Add a desk or a kiosk with its own private link. Raises `TooManyDesks`."""
    tx.lock(Edition, edition_id)  # their numbers follow each other
    if len(queries.open_desks(tx.session, edition_id)) >= rules.MOST_DESKS and kind == "desk":
        raise rules.TooManyDesks
    desk = Desk(
        edition_id=edition_id,
        kind=kind,
        number=queries.highest_number(tx.session, edition_id, kind) + 1,
        token=codes.new_token(),
        created_at=now,
    )
    write_desk(desk, details)
    return tx.add(desk)


def change_desk(tx: Transaction, desk_id: int, details: DeskDetails) -> Desk:
    """Change a desk."""
    desk = tx.lock(Desk, desk_id)
    write_desk(desk, details)
    return desk


def write_desk(desk: Desk, details: DeskDetails) -> None:
    """Put details on a desk's row."""
    desk.place, desk.printer_id, desk.gate_id = details.place, details.printer_id, details.gate_id
    desk.staff = details.staff


def set_pin(tx: Transaction, desk_id: int, pin: str, *, secret: str) -> Desk:
    """Ask for a PIN beside the link from now on, or for none; every browser that was let in is asked again."""
    desk = tx.lock(Desk, desk_id)
    desk.pin_hash = rules.pin_hash(pin, token=desk.token, secret=secret) if pin else None
    return desk


def close_desk(tx: Transaction, desk_id: int, *, now: datetime) -> Desk:
    """Close a desk's link at once; its letters are nobody's until they are shared out again. Twice is once."""
    desk = tx.lock(Desk, desk_id)
    desk.revoked_at = desk.revoked_at or now
    desk.first_letter = desk.last_letter = None
    return desk


def renew_desk(tx: Transaction, desk_id: int) -> Desk:
    """Give a desk a new link, open again; the PIN goes with the old one."""
    desk = tx.lock(Desk, desk_id)
    desk.token, desk.pin_hash, desk.revoked_at = codes.new_token(), None, None
    return desk


def share_letters(tx: Transaction, edition_id: int) -> Sequence[Desk]:
    """Share the letters out among the open desks, by the people expected and the staff of each. Raises `NoDesk`."""
    desks = locked_desks(tx, edition_id)
    shares = desks_for(queries.confirmed_letters(tx.session, edition_id), [desk.staff for desk in desks])
    for desk, share in zip(desks, shares, strict=True):
        desk.first_letter, desk.last_letter = share.first, share.last
    return desks


def set_letters(tx: Transaction, edition_id: int, starts: Sequence[str]) -> Sequence[Desk]:
    """Give letters to the open desks by where each begins. Raises `NoDesk`, `LettersOverlap`."""
    desks = locked_desks(tx, edition_id)
    if len(starts) != len(desks):  # a desk came or went since the page was shown
        raise rules.NoDesk
    ranges = rules.ranges_from(starts, [desk.number for desk in desks])
    for desk, (first, last) in zip(desks, ranges, strict=True):
        desk.first_letter, desk.last_letter = first, last
    return desks


def locked_desks(tx: Transaction, edition_id: int) -> Sequence[Desk]:
    """Return the open desks, held against others who share letters out. Raises `NoDesk`."""
    tx.lock(Edition, edition_id)
    desks = queries.open_desks(tx.session, edition_id)
    if not desks:
        raise rules.NoDesk
    return desks
